//! Proof of who a member is: passwords by Argon2id.
//!
//! Hashing takes tens of milliseconds of one core on purpose; callers run it off the async threads and bound how
//! many run at once.

mod password;

pub use password::{Password, PasswordError, SpentEffort, spend_effort};
