//! Where ffmpeg and ffprobe are and what they can do. Looked at once, at the start of the server.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use crate::child::Order;
use crate::confine::Confinement;
use crate::failure::MediaError;
use crate::limits::Limits;

/// The two programs and what was learnt about them.
#[derive(Debug, Clone)]
pub struct Tools {
    /// Path of ffmpeg.
    pub ffmpeg: PathBuf,
    /// Path of ffprobe.
    pub ffprobe: PathBuf,
    confinement: Confinement,
    tone_mapping: bool,
    version: String,
}

impl Tools {
    /// Finds both programs on the search path, or in `path_override` (their folder, or the path of ffmpeg), and
    /// tries them. Blocks for up to a second.
    ///
    /// # Errors
    /// [`MediaError::ToolMissing`] says where it looked; [`MediaError::ToolUnusable`] when ffmpeg does not start or
    /// was built without H.264 or AAC.
    pub fn find(path_override: Option<&Path>) -> Result<Self, MediaError> {
        let (ffmpeg, ffprobe) = (locate("ffmpeg", path_override)?, locate("ffprobe", path_override)?);
        let limits = Limits::default();
        let unusable = |why: &str| MediaError::ToolUnusable { tool: "ffmpeg", why: why.to_owned() };
        let confinement =
            Confinement::find(&ffprobe, &limits).ok_or_else(|| unusable("it does not start"))?;
        let ask = |what: &str| answer(&ffmpeg, what, confinement, &limits);
        let encoders = ask("-encoders").ok_or_else(|| unusable("it does not list its encoders"))?;
        for (name, words) in [("libx264", "H.264 (libx264)"), ("aac", "AAC")] {
            if !lists(&encoders, name) {
                return Err(unusable(&format!(
                    "it was built without {words}; take your distribution's full build"
                )));
            }
        }
        let filters = ask("-filters").unwrap_or_default();
        let tone_mapping = lists(&filters, "zscale") && lists(&filters, "tonemap");
        let version =
            ask("-version").and_then(|text| text.lines().next().map(str::to_owned)).unwrap_or_default();
        Ok(Self { ffmpeg, ffprobe, confinement, tone_mapping, version })
    }

    /// Whether both programs are there, without starting them: cheap enough for every start of the server.
    ///
    /// # Errors
    /// [`MediaError::ToolMissing`] says where it looked.
    pub fn look(path_override: Option<&Path>) -> Result<(), MediaError> {
        locate("ffmpeg", path_override).and_then(|_| locate("ffprobe", path_override)).map(drop)
    }

    /// How far children are shut in on this machine. Worth a warning in the log when it is
    /// [`Confinement::ArgumentsOnly`].
    #[must_use]
    pub fn confinement(&self) -> Confinement {
        self.confinement
    }

    /// Whether HDR can be turned into an ordinary picture properly (ffmpeg built with zimg).
    #[must_use]
    pub fn tone_mapping(&self) -> bool {
        self.tone_mapping
    }

    /// ffprobe with these arguments; it writes nothing.
    pub(crate) fn probing<'a>(
        &'a self,
        limits: &'a Limits,
        args: &'a [OsString],
        time: Duration,
    ) -> Order<'a> {
        let (program, confinement) = (&self.ffprobe, self.confinement);
        Order { program, args, folder: Path::new("/"), confinement, limits, time }
    }

    /// ffmpeg's first line about itself.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the search path is read once, when the programs are looked for"
)]
fn locate(tool: &'static str, path_override: Option<&Path>) -> Result<PathBuf, MediaError> {
    let missing = || MediaError::ToolMissing { tool, path: path_override.map(Path::to_owned) };
    let folders: Vec<PathBuf> = match path_override {
        Some(named) if named.is_dir() => vec![named.to_owned()],
        Some(named) => named.parent().map(Path::to_owned).into_iter().collect(),
        None => std::env::var_os("PATH").as_deref().map(search_path).unwrap_or_default(),
    };
    let found = folders.into_iter().map(|folder| folder.join(tool)).find(|path| path.is_file());
    found.and_then(|path| std::path::absolute(path).ok()).ok_or_else(missing)
}

fn search_path(text: &OsStr) -> Vec<PathBuf> {
    std::env::split_paths(text).collect()
}

fn answer(program: &Path, question: &str, confinement: Confinement, limits: &Limits) -> Option<String> {
    let mut command = confinement.command(program, limits, limits.probe_time.as_secs());
    command.args(["-hide_banner", question]).stderr(Stdio::null());
    let output = command.output().ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()
}

/// Whether ffmpeg's table has a row whose second word is `name`.
fn lists(table: &str, name: &str) -> bool {
    table.lines().any(|row| row.split_whitespace().nth(1) == Some(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_tool_says_where_it_was_looked_for() {
        let folder = tempfile::tempdir().expect("a folder");
        let error = Tools::find(Some(folder.path())).expect_err("an empty folder has no ffmpeg");
        assert!(matches!(error, MediaError::ToolMissing { tool: "ffmpeg", .. }));
        let words = error.to_string();
        assert!(
            words.contains(&folder.path().display().to_string()) && words.contains("install ffmpeg"),
            "{words}"
        );
    }

    #[test]
    fn a_table_row_is_matched_by_its_whole_name() {
        let table = " V....D libx264rgb   H.264 RGB\n A....D aac          AAC\n";
        assert!(lists(table, "aac"));
        assert!(!lists(table, "libx264"));
    }
}
