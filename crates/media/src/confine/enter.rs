//! The only unsafe code of this crate: what a child does between fork and exec. In that place nothing may
//! allocate or lock, because the other threads of the server were frozen mid-step by the fork; so all values
//! are computed before and each step is one bare system call.
#![allow(unsafe_code)]

use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;

use rustix::process::{Pid, Resource, Rlimit, Signal};
use rustix::thread::UnshareFlags;

use super::Confinement;
use crate::limits::Limits;

/// Resource limits in the kernel's units, ready to be set.
#[derive(Clone, Copy)]
pub(super) struct Bounds {
    /// What, its soft bound, its hard bound.
    limits: [(Resource, u64, u64); 6],
    niceness: i32,
}

impl Bounds {
    pub(super) fn new(limits: &Limits, cpu_seconds: u64) -> Self {
        let limits_of = [
            (Resource::As, limits.memory_bytes, limits.memory_bytes),
            (Resource::Cpu, cpu_seconds, cpu_seconds + 5), // apart, so that XCPU comes first and names the cause
            (Resource::Fsize, limits.file_bytes, limits.file_bytes),
            (Resource::Nofile, limits.open_files, limits.open_files),
            (Resource::Nproc, limits.threads, limits.threads),
            (Resource::Core, 0, 0),
        ];
        Self { limits: limits_of, niceness: limits.niceness }
    }
}

pub(super) fn before_exec(command: &mut Command, confinement: Confinement, bounds: Bounds) {
    let server = rustix::process::getpid();
    command.process_group(0); // so that one signal reaches the child and whatever it may start
    // SAFETY: `enter` runs in the forked child before exec. It makes system calls only: no allocation, no lock,
    // no panic, and it touches no memory shared with the parent. Everything it captures is Copy.
    unsafe { command.pre_exec(move || enter(server, confinement, bounds)) };
}

fn enter(server: Pid, confinement: Confinement, bounds: Bounds) -> io::Result<()> {
    let namespaces = match confinement {
        Confinement::UserAndNetwork => UnshareFlags::NEWUSER | UnshareFlags::NEWNET,
        Confinement::Network => UnshareFlags::NEWNET,
        Confinement::ArgumentsOnly => UnshareFlags::empty(),
    };
    if !namespaces.is_empty() {
        // SAFETY: unshare is unsafe for FILES and its like, which would split state that other threads rely on.
        // The forked child has one thread, and only user and network namespaces are asked for.
        unsafe { rustix::thread::unshare_unsafe(namespaces)? };
    }
    rustix::thread::set_no_new_privs(true)?;
    // After unshare, because a change of credentials would clear it. The parent may have died before that.
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    if rustix::process::getppid() != Some(server) {
        return Err(io::Error::from_raw_os_error(rustix::io::Errno::SRCH.raw_os_error()));
    }
    for (resource, soft, hard) in bounds.limits {
        // An account may be bound lower already; a limit can only be lowered.
        let maximum = rustix::process::getrlimit(resource).maximum.map_or(hard, |now| now.min(hard));
        let bound = Rlimit { current: Some(soft.min(maximum)), maximum: Some(maximum) };
        rustix::process::setrlimit(resource, bound)?;
    }
    if bounds.niceness > 0 {
        rustix::process::nice(bounds.niceness)?;
    }
    Ok(())
}
