//! The site's keys: 32 random bytes in a file of their own, outside the database, and what is derived of them.
//!
//! Who has the database or a backup of it but not this file can copy no link and forge no ticket.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use domain::{ItemId, LinkId};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use store::site_key::Fingerprint;

use crate::Outside;
use crate::secret::{BrowserKey, FormKey, LinkToken};

/// The name of the file in the data folder.
const FILE: &str = "keys";
const NONCE_BYTES: usize = 24;

/// The keys of one site. Hides itself in Debug.
pub struct Keys {
    root: [u8; 32],
    seal: XChaCha20Poly1305,
    browser: Hmac<Sha256>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(..)")
    }
}

impl Keys {
    /// Reads the key file of a data folder, or makes it.
    ///
    /// # Errors
    /// A sentence for the administrator.
    #[cfg(test)]
    pub(crate) fn open(data: &Path, outside: &Outside) -> Result<Self, String> {
        match Self::find(data)? {
            Some(keys) => Ok(keys),
            None => Self::make(data, outside),
        }
    }

    /// Reads the key file of a data folder, if there is one.
    ///
    /// # Errors
    /// A sentence for the administrator.
    pub(crate) fn find(data: &Path) -> Result<Option<Self>, String> {
        let path = data.join(FILE);
        match fs::read_to_string(&path) {
            Ok(text) => {
                let mode = fs::metadata(&path).map_err(|e| e.to_string())?.permissions().mode();
                if mode & 0o077 != 0 {
                    return Err(format!("{} can be read by others; run: chmod 600 {0}", path.display()));
                }
                let bytes = STANDARD_NO_PAD.decode(text.trim()).ok().and_then(|bytes| bytes.try_into().ok());
                let root = bytes.ok_or_else(|| {
                    format!("{} does not hold a key; restore it from a backup", path.display())
                })?;
                Ok(Some(Self::from_root(root)))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(format!("{}: {error}", path.display())),
        }
    }

    /// Makes the key file, for this user only, before anything else is kept; another process may be first.
    ///
    /// # Errors
    /// A sentence for the administrator.
    pub(crate) fn make(data: &Path, outside: &Outside) -> Result<Self, String> {
        let path = data.join(FILE);
        let (root, name): ([u8; 32], [u8; 8]) = (outside.random(), outside.random());
        // Others may be making theirs at this very moment, on another machine too: each has its own aside.
        let aside = data.join(format!("{FILE}.{:016x}.new", u64::from_be_bytes(name)));
        write_new(&path, &aside, &STANDARD_NO_PAD.encode(root))
            .map_err(|e| format!("{}: {e}", path.display()))?;
        // What lies there now is what counts.
        Self::find(data)?.ok_or_else(|| format!("{} was removed at once", path.display()))
    }

    /// By what the database knows the key again. Tells nothing about it.
    pub(crate) fn fingerprint(&self) -> Fingerprint {
        let mut fingerprint = Fingerprint::default();
        fingerprint.copy_from_slice(&self.purpose("fingerprint")[..16]);
        fingerprint
    }

    fn from_root(root: [u8; 32]) -> Self {
        let seal = XChaCha20Poly1305::new(&derive(&root, "link seal").into());
        let browser = keyed(&derive(&root, "browser key"));
        Self { root, seal, browser }
    }

    /// A key for one purpose.
    pub(crate) fn purpose(&self, purpose: &str) -> [u8; 32] {
        derive(&self.root, purpose)
    }

    /// The browser key of the seat that a form makes at a link: the same form, the same key, nothing stored.
    pub(crate) fn browser_key(&self, form: FormKey, link: LinkToken) -> BrowserKey {
        let keyed = self.browser.clone().chain_update(form.as_bytes()).chain_update(link.as_bytes());
        let bytes = keyed.finalize().into_bytes().into();
        let mut time = [0; 8];
        time[2..].copy_from_slice(&form.as_bytes()[..6]);
        BrowserKey::new(domain::Instant::from_ms(i64::from_be_bytes(time)), bytes)
    }

    /// Seals a link's token so that only this site, this link and this item open it again.
    pub(crate) fn seal(
        &self,
        token: LinkToken,
        link: LinkId,
        item: ItemId,
        outside: &Outside,
    ) -> Option<Vec<u8>> {
        let nonce: [u8; NONCE_BYTES] = outside.random();
        let bound = bound_to(link, item);
        let payload = Payload { msg: token.as_bytes(), aad: &bound };
        let sealed = self.seal.encrypt(&XNonce::from(nonce), payload).ok()?;
        Some([&nonce[..], &sealed].concat())
    }

    /// The token of a sealed copy; none when it was sealed for another link, item or site.
    pub(crate) fn open_seal(&self, sealed: &[u8], link: LinkId, item: ItemId) -> Option<LinkToken> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>()?;
        let bound = bound_to(link, item);
        let token = self.seal.decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: &bound }).ok()?;
        token.try_into().ok().map(LinkToken::from_random)
    }

    /// Seals bytes so that only this site opens them again, for the same use and the same row.
    pub(crate) fn seal_bytes(
        &self,
        purpose: &str,
        bytes: &[u8],
        row: &[u8; 16],
        outside: &Outside,
    ) -> Option<Vec<u8>> {
        let nonce: [u8; NONCE_BYTES] = outside.random();
        let bound = bound_bytes(purpose, row);
        let sealed = self.seal.encrypt(&XNonce::from(nonce), Payload { msg: bytes, aad: &bound }).ok()?;
        Some([&nonce[..], &sealed].concat())
    }

    /// The bytes of a sealed copy; none when it was sealed for another use, row or site.
    pub(crate) fn open_bytes(&self, purpose: &str, sealed: &[u8], row: &[u8; 16]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>()?;
        let bound = bound_bytes(purpose, row);
        self.seal.decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: &bound }).ok()
    }
}

