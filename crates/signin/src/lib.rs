//! Proof of who a member is: passwords by Argon2id, passkeys, and other sites that vouch (OpenID Connect).
//!
//! Hashing takes tens of milliseconds of one core on purpose; callers run it off the async threads and bound how
//! many run at once.

pub mod oidc;
mod passkeys;
mod password;

pub use passkeys::{Ceremony, NewPasskey, PasskeyError, Passkeys, Recognised};
pub use password::{Password, PasswordError, SpentEffort, spend_effort};
