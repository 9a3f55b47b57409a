//! One limited child process from start to end. It is started and kept by a thread of its own: the kernel
//! kills such a child when the *thread* that started it ends, and a runtime's threads come and go.

use std::ffi::OsString;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::confine::Confinement;
use crate::failure::Failure;
use crate::limits::Limits;

/// How much of a child's complaints is kept, in bytes: the last ones.
const TAIL_BYTES: usize = 8 * 1024;

/// What to start.
pub(crate) struct Order<'a> {
    pub(crate) program: &'a Path,
    pub(crate) args: &'a [OsString],
    /// Where it runs and may write.
    pub(crate) folder: &'a Path,
    pub(crate) confinement: Confinement,
    pub(crate) limits: &'a Limits,
    /// Wall-clock bound.
    pub(crate) time: Duration,
}

/// How it ended.
#[derive(Debug)]
pub(crate) enum End {
    Exited(ExitStatus),
    TimedOut,
    Cancelled,
    /// The reader of its output asked to stop.
    Stopped,
}

/// The end of a child and its last complaints.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) end: End,
    pub(crate) complaints: String,
}

/// Runs a child to its end. `on_output` gets its standard output in pieces and may stop it; it is also called
/// with an empty piece once a second, so that it can notice a child that stands still.
pub(crate) async fn run(
    order: Order<'_>,
    cancel: &CancellationToken,
    mut on_output: impl FnMut(&[u8]) -> ControlFlow<()>,
) -> Result<Outcome, Failure> {
    let mut kept = start(&order).await.map_err(|error| could_not_start(order.program, &error))?;
    let mut stdout = kept.child.stdout.take();
    let mut stderr = kept.child.stderr.take();
    let mut tail = Tail::default();
    let mut piece = vec![0_u8; 16 * 1024];
    let mut words = vec![0_u8; 4 * 1024];
    let deadline = tokio::time::sleep(order.time);
    tokio::pin!(deadline);
    let mut second = tokio::time::interval(Duration::from_secs(1));
    let stopped = loop {
        tokio::select! {
            read = read_some(&mut stdout, &mut piece) => {
                if read > 0 && on_output(&piece[..read]).is_break() { break Some(End::Stopped) }
            }
            read = read_some(&mut stderr, &mut words) => tail.push(&words[..read]),
            _ = second.tick() => if on_output(&[]).is_break() { break Some(End::Stopped) },
            () = &mut deadline => break Some(End::TimedOut),
            () = cancel.cancelled() => break Some(End::Cancelled),
            _ = kept.child.wait(), if stdout.is_none() && stderr.is_none() => break None,
        }
    };
    if stopped.is_some() {
        kept.kill();
    }
    let status = kept.child.wait().await.map_err(|error| could_not_start(order.program, &error))?;
    Ok(Outcome { end: stopped.unwrap_or(End::Exited(status)), complaints: tail.text() })
}

/// Reads a piece; at the end of the stream the reader is taken away and this never returns again.
async fn read_some<R: AsyncRead + Unpin>(reader: &mut Option<R>, piece: &mut [u8]) -> usize {
    match reader {
        Some(open) => match open.read(piece).await {
            Ok(read) if read > 0 => read,
            _ => {
                *reader = None;
                0
            }
        },
        None => std::future::pending().await,
    }
}

fn could_not_start(program: &Path, error: &std::io::Error) -> Failure {
    if error.kind() == std::io::ErrorKind::NotFound {
        return Failure::FfmpegMissing { path: program.display().to_string() };
    }
    Failure::FfmpegFailed { log: format!("{} did not start: {error}", program.display()) }
}

/// A child and the thread that keeps it. Dropping it kills the whole group: no way out leaves a process.
struct Kept {
    child: tokio::process::Child,
    group: Option<Pid>,
    _thread_may_end: mpsc::Sender<()>,
}

impl Kept {
    fn kill(&self) {
        // Only while the child is not reaped: afterwards its number may belong to another process.
        if let (Some(group), Some(_)) = (self.group, self.child.id())
            && let Err(error) = kill_process_group(group, Signal::KILL)
        {
            tracing::warn!(%error, "child process could not be ended");
        }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.kill();
    }
}

async fn start(order: &Order<'_>) -> std::io::Result<Kept> {
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    let cpu_seconds = (order.time.as_secs() + 1).saturating_mul(cores);
    let mut command = order.confinement.command(order.program, order.limits, cpu_seconds);
    command.args(order.args).current_dir(order.folder).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut command = tokio::process::Command::from(command);
    command.kill_on_drop(true);

    let runtime = tokio::runtime::Handle::current();
    let (started, answer) = oneshot::channel();
    let (thread_may_end, wait) = mpsc::channel::<()>();
    std::thread::Builder::new().name("media-child".into()).spawn(move || {
        let _entered = runtime.enter();
        // If nobody waits for the answer any more, the child is dropped here, and so killed.
        if started.send(command.spawn()).is_ok() {
            let _ = wait.recv(); // ends with an error when `Kept` is dropped
        }
    })?;
    let child = answer.await.map_err(std::io::Error::other)??;
    let group = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
    Ok(Kept { child, group, _thread_may_end: thread_may_end })
}

/// The last bytes of what was written to it.
#[derive(Default)]
struct Tail(Vec<u8>);

impl Tail {
    fn push(&mut self, words: &[u8]) {
        self.0.extend_from_slice(words);
        if self.0.len() > 2 * TAIL_BYTES {
            self.0.drain(..self.0.len() - TAIL_BYTES);
        }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0[self.0.len().saturating_sub(TAIL_BYTES)..]).trim().to_owned()
    }
}
