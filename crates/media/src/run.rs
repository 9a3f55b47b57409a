//! Carrying out a plan. Nothing of what is written counts until [`verify`](crate::verify) has seen it and the
//! caller has moved the folder into place.

use std::ffi::OsString;
use std::io;
use std::ops::ControlFlow;

use rustix::fs::{CWD, Mode, mkfifoat};
use tokio_util::sync::CancellationToken;

use crate::child::{self, End, Order, Outcome};
use crate::complaints;
use crate::failure::Failure;
use crate::limits::Limits;
use crate::plan::{Plan, sound};
use crate::playlist;
use crate::progress::{Progress, Reader, Stage};
use crate::room;
use crate::tail;
use crate::tools::Tools;

/// ffmpeg's exit status when too many frames could not be decoded.
const TOO_MANY_ERRORS: i32 = 69;
/// What a signal is called when the resource limits sent it (signal(7) on Linux).
const SIGXCPU: i32 = 24;
const SIGXFSZ: i32 = 25;

/// Makes everything that the plan names, in its work folder. `on_progress` is called about twice a second.
/// Dropping the future, or cancelling, kills ffmpeg at once; what it wrote stays for the caller to remove.
///
/// # Errors
/// The [`Failure`] that says most about the cause.
pub async fn run(
    tools: &Tools,
    limits: &Limits,
    plan: &Plan,
    cancel: &CancellationToken,
    mut on_progress: impl FnMut(Progress) + Send,
) -> Result<(), Failure> {
    on_progress(Reader::default().progress(Stage::Poster, plan.duration_ms));
    let work = async {
        let ffmpeg = Ffmpeg { tools, limits, plan };
        if let Some(mend) = &plan.mend {
            let roomy =
                Limits { file_bytes: limits.file_bytes.max(mend.size_bytes / 2 * 3), ..limits.clone() };
            let copying = Ffmpeg { limits: &roomy, ..ffmpeg };
            copying.run(&mend.command, Pace::Own, cancel, &mut |_| ()).await?;
        }
        make_posters(ffmpeg, cancel).await?;
        encode(ffmpeg, cancel, &mut on_progress).await?;
        if let Some(mend) = &plan.mend {
            std::fs::remove_file(&mend.copy).map_err(|error| not_written(&error))?;
        }
        finish(plan).map_err(|error| not_written(&error))
    };
    work.await.map_err(|failure| room::blame(&plan.work_dir, failure))
}

/// Pictures and samples in one child, and the sound from those samples in another beside it.
async fn encode(
    ffmpeg: Ffmpeg<'_>,
    cancel: &CancellationToken,
    on_progress: &mut (impl FnMut(Progress) + Send),
) -> Result<(), Failure> {
    let plan = ffmpeg.plan;
    let Some(sound) = &plan.sound else {
        return ffmpeg.run(&plan.encode, Pace::Own, cancel, on_progress).await;
    };
    let pipe = plan.work_dir.join(sound::PIPE);
    mkfifoat(CWD, &pipe, Mode::RUSR | Mode::WUSR).map_err(|error| not_written(&error.into()))?;
    // Neither goes on without the other: the one that fails takes the other along.
    let both = cancel.child_token();
    let (mut nothing, stop) = (|_| (), both.clone());
    let end = |done: Result<(), Failure>| done.inspect_err(|_| stop.cancel());
    let (first, second) =
        tokio::join!(async { end(ffmpeg.run(&plan.encode, Pace::Own, &both, on_progress).await) }, async {
            end(ffmpeg.run(sound, Pace::Led, &both, &mut nothing).await)
        },);
    std::fs::remove_file(&pipe).map_err(|error| not_written(&error))?;
    match (first, second) {
        // A broken pipe is not the cause but the other's end; so is being cancelled by it.
        (Err(Failure::FfmpegFailed { .. } | Failure::Cancelled), Err(second))
            if second != Failure::Cancelled =>
        {
            Err(second)
        }
        (first, second) => first.and(second),
    }
}

