//! Who plays in the demo: the member's name and password, and the note about them in the data folder.
//!
//! The note is also the mark of a folder that a demo made: no other folder is ever emptied.

use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, Result, bail};

const NOTE: &str = "demo-sign-in";

/// The member of the demo.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cast {
    pub(super) name: String,
    pub(super) email: String,
    pub(super) password: String,
}

/// Empties or keeps the data folder. The flag says whether the member was already there.
pub(super) fn settle(data: &Path, keep: bool) -> Result<(Cast, bool)> {
    let note = data.join(NOTE);
    if keep && note.is_file() {
        return Ok((read(&note)?, true));
    }
    let is_empty = !data.is_dir() || data.read_dir()?.next().is_none();
    if !is_empty && !note.is_file() {
        bail!("{} is not empty and no demo made it: choose another folder with --data", data.display());
    }
    if data.is_dir() {
        std::fs::remove_dir_all(data)?;
    }
    std::fs::create_dir_all(data)?;
    let cast = Cast { name: "Rivka Stern".into(), email: "owner@demo.example".into(), password: password()? };
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&note)?;
    write!(file, "{}\n{}\n{}\n", cast.name, cast.email, cast.password)?;
    Ok((cast, false))
}

fn read(note: &Path) -> Result<Cast> {
    let text = std::fs::read_to_string(note)?;
    let lines: Vec<&str> = text.lines().collect();
    let [name, email, password] = lines.as_slice() else {
        bail!("{} is broken: run without --keep", note.display())
    };
    Ok(Cast { name: (*name).into(), email: (*email).into(), password: (*password).into() })
}

/// Four groups of four letters that are hard to mistake, 2^80 of them.
fn password() -> Result<String> {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz123456789";
    let mut random = [0_u8; 16];
    std::fs::File::open("/dev/urandom")
        .and_then(|mut file| file.read_exact(&mut random))
        .context("no randomness")?;
    let letters: Vec<u8> = random.iter().map(|byte| LETTERS[usize::from(byte % 32)]).collect();
    let groups: Vec<String> =
        letters.chunks(4).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
    Ok(groups.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_demo_folder_is_emptied_or_kept_as_asked() {
        let place = tempfile::tempdir().unwrap();
        let data = place.path().join("demo");
        let (first, known) = settle(&data, false).unwrap();
        assert!(!known);
        std::fs::write(data.join("left-over"), "x").unwrap();
        assert_eq!(settle(&data, true).unwrap(), (Cast { ..read(&data.join(NOTE)).unwrap() }, true));
        let (second, known) = settle(&data, false).unwrap();
        assert!(!known && !data.join("left-over").exists());
        assert_ne!(first.password, second.password);
    }

    #[test]
    fn a_folder_of_somebody_else_is_not_touched() {
        let place = tempfile::tempdir().unwrap();
        std::fs::write(place.path().join("thesis"), "x").unwrap();
        assert!(settle(place.path(), false).is_err());
        assert!(settle(place.path(), true).is_err());
        assert!(place.path().join("thesis").exists());
    }
}
