//! Pages: the guest's doors rendered on the server, and the single-page app's document with its first data.

pub(crate) mod document;
pub(crate) mod guest;
pub(crate) mod hand_over;
pub(crate) mod invite;
pub(crate) mod leaving;
pub(crate) mod media;
mod render;
pub(crate) mod sign_in;
mod trustworthy;
mod visitor;

pub(crate) use guest::see_other;
pub(crate) use render::Page;
pub(crate) use trustworthy::Trustworthy;
