//! Checksums that come with a piece of an upload (tus checksum extension).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// Which checksum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChecksumKind {
    /// SHA-1, which the protocol demands of every server.
    Sha1,
    /// SHA-256.
    Sha256,
}

/// What a piece should hash to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checksum {
    kind: ChecksumKind,
    expected: Vec<u8>,
}

impl Checksum {
    /// Reads `sha256 <base64>`; none for another kind or a digest of another length.
    pub fn from_text(text: &str) -> Option<Self> {
        let (kind, digest) = text.trim().split_once(' ')?;
        let (kind, len) = match kind {
            "sha1" => (ChecksumKind::Sha1, 20),
            "sha256" => (ChecksumKind::Sha256, 32),
            _ => return None,
        };
        let expected = STANDARD.decode(digest.trim()).ok()?;
        (expected.len() == len).then_some(Self { kind, expected })
    }

    pub(super) fn begin(&self) -> Running {
        match self.kind {
            ChecksumKind::Sha1 => Running::Sha1(Sha1::new(), self.expected.clone()),
            ChecksumKind::Sha256 => Running::Sha256(Sha256::new(), self.expected.clone()),
        }
    }
}

/// A checksum while bytes come.
pub(super) enum Running {
    Sha1(Sha1, Vec<u8>),
    Sha256(Sha256, Vec<u8>),
}

impl Running {
    pub(super) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha1(state, _) => state.update(bytes),
            Self::Sha256(state, _) => state.update(bytes),
        }
    }

    pub(super) fn matches(self) -> bool {
        match self {
            Self::Sha1(state, expected) => state.finalize()[..] == expected[..],
            Self::Sha256(state, expected) => state.finalize()[..] == expected[..],
        }
    }
}
