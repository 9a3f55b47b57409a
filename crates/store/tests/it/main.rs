//! The store on both engines. PostgreSQL is the server named by `ANTEROOM_TEST_POSTGRES`.

mod engines;
mod entering;
mod jobs;
mod mail;
mod many_invites;
mod people;
mod processes;
mod statements;
mod writing;
