//! CPU time of process trees, from `/proc`: user and system time of all threads, and of children that have ended.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::Result;

/// What the kernel tells of one process.
#[derive(Debug, PartialEq, Eq)]
struct Stat {
    id: u32,
    parent: u32,
    /// Clock ticks: its own, and of children that it has reaped.
    ticks: u64,
}

impl Stat {
    fn read(text: &str) -> Option<Self> {
        // The name stands in brackets and may hold brackets and blanks itself.
        let (head, tail) = text.rsplit_once(')')?;
        let id = head.split_once(' ')?.0.parse().ok()?;
        let fields: Vec<&str> = tail.split_whitespace().collect();
        let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
        let ticks = number(11)? + number(12)? + number(13)? + number(14)?;
        Some(Self { id, parent: u32::try_from(number(1)?).ok()?, ticks })
    }
}

/// CPU time so far of the process `root` and everything below it.
pub(crate) fn of_tree(root: u32) -> Result<Duration> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir("/proc")?.flatten() {
        let is_process =
            entry.file_name().to_str().is_some_and(|name| name.bytes().all(|b| b.is_ascii_digit()));
        // A process may end between the listing and the reading.
        if is_process && let Ok(text) = std::fs::read_to_string(entry.path().join("stat")) {
            all.extend(Stat::read(&text));
        }
    }
    let ticks = sum(root, &all);
    Ok(Duration::from_secs_f64(ticks as f64 / rustix::param::clock_ticks_per_second() as f64))
}

fn sum(root: u32, all: &[Stat]) -> u64 {
    let parents: HashMap<u32, u32> = all.iter().map(|stat| (stat.id, stat.parent)).collect();
    let is_below = |mut id: u32| loop {
        if id == root {
            return true;
        }
        match parents.get(&id) {
            Some(parent) if *parent != 0 => id = *parent,
            _ => return false,
        }
    };
    all.iter().filter(|stat| is_below(stat.id)).map(|stat| stat.ticks).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_does_not_shift_the_fields() {
        let text = "42 (a) b)) S 7 42 42 0 -1 4194304 100 0 0 0 1 2 30 400 20 0 4 0 100 0 0";
        assert_eq!(Stat::read(text), Some(Stat { id: 42, parent: 7, ticks: 433 }));
        assert_eq!(Stat::read("rubbish"), None);
    }

    #[test]
    fn a_tree_is_its_root_and_all_below() {
        let stat = |id, parent, ticks| Stat { id, parent, ticks };
        let all = [stat(1, 0, 1_000), stat(5, 1, 10), stat(6, 5, 20), stat(7, 6, 40), stat(8, 1, 500)];
        assert_eq!(sum(5, &all), 70);
        assert_eq!(sum(8, &all), 500);
    }

    #[test]
    fn our_own_time_only_grows() {
        let before = of_tree(std::process::id()).unwrap();
        let mut number = 0_u64;
        while of_tree(std::process::id()).unwrap() <= before {
            number = std::hint::black_box(number + 1);
        }
        assert!(of_tree(std::process::id()).unwrap() > before);
    }
}
