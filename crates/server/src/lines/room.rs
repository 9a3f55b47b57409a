//! How many descriptors a process has left.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Below so many free ones, whoever takes or says nothing is closed soon.
const SHORT: usize = 64;
/// Below so many, sooner.
const SCARCE: usize = 32;
/// So many are kept for files, the database and those who are inside already.
const RESERVE: usize = 16;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Room {
    pub(super) free: usize,
    pub(super) limit: usize,
}

impl Room {
    pub(super) const fn is_short(self) -> bool {
        self.free < SHORT
    }

    pub(super) const fn is_scarce(self) -> bool {
        self.free < SCARCE
    }

    pub(super) const fn may_accept(self) -> bool {
        self.free > RESERVE
    }

    /// So many should be free again when connections are given up that still might be missed.
    pub(super) const fn enough(self) -> usize {
        let quarter = self.limit / 4;
        if quarter < 2 * SHORT { 2 * SHORT } else { quarter }
    }
}

/// Lets the process have as many as the system allows it: the usual soft limit of 1,024 is for programs that call
/// `select`.
pub(super) fn raise_limit() {
    let maximum = getrlimit(Resource::Nofile).maximum;
    // Where that is refused, the limit stays.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
}

/// How many descriptors the process may have at this moment.
pub(super) fn limit() -> usize {
    let limit = getrlimit(Resource::Nofile).current;
    limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX)
}

/// How many it has. None where finding out would cost too much for what it is worth: kernels before 6.2 do not tell
/// the number, so each is counted, and that only when connections alone take half of what there may be.
pub(super) fn used(connections: usize, limit: usize) -> Option<usize> {
    let told = std::fs::metadata("/proc/self/fd").ok()?.len();
    if told > 0 {
        return usize::try_from(told).ok();
    }
    let worth_it = connections == 0 || connections >= limit / 2;
    worth_it.then(|| std::fs::read_dir("/proc/self/fd").ok().map(Iterator::count)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_files_are_counted() {
        let before = used(usize::MAX, 1).expect("this system tells");
        let _files: Vec<_> = (0..100).map(|_| std::fs::File::open("/dev/null").expect("a file")).collect();
        // Other tests open and close some meanwhile.
        let after = used(usize::MAX, 1).expect("this system tells");
        assert!(after > before + 50, "{before} {after}");
        assert!(limit() > after);
    }
}