/// What ffmpeg leaves to us: ends that players can play, and the master.
fn finish(plan: &Plan) -> io::Result<()> {
    let pictures = plan.renditions.iter().map(|rendition| &rendition.stem);
    for stem in pictures.chain(plan.audio.iter().map(|audio| &audio.stem)) {
        tail::join(&plan.work_dir, stem)?;
    }
    playlist::write_master(plan)
}

/// The first poster command that gives both pictures wins; the last one's failure counts.
async fn make_posters(ffmpeg: Ffmpeg<'_>, cancel: &CancellationToken) -> Result<(), Failure> {
    let plan = ffmpeg.plan;
    let mut result = Ok(());
    for command in &plan.posters {
        result = ffmpeg.run(command, Pace::Own, cancel, &mut |_| ()).await;
        let there = ["poster.jpg", "poster-480.jpg"].iter().all(|name| plan.work_dir.join(name).is_file());
        match result {
            Ok(()) if there => return Ok(()),
            Ok(()) => result = Err(Failure::Truncated),
            Err(Failure::FfmpegFailed { .. } | Failure::Truncated) => {}
            Err(_) => return result,
        }
    }
    result
}

/// Who decides how fast a child gets on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pace {
    /// It does, and one that stands still is ended.
    Own,
    /// Another child that feeds it; it may have nothing to do for most of a film.
    Led,
}

/// What all children of a run have in common.
#[derive(Clone, Copy)]
struct Ffmpeg<'a> {
    tools: &'a Tools,
    limits: &'a Limits,
    plan: &'a Plan,
}

impl Ffmpeg<'_> {
    async fn run(
        self,
        args: &[OsString],
        pace: Pace,
        cancel: &CancellationToken,
        on_progress: &mut (impl FnMut(Progress) + Send),
    ) -> Result<(), Failure> {
        let Self { tools, limits, plan } = self;
        let order = Order {
            program: &tools.ffmpeg,
            args,
            folder: &plan.work_dir,
            confinement: tools.confinement(),
            limits,
            time: limits.run_time(plan.duration_ms),
        };
        let mut reader = Reader::default();
        let (mut reached_ms, mut seconds_still, mut too_long) = (0, 0, false);
        let outcome = child::run(order, cancel, |piece| {
            if reader.push(piece) {
                on_progress(reader.progress(Stage::Encoding, plan.duration_ms));
            }
            seconds_still += u64::from(piece.is_empty()); // the tick of each second
            if reader.out_time_ms() > reached_ms {
                (reached_ms, seconds_still) = (reader.out_time_ms(), 0);
            }
            // A file may have a minute of packets and go on for days.
            too_long = reached_ms > limits.max_duration_ms.saturating_add(60_000);
            let still = pace == Pace::Own && seconds_still > limits.stall_time.as_secs();
            if too_long || still { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        let outcome = outcome.await?;
        if too_long {
            return Err(Failure::TooLong { found_ms: reached_ms, limit_ms: limits.max_duration_ms });
        }
        verdict(outcome)
    }
}

/// What the end of ffmpeg means.
fn verdict(outcome: Outcome) -> Result<(), Failure> {
    use std::os::unix::process::ExitStatusExt;
    let log = outcome.complaints;
    match outcome.end {
        End::Exited(status) if status.success() => Ok(()),
        End::Cancelled => Err(Failure::Cancelled),
        End::TimedOut | End::Stopped => Err(Failure::TimedOut { log }),
        End::Exited(status) if status.signal() == Some(SIGXCPU) => Err(Failure::TimedOut { log }),
        End::Exited(status) if status.signal() == Some(SIGXFSZ) => Err(Failure::DiskFull),
        End::Exited(status) => Err(match complaints::cause(&log) {
            Some(known) => known,
            None if status.code() == Some(TOO_MANY_ERRORS) => Failure::Truncated,
            None => Failure::FfmpegFailed { log },
        }),
    }
}

/// A failed write of our own.
fn not_written(error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Failure::DiskFull,
        _ => Failure::FfmpegFailed { log: format!("the playlist was not written: {error}") },
    }
}
