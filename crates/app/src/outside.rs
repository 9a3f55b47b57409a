//! Facts that come from outside: the time and randomness. Tests bring their own.

use std::sync::Arc;

use domain::Instant;

type Clock = Arc<dyn Fn() -> Instant + Send + Sync>;
type Apart = Arc<dyn Fn() -> i64 + Send + Sync>;
type Random = Arc<dyn Fn(&mut [u8]) + Send + Sync>;

/// Where time and randomness come from. Cheap to clone.
#[derive(Clone)]
pub struct Outside {
    now: Clock,
    random: Random,
    apart_ms: Apart,
}

impl Outside {
    /// Takes a clock that never steps back and a source of bytes that nobody can guess.
    pub fn new(
        now: impl Fn() -> Instant + Send + Sync + 'static,
        random: impl Fn(&mut [u8]) + Send + Sync + 'static,
    ) -> Self {
        Self { now: Arc::new(now), random: Arc::new(random), apart_ms: Arc::new(|| 0) }
    }

    /// Takes how far the wall's clock is ahead of this one, in milliseconds; without it they are the same.
    #[must_use]
    pub fn beside_wall(self, apart_ms: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        Self { apart_ms: Arc::new(apart_ms), ..self }
    }

    /// How far the wall's clock is ahead, in milliseconds; less than 0: behind.
    pub fn apart_ms(&self) -> i64 {
        (self.apart_ms)()
    }

    /// The time now.
    pub fn now(&self) -> Instant {
        (self.now)()
    }

    /// The clock alone.
    pub fn clock(&self) -> store::Now {
        self.now.clone()
    }

    /// Fresh random bytes.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.random)(&mut bytes);
        bytes
    }
}

impl std::fmt::Debug for Outside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Outside")
    }
}