fn bound_bytes(purpose: &str, row: &[u8; 16]) -> Vec<u8> {
    [&[2][..], purpose.as_bytes(), &[0], row].concat()
}

fn bound_to(link: LinkId, item: ItemId) -> Vec<u8> {
    [&[1][..], link.as_bytes(), item.as_bytes()].concat()
}

fn derive(root: &[u8; 32], purpose: &str) -> [u8; 32] {
    mac(root, purpose.as_bytes())
}

/// HMAC-SHA256, keyed and ready. A key shorter than the hash's block is padded with zeros (RFC 2104).
pub(crate) fn keyed(key: &[u8; 32]) -> Hmac<Sha256> {
    let mut block = [0; 64];
    block[..32].copy_from_slice(key);
    Hmac::new(&block.into())
}

/// HMAC-SHA256.
pub(crate) fn mac(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    let mut mac = keyed(key);
    mac.update(message);
    mac.finalize().into_bytes().into()
}

fn write_new(path: &Path, aside: &Path, text: &str) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(aside)?;
    writeln!(file, "{text}")?;
    file.sync_all()?;
    // A hard link fails when the name is taken, which a rename would not.
    let linked = fs::hard_link(aside, path);
    fs::remove_file(aside)?;
    match linked {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        // What is sealed under it is worth nothing without it: the name must be as durable as the bytes.
        _ => path.parent().map_or(Ok(()), |folder| fs::File::open(folder)?.sync_all()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outside() -> Outside {
        Outside::new(|| domain::Instant::from_ms(0), |bytes| bytes.fill(42))
    }

    #[test]
    fn a_seal_opens_for_its_own_link_and_item_only() {
        let keys = Keys::from_root([1; 32]);
        let token = LinkToken::from_random([7; 20]);
        let (link, item) = (LinkId::from_bytes([1; 16]), ItemId::from_bytes([2; 16]));
        let sealed = keys.seal(token, link, item, &outside()).expect("seals");
        assert_eq!(keys.open_seal(&sealed, link, item), Some(token));
        assert_eq!(keys.open_seal(&sealed, link, ItemId::from_bytes([3; 16])), None);
        assert_eq!(Keys::from_root([2; 32]).open_seal(&sealed, link, item), None);
        assert_eq!(keys.open_seal(&sealed[..10], link, item), None);
    }

    #[test]
    fn sealed_bytes_open_for_their_own_use_and_row_only() {
        let keys = Keys::from_root([1; 32]);
        let sealed = keys.seal_bytes("mail", b"a letter", &[7; 16], &outside()).expect("seals");
        assert_eq!(keys.open_bytes("mail", &sealed, &[7; 16]), Some(b"a letter".to_vec()));
        assert_eq!(keys.open_bytes("flow", &sealed, &[7; 16]), None);
        assert_eq!(keys.open_bytes("mail", &sealed, &[8; 16]), None);
        assert_eq!(Keys::from_root([2; 32]).open_bytes("mail", &sealed, &[7; 16]), None);
    }

    #[test]
    fn processes_that_start_together_have_one_key() {
        for _ in 0..20 {
            let folder = tempfile::tempdir().expect("a folder");
            let barrier = std::sync::Barrier::new(8);
            let open = |number: u8| {
                let outside = Outside::new(|| domain::Instant::from_ms(0), move |bytes| bytes.fill(number));
                barrier.wait();
                Keys::open(folder.path(), &outside).map(|keys| keys.root)
            };
            let opened: Vec<_> = std::thread::scope(|scope| {
                let threads: Vec<_> = (0..8).map(|number| scope.spawn(move || open(number))).collect();
                threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
            });
            assert!(opened[0].is_ok() && opened.iter().all(|root| *root == opened[0]), "{opened:?}");
            let left = fs::read_dir(folder.path()).expect("a folder").count();
            assert_eq!(left, 1, "nothing but the key stays");
        }
    }

    #[test]
    fn the_key_file_is_made_once_and_guarded() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = Keys::open(folder.path(), &outside()).expect("made");
        let other = Outside::new(|| domain::Instant::from_ms(0), |bytes| bytes.fill(43));
        assert_eq!(Keys::open(folder.path(), &other).expect("read").root, first.root);
        let path = folder.path().join(FILE);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("changed");
        assert!(Keys::open(folder.path(), &other).is_err_and(|text| text.contains("chmod 600")));
    }
}
