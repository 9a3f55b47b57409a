//! Messages as a real SMTP server (aiosmtpd) receives them, and servers that behave badly.

mod conversation;
mod message;
mod sending;
