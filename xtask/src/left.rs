//! What a runner left running: it was ended before it could tidy up, or a test forgot. Nothing of it outlives the step.
//!
//! Whoever loses its parent becomes a child of ours ([`adopt`]), and whatever a runner began stands below it.

use std::fs;

use rustix::process::{Pid, Signal, WaitOptions, getpid, kill_process, set_child_subreaper, waitpid};

/// From now on processes whose parent ends before them are children of this one.
pub(crate) fn adopt() {
    // A kernel that cannot: then what is left stays, as it would without us.
    let _ = set_child_subreaper(Some(getpid()));
}

/// Kills everything below this process but the children that are spared, and says what it was.
pub(crate) fn end_all(spared: &[Pid]) {
    // Those that are killed may leave children again.
    for _ in 0..5 {
        let left: Vec<Pid> = children(getpid()).into_iter().filter(|child| !spared.contains(child)).collect();
        if left.is_empty() {
            return;
        }
        for child in left {
            end(child);
        }
    }
}

fn end(process: Pid) {
    for child in children(process) {
        end(child);
    }
    let name = fs::read_to_string(format!("/proc/{}/comm", process.as_raw_nonzero())).unwrap_or_default();
    // What has ended already only waits to be asked for.
    let has_ended = matches!(waitpid(Some(process), WaitOptions::NOHANG), Ok(Some(_)));
    if !has_ended && kill_process(process, Signal::KILL).is_ok() {
        println!("left running, and ended: {} ({})", name.trim(), process.as_raw_nonzero());
        let _ = waitpid(Some(process), WaitOptions::empty());
    }
}

fn children(process: Pid) -> Vec<Pid> {
    let tasks = format!("/proc/{}/task", process.as_raw_nonzero());
    let tasks = fs::read_dir(tasks).into_iter().flatten().flatten();
    let lists = tasks.filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
    let text: String = lists.collect();
    text.split_whitespace().filter_map(|word| Pid::from_raw(word.parse().ok()?)).collect()
}

#[cfg(test)]
mod tests {
    use std::process::Command;
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn what_lost_its_parent_is_ended() {
        adopt();
        let said = Command::new("sh").args(["-c", "sleep 600 >/dev/null 2>&1 & echo $!"]).output().unwrap();
        let orphan: i32 = String::from_utf8(said.stdout).unwrap().trim().parse().unwrap();
        let orphan = Pid::from_raw(orphan).unwrap();
        end(orphan);
        let started = Instant::now();
        while fs::exists(format!("/proc/{}", orphan.as_raw_nonzero())).unwrap() {
            assert!(started.elapsed() < Duration::from_secs(10), "it still runs");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}
