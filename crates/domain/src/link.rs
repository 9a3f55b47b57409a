//! Guest links: their limits, their end, their state. The count of uses only ever grows.

use crate::coded::coded;
use crate::text::visible_text;
use crate::{Instant, LinkId, Span};

/// A number outside what a link may carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfRange {
    /// Smallest allowed.
    pub min: i64,
    /// Largest allowed.
    pub max: i64,
}

impl std::fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "must be from {} to {}", self.min, self.max)
    }
}

impl std::error::Error for OutOfRange {}

macro_rules! bounded {
    ($(#[$meta:meta])* $name:ident: $min:literal ..= $max:literal) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name(i64);

        impl $name {
            /// Checks the range.
            ///
            /// # Errors
            /// The allowed range when `number` lies outside.
            pub const fn new(number: i64) -> Result<Self, OutOfRange> {
                if number >= $min && number <= $max { Ok(Self(number)) } else { Err(OutOfRange { min: $min, max: $max }) }
            }

            /// The number.
            pub const fn get(self) -> i64 {
                self.0
            }
        }
    };
}

bounded! {
    /// How many people may enter through a link.
    LinkUses: 1 ..= 1_000_000
}

bounded! {
    /// How long a link lasts, in days of 24 hours.
    LinkDays: 1 ..= 3_650
}

/// What is wrong with a link's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkNameError {
    /// Nothing but space.
    Required,
    /// Over 80 characters.
    TooLong,
    /// Control or direction marks.
    Control,
}

/// A link's name for its owner: 1 to 80 characters, trimmed, NFC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkName(String);

impl LinkName {
    /// Cleans and checks `text`.
    ///
    /// # Errors
    /// What is wrong, for the field beside it.
    pub fn new(text: &str) -> Result<Self, LinkNameError> {
        let clean = visible_text(text).ok_or(LinkNameError::Control)?;
        match clean.chars().count() {
            0 => Err(LinkNameError::Required),
            1..=80 => Ok(Self(clean)),
            _ => Err(LinkNameError::TooLong),
        }
    }

    /// The cleaned name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

coded! {
    /// What the owner's list says of a link.
    pub enum LinkState {
        /// Somebody new could enter.
        Open = "open",
        /// The item's switch is off.
        Off = "off",
        /// Its time is over.
        Expired = "expired",
        /// Every use is spent.
        UsedUp = "used_up",
    }
}

/// What the decision knows of a guest link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkFacts {
    /// Which.
    pub id: LinkId,
    /// Uses allowed; none: unlimited.
    pub max_uses: Option<i64>,
    /// Seats made through it.
    pub uses: i64,
    /// First instant at which it no longer opens.
    pub end: Option<Instant>,
    /// Since when it is deleted.
    pub deleted_at: Option<Instant>,
    /// From when no viewing of it may be renewed (closing "until" or "now" at its deletion).
    pub cut_at: Option<Instant>,
}

impl LinkFacts {
    /// Whether a use is left.
    pub fn has_uses_left(&self) -> bool {
        self.max_uses.is_none_or(|max| self.uses < max)
    }

    /// Whether its time is over at `now`; `now == end` is over.
    pub fn is_expired(&self, now: Instant) -> bool {
        self.end.is_some_and(|end| now >= end)
    }

    /// The state for the owner's list.
    pub fn state(&self, guest_access: bool, now: Instant) -> LinkState {
        if self.is_expired(now) {
            LinkState::Expired
        } else if !guest_access {
            LinkState::Off
        } else if self.has_uses_left() {
            LinkState::Open
        } else {
            LinkState::UsedUp
        }
    }

    /// The end after `days` more: from now or from the end, whichever is later, expired links too.
    pub fn extended_end(&self, days: LinkDays, now: Instant) -> Instant {
        let from = self.end.map_or(now, |end| end.max(now));
        from.plus(Span::from_days(days.get()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(end: Option<i64>) -> LinkFacts {
        LinkFacts {
            id: LinkId::from_bytes([1; 16]),
            max_uses: Some(2),
            uses: 1,
            end: end.map(Instant::from_ms),
            deleted_at: None,
            cut_at: None,
        }
    }

    #[test]
    fn the_end_itself_is_closed() {
        assert!(!link(Some(100)).is_expired(Instant::from_ms(99)));
        assert!(link(Some(100)).is_expired(Instant::from_ms(100)));
    }

    #[test]
    fn extending_starts_at_the_later_of_now_and_end() {
        let day = Span::from_days(1).as_ms();
        let one = LinkDays::new(1).expect("in range");
        assert_eq!(link(Some(100)).extended_end(one, Instant::from_ms(50)).as_ms(), 100 + day);
        assert_eq!(link(Some(100)).extended_end(one, Instant::from_ms(900)).as_ms(), 900 + day);
    }

    #[test]
    fn ranges_hold() {
        assert!(LinkUses::new(0).is_err() && LinkUses::new(1_000_001).is_err());
        assert!(LinkDays::new(3_650).is_ok() && LinkDays::new(3_651).is_err());
        assert_eq!(LinkName::new("  "), Err(LinkNameError::Required));
        assert_eq!(LinkName::new(&"a".repeat(81)), Err(LinkNameError::TooLong));
    }
}
