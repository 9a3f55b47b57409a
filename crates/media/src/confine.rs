//! How far a child process can be shut in on this machine. It is found out once, with a harmless child, and
//! then demanded of every child: a child that cannot be shut in that far does not start.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::limits::Limits;

mod enter;

/// The network walls around each child, best first. Resource limits, an empty environment and death with the
/// server hold in all three.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confinement {
    /// Own user and network namespace: no network, no capabilities.
    UserAndNetwork,
    /// Own network namespace only (needs privileges that the server happens to have): no network.
    Network,
    /// The kernel permits neither (some containers): only the protocol allow-list keeps ffmpeg off the network.
    ArgumentsOnly,
}

impl Confinement {
    /// Stable name for logs and the settings page.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::UserAndNetwork => "user_and_network",
            Self::Network => "network",
            Self::ArgumentsOnly => "arguments_only",
        }
    }

    /// Finds the best level that `program` starts with. Runs it up to three times with `-version`.
    pub(crate) fn find(program: &Path, limits: &Limits) -> Option<Self> {
        [Self::UserAndNetwork, Self::Network, Self::ArgumentsOnly].into_iter().find(|level| {
            let mut command = level.command(program, limits, limits.probe_time.as_secs());
            command.arg("-version").stdout(Stdio::null()).stderr(Stdio::null());
            command.status().is_ok_and(|status| status.success())
        })
    }

    /// A command for `program` whose child enters its walls between fork and exec. `cpu_seconds` is over all its
    /// threads.
    #[expect(clippy::disallowed_methods, reason = "the one place where children of this crate come from")]
    pub(crate) fn command(self, program: &Path, limits: &Limits, cpu_seconds: u64) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("LC_ALL", "C").stdin(Stdio::null());
        enter::before_exec(&mut command, self, enter::Bounds::new(limits, cpu_seconds));
        command
    }
}
