//! Signed tokens: compact JWS by a key of the provider's list. Which algorithms count is said here and by the key,
//! never by the token alone: no unsigned tokens, no shared secrets.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    self, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};
use serde::Deserialize;
use serde_json::Value;

/// Why a token is no proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BadToken {
    /// Not a token, or of an algorithm that we refuse.
    Refused,
    /// No key of the list made this signature: the list may be old.
    NoKey,
}

/// The provider's public keys.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Keys {
    keys: Vec<Key>,
}

#[derive(Debug, Clone, Deserialize)]
struct Key {
    #[serde(default)]
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    used_for: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

#[derive(Deserialize)]
struct Head {
    alg: String,
    kid: Option<String>,
    crit: Option<Value>,
}

enum Algorithm {
    Rsa(&'static RsaParameters),
    /// Curve, bytes of a coordinate.
    Ec(&'static dyn VerificationAlgorithm, &'static str, usize),
    Ed(&'static dyn VerificationAlgorithm),
}

fn algorithm(name: &str) -> Option<Algorithm> {
    use Algorithm::{Ec, Ed, Rsa};
    Some(match name {
        "RS256" => Rsa(&signature::RSA_PKCS1_2048_8192_SHA256),
        "RS384" => Rsa(&signature::RSA_PKCS1_2048_8192_SHA384),
        "RS512" => Rsa(&signature::RSA_PKCS1_2048_8192_SHA512),
        "PS256" => Rsa(&signature::RSA_PSS_2048_8192_SHA256),
        "PS384" => Rsa(&signature::RSA_PSS_2048_8192_SHA384),
        "PS512" => Rsa(&signature::RSA_PSS_2048_8192_SHA512),
        "ES256" => Ec(&signature::ECDSA_P256_SHA256_FIXED, "P-256", 32),
        "ES384" => Ec(&signature::ECDSA_P384_SHA384_FIXED, "P-384", 48),
        "EdDSA" => Ed(&signature::ED25519),
        _ => return None,
    })
}

fn bytes(text: Option<&str>) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text?).ok()
}

impl Key {
    fn fits(&self, head: &Head) -> bool {
        let is_named = head.kid.is_none() || self.kid.is_none() || self.kid == head.kid;
        let for_signatures = self.used_for.as_deref().is_none_or(|used| used == "sig");
        is_named && for_signatures && self.alg.as_deref().is_none_or(|alg| alg == head.alg)
    }

    fn has_signed(&self, algorithm: &Algorithm, message: &[u8], signed: &[u8]) -> Option<bool> {
        match algorithm {
            Algorithm::Rsa(parameters) if self.kty == "RSA" => {
                let key =
                    RsaPublicKeyComponents { n: bytes(self.n.as_deref())?, e: bytes(self.e.as_deref())? };
                Some(key.verify(parameters, message, signed).is_ok())
            }
            Algorithm::Ec(algorithm, curve, length) if self.kty == "EC" => {
                let (x, y) = (bytes(self.x.as_deref())?, bytes(self.y.as_deref())?);
                if self.crv.as_deref() != Some(*curve) || x.len() != *length || y.len() != *length {
                    return None;
                }
                let point = [&[4], &x[..], &y[..]].concat();
                Some(UnparsedPublicKey::new(*algorithm, point).verify(message, signed).is_ok())
            }
            Algorithm::Ed(algorithm) if self.kty == "OKP" && self.crv.as_deref() == Some("Ed25519") => {
                let point = bytes(self.x.as_deref())?;
                Some(UnparsedPublicKey::new(*algorithm, point).verify(message, signed).is_ok())
            }
            _ => None,
        }
    }
}

impl Keys {
    /// The claims of a token that one of these keys signed.
    pub(super) fn open(&self, token: &str) -> Result<Value, BadToken> {
        let mut parts = token.split('.');
        let (Some(head), Some(claims), Some(signed), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(BadToken::Refused);
        };
        let message = &token.as_bytes()[..head.len() + 1 + claims.len()];
        let read = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| BadToken::Refused);
        let signed = read(signed)?;
        let head: Head = serde_json::from_slice(&read(head)?).map_err(|_| BadToken::Refused)?;
        // What a token calls critical must be understood; we understand none of it.
        let algorithm = algorithm(&head.alg).filter(|_| head.crit.is_none()).ok_or(BadToken::Refused)?;
        let mut fitting = self.keys.iter().filter(|key| key.fits(&head));
        if !fitting.any(|key| key.has_signed(&algorithm, message, &signed) == Some(true)) {
            return Err(BadToken::NoKey);
        }
        serde_json::from_slice(&read(claims)?).map_err(|_| BadToken::Refused)
    }
}
