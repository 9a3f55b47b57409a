//! The clock and the randomness of the process: the only place where they come in.

mod steady;

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use app::Outside;
use app::domain::Instant;
use rustix::time::{ClockId, clock_gettime};

use self::steady::{Reading, SteadyClock};

/// Time that never steps, and the system's randomness.
pub(crate) fn outside() -> Outside {
    let clock = Arc::new(SteadyClock::begin(read()));
    let told = clock.clone();
    Outside::new(move || Instant::from_ms(told.tell(read())), fill_random)
        .beside_wall(move || clock.apart_ms(read()))
}

#[expect(clippy::disallowed_methods, reason = "the clock comes in here")]
fn read() -> Reading {
    let wall = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos() as i64);
    // Goes on while the machine sleeps, which Rust's own steady time does not.
    let boot = clock_gettime(ClockId::Boottime);
    Reading { wall_ns: wall, boot_ns: boot.tv_sec * 1_000_000_000 + boot.tv_nsec }
}

fn fill_random(bytes: &mut [u8]) {
    if let Err(error) = getrandom::fill(bytes) {
        // Without randomness every secret would be guessable: nothing may go on.
        panic!("the system has no randomness to give: {error}");
    }
}
