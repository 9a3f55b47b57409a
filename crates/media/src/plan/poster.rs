//! The two posters: a telling picture from about a tenth into the film.

use std::ffi::OsString;

use super::job::{self, Job};
use super::picture;

/// Longest side of the large poster, pixels.
const LARGE: u32 = 1280;
/// Width of the small one, for grids, pixels.
const SMALL: u32 = 480;

/// Commands to be tried in turn: near a tenth, then from the start, for files that cannot be searched.
pub(super) fn commands(job: &Job<'_>) -> Vec<Vec<OsString>> {
    let (Some(video), Some(stream)) = (&job.facts.video, job.input.picture) else { return Vec::new() };
    let scale = (f64::from(LARGE) / f64::from(video.width.max(video.height))).min(1.0);
    let size = |side: u32| ((f64::from(side) * scale / 2.0).round() as u32).max(1) * 2;
    let (width, height) = (size(video.width), size(video.height));
    let small = SMALL.min(width);
    let filters = picture::filters(video, None, (width, height), job.settings.tone_mapping);
    // JPEG knows one matrix only, the old one, and full range. `thumbnail` takes the frame that is most like the others around it: no flash, no fade.
    let graph = format!(
        "[0:{stream}]thumbnail=n=50,{filters},scale=in_color_matrix=bt709:out_color_matrix=bt601:in_range=tv:out_range=pc,format=yuvj420p,split=2[large][s];[s]scale={small}:-2[small]",
    );
    let tenth = job::seconds(job.facts.duration_ms / 10);
    [tenth.as_str(), "0"]
        .map(|from| {
            let mut args = job::quiet(job.settings.threads);
            args.extend(job.input.arguments(job::most_pixels(video), &["-ss", from]));
            args.extend(["-filter_complex".into(), OsString::from(&graph)]);
            for (label, name) in [("[large]", "poster.jpg"), ("[small]", "poster-480.jpg")] {
                args.extend(
                    ["-map", label, "-frames:v", "1", "-c:v", "mjpeg", "-q:v", "4"].map(OsString::from),
                );
                args.extend(
                    ["-map_metadata", "-1", "-f", "image2", "-update", "1", name].map(OsString::from),
                );
            }
            args
        })
        .into()
}
