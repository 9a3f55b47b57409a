//! Passwords. Argon2id with 19 MiB, 2 passes, 1 lane: the first choice of RFC 9106 scaled as OWASP advises for
//! servers that sign in many people.

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};

/// What is wrong with a new password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Under 10 characters.
    #[error("a password needs at least 10 characters")]
    TooShort,
    /// Over 1,024 bytes: nobody types that, and hashing it costs.
    #[error("a password may have up to 1,024 bytes")]
    TooLong,
}

/// A password as typed. Hides itself in Debug.
pub struct Password(String);

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(..)")
    }
}

/// The answer of [`spend_effort`]; says nothing.
#[derive(Debug)]
pub struct SpentEffort;

fn argon2() -> Argon2<'static> {
    // These constants are within the crate's limits, so the default is never taken.
    let params = Params::new(19 * 1024, 2, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

impl Password {
    /// Takes a new password.
    ///
    /// # Errors
    /// When it is too short or too long.
    pub fn new(text: String) -> Result<Self, PasswordError> {
        if text.chars().count() < 10 {
            Err(PasswordError::TooShort)
        } else if text.len() > 1_024 {
            Err(PasswordError::TooLong)
        } else {
            Ok(Self(text))
        }
    }

    /// Takes a password that is only compared.
    ///
    /// # Errors
    /// `TooLong` alone.
    pub fn typed(text: String) -> Result<Self, PasswordError> {
        if text.len() > 1_024 { Err(PasswordError::TooLong) } else { Ok(Self(text)) }
    }

    /// The PHC string to store; `salt` is 16 random bytes.
    pub fn to_hash(&self, salt: [u8; 16]) -> Option<String> {
        let hash: PasswordHash = argon2().hash_password_with_salt(self.0.as_bytes(), &salt).ok()?;
        Some(hash.to_string())
    }

    /// Whether this is the password behind a stored PHC string. Members who never set one have another text there;
    /// it costs the same time.
    pub fn matches(&self, stored: &str) -> bool {
        if let Ok(hash) = PasswordHash::new(stored) {
            return argon2().verify_password(self.0.as_bytes(), &hash).is_ok();
        }
        spend_effort(self);
        false
    }
}

/// Costs what a comparison costs, for addresses that nobody has: the answer's time says nothing about them.
pub fn spend_effort(password: &Password) -> SpentEffort {
    let _ = password.to_hash([0; 16]);
    SpentEffort
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_password_matches() {
        let password = Password::new("correct horse battery".into()).expect("long enough");
        let stored = password.to_hash([7; 16]).expect("hashes");
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(password.matches(&stored));
        assert!(!Password::typed("correct horse batterx".into()).expect("short").matches(&stored));
        assert!(!password.matches("not a hash"));
    }

    #[test]
    fn lengths_are_bounded() {
        assert_eq!(Password::new("short".into()).err(), Some(PasswordError::TooShort));
        assert_eq!(Password::new("x".repeat(1_025)).err(), Some(PasswordError::TooLong));
    }
}
