//! A right as it is held: for good, or lent until an instant, after which it is what it was before.

use crate::{Instant, ItemRight};

/// What a member holds at one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldRight {
    /// The right that was given or lent.
    pub right: ItemRight,
    /// Until when it is lent; none: for good.
    pub until: Option<Instant>,
    /// What a lent right falls back to; none: to nothing.
    pub base: Option<ItemRight>,
}

impl HeldRight {
    /// A right for good.
    pub const fn given(right: ItemRight) -> Self {
        Self { right, until: None, base: None }
    }

    /// What counts at `now`.
    pub fn at(self, now: Instant) -> Option<ItemRight> {
        if self.is_lent(now) || self.until.is_none() { Some(self.right) } else { self.base }
    }

    /// Whether it is lent, and still is.
    pub fn is_lent(self, now: Instant) -> bool {
        self.until.is_some_and(|until| now < until)
    }

    /// What is held for good at `now`.
    pub const fn for_good(self) -> Option<ItemRight> {
        if self.until.is_none() { Some(self.right) } else { self.base }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lent_right_falls_back_by_itself_at_its_instant() {
        let at = Instant::from_ms;
        let lent =
            HeldRight { right: ItemRight::CoEditor, until: Some(at(10)), base: Some(ItemRight::CoViewer) };
        assert_eq!(lent.at(at(9)), Some(ItemRight::CoEditor));
        assert_eq!(lent.at(at(10)), Some(ItemRight::CoViewer));
        assert_eq!(HeldRight { base: None, ..lent }.at(at(10)), None);
        assert_eq!(lent.for_good(), Some(ItemRight::CoViewer));
        let given = HeldRight::given(ItemRight::CoEditor);
        assert_eq!(given.at(at(i64::MAX)), Some(ItemRight::CoEditor));
        assert_eq!((given.is_lent(at(0)), given.for_good()), (false, Some(ItemRight::CoEditor)));
    }
}
