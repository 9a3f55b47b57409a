//! Many at once: threads that start behind a barrier.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier};
use std::thread::{Builder, JoinHandle};

/// Bytes of stack for one of the crowd; hundreds of them stand at once.
const STACK: usize = 256 * 1_024;

/// Does `act` in `count` threads that all start at the same moment, each with what `prepare` made for its number
/// before that; answers in their order.
///
/// # Panics
/// When one of them did.
pub fn together<P, T: Send + 'static>(
    count: usize,
    prepare: impl Fn(usize) -> P + Send + Sync + 'static,
    act: impl Fn(P) -> T + Send + Sync + 'static,
) -> Vec<T> {
    let (prepare, act, barrier) = (Arc::new(prepare), Arc::new(act), Arc::new(Barrier::new(count)));
    let threads: Vec<_> = (0..count)
        .map(|number| {
            let (prepare, act, barrier) = (prepare.clone(), act.clone(), barrier.clone());
            spawn(move || {
                let prepared = prepare(number);
                barrier.wait();
                act(prepared)
            })
        })
        .collect();
    threads.into_iter().map(|thread| thread.join().expect("one of the crowd panicked")).collect()
}

fn spawn<T: Send + 'static>(act: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
    Builder::new().stack_size(STACK).spawn(act).expect("a thread starts")
}

/// Threads that go on until they are told to stop.
pub struct Crowd<T> {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<T>>,
}

impl<T: Send + 'static> Crowd<T> {
    /// Starts `count` threads; each is told its number and asks the flag whether to stop.
    pub fn start(count: usize, act: impl Fn(usize, &AtomicBool) -> T + Send + Sync + 'static) -> Self {
        let (act, stop) = (Arc::new(act), Arc::new(AtomicBool::new(false)));
        let threads = (0..count)
            .map(|number| {
                let (act, stop) = (act.clone(), stop.clone());
                spawn(move || act(number, &stop))
            })
            .collect();
        Self { stop, threads }
    }

    /// Tells all to stop and waits for what they did.
    ///
    /// # Panics
    /// When one of them did.
    pub fn stop(self) -> Vec<T> {
        self.stop.store(true, Ordering::Release);
        self.threads.into_iter().map(|thread| thread.join().expect("one of the crowd panicked")).collect()
    }
}
