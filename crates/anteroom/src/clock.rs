//! The clock and the randomness of the process: the only place where they come in.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use app::Outside;
use app::domain::Instant;

/// The system's clock that never steps back, and the system's randomness.
pub(crate) fn outside() -> Outside {
    let latest = AtomicI64::new(0);
    Outside::new(
        move || {
            let wall_ms = wall_clock_ms();
            // Whoever asks later is never told an earlier time.
            Instant::from_ms(latest.fetch_max(wall_ms, Ordering::AcqRel).max(wall_ms))
        },
        fill_random,
    )
}

#[expect(clippy::disallowed_methods, reason = "the clock comes in here")]
fn wall_clock_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64)
}

fn fill_random(bytes: &mut [u8]) {
    if let Err(error) = getrandom::fill(bytes) {
        // Without randomness every secret would be guessable: nothing may go on.
        panic!("the system has no randomness to give: {error}");
    }
}
