//! Carrying a file through the whole crate, and looking at the result with ffprobe.

use std::path::Path;
use std::process::Command;

use media::{CancellationToken, Facts, Failure, Limits, Plan, Published, Settings, Tools};
use tempfile::TempDir;

use crate::boxes;
use crate::source;

pub(crate) fn tools() -> Tools {
    Tools::find(None).expect("these tests need ffmpeg and ffprobe on the search path")
}

/// What became of a file.
pub(crate) struct Made {
    pub(crate) facts: Facts,
    pub(crate) plan: Plan,
    pub(crate) published: Published,
    pub(crate) folder: TempDir,
    pub(crate) steps: Vec<u32>,
}

/// Probe, plan, run, verify, seal.
pub(crate) async fn carry(file: &Path) -> Result<Made, Failure> {
    let (tools, limits) = (tools(), Limits::default());
    let folder = tempfile::tempdir().expect("a folder");
    let facts = media::probe(&tools, &limits, file).await?;
    let settings =
        Settings { tone_mapping: tools.tone_mapping(), preset: "superfast".into(), ..Settings::default() };
    let plan = media::plan(&facts, file, folder.path(), &settings)?;
    let mut steps = Vec::new();
    let never = CancellationToken::new();
    media::run(&tools, &limits, &plan, &never, |progress| steps.push(progress.percent_milli)).await?;
    let published = media::verify(folder.path(), &plan)?;
    media::seal(folder.path()).expect("sealed");
    let made = Made { facts, plan, published, folder, steps };
    made.assert_playable_ends();
    Ok(made)
}

impl Made {
    /// `key` of the only stream of a track.
    pub(crate) fn stream(&self, stem: &str, key: &str) -> String {
        ffprobe(&self.whole(stem), &format!("stream={key}")).trim().trim_end_matches(',').to_owned()
    }

    /// The track as one file.
    pub(crate) fn whole(&self, stem: &str) -> std::path::PathBuf {
        let folder = self.folder.path();
        let playlist = std::fs::read_to_string(folder.join(format!("{stem}.m3u8"))).expect("a playlist");
        let mut bytes = std::fs::read(folder.join(format!("{stem}-init.mp4"))).expect("an init segment");
        for name in playlist.lines().filter(|line| !line.starts_with('#')) {
            bytes.extend(std::fs::read(folder.join(name)).expect("a segment"));
        }
        let whole = folder.join(format!("{stem}-whole.mp4"));
        std::fs::write(&whole, bytes).expect("written");
        whole
    }

    /// Duration of every frame of a track.
    pub(crate) fn durations(&self, stem: &str) -> Vec<String> {
        ffprobe(&self.whole(stem), "packet=duration").lines().map(str::to_owned).collect()
    }

    /// A file of the output as text.
    pub(crate) fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(name)).expect("a text")
    }

    /// Mean volume of a part of a track, dB below full scale.
    pub(crate) fn volume(&self, stem: &str, part: &str) -> f64 {
        source::loudness(&self.whole(stem), part, "mean_volume")
    }

    /// Loudest sample of a track, dB below full scale.
    pub(crate) fn peak(&self, stem: &str) -> f64 {
        source::loudness(&self.whole(stem), "", "max_volume")
    }

    /// Length of each segment as the playlist gives it.
    pub(crate) fn segments(&self, stem: &str) -> Vec<f64> {
        let playlist =
            std::fs::read_to_string(self.folder.path().join(format!("{stem}.m3u8"))).expect("a playlist");
        let lengths = playlist.lines().filter_map(|line| line.strip_prefix("#EXTINF:"));
        lengths.map(|text| text.trim_end_matches(',').parse().expect("a length")).collect()
    }

    /// No track of several segments ends with one that players pass over.
    fn assert_playable_ends(&self) {
        let stems = self.plan.renditions.iter().map(|rendition| &rendition.stem);
        for stem in stems.chain(self.plan.audio.iter().map(|audio| &audio.stem)) {
            let lengths = self.segments(stem);
            assert!(lengths.len() == 1 || lengths.iter().all(|length| *length >= 0.4), "{stem}: {lengths:?}");
            assert!(
                lengths.iter().all(|length| *length < 2.5),
                "{stem}: over the target duration: {lengths:?}"
            );
        }
    }

    /// Every segment of every picture begins with a key frame, at the same time in all of them, and the first at
    /// zero. Times are read from the segments' own boxes, as a player does.
    pub(crate) fn assert_aligned(&self) {
        let mut expected: Option<Vec<f64>> = None;
        for rendition in &self.plan.renditions {
            let init =
                std::fs::read(self.folder.path().join(format!("{}-init.mp4", rendition.stem))).expect("init");
            let (mut starts, mut sum) = (Vec::new(), 0.0);
            for (n, length) in self.segments(&rendition.stem).into_iter().enumerate() {
                let name = format!("{}-{:05}.m4s", rendition.stem, n + 1);
                let segment = std::fs::read(self.folder.path().join(&name)).expect("a segment");
                let first = boxes::first_sample(&init, &segment);
                assert!(first.key, "{name} does not begin with a key frame");
                assert!(
                    (first.seconds - sum).abs() < 0.002,
                    "{name} begins at {}, not at {sum}",
                    first.seconds
                );
                starts.push(first.seconds);
                sum += length;
            }
            let same = expected.get_or_insert_with(|| starts.clone());
            assert_eq!(*same, starts, "{}", rendition.name);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place where tests start ffprobe by themselves")]
pub(crate) fn ffprobe(file: &Path, entries: &str) -> String {
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-of", "csv=p=0", "-show_entries", entries])
        .arg(file)
        .output()
        .expect("ffprobe starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}
