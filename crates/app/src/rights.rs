//! The rights of members at an item: give, lend, take away, hand the item over. Whoever has its page open is told at
//! once, and a lent right falls back by itself.

use domain::access::{Action, of_lent_right, of_right};
use domain::{
    ActivityKind, Capabilities, Capability, Email, HeldRight, Instant, ItemFacts, ItemId, ItemKind,
    ItemRight, MemberId, News, Span,
};
pub use store::item_right::Holder;
use store::{Conn, StoreError, account, item_right};

use crate::accounts::email_code;
use crate::activity::record;
use crate::address_owner::find_by_sure_address;
use crate::items::actor;
use crate::{App, AtItem, Caller, Conflict, Error};

/// A right can be lent for a year at most.
const LENT_MOST_MINUTES: i64 = 366 * 24 * 60;

/// Everybody with a right at an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rights {
    /// Highest right first, then by name. A right that was lent and fell back to nothing is not among them.
    pub holders: Vec<Holder>,
    /// The rights that can be given at this kind of item, lowest first.
    pub cards: Vec<Card>,
    /// Whether the caller may hand the item over.
    pub may_transfer: bool,
    /// The instant at which all this was true.
    pub now: Instant,
}

/// A right that can be given, and what it lets somebody do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Card {
    /// Which.
    pub right: ItemRight,
    /// Given for good.
    pub given: Capabilities,
    /// Lent for a time.
    pub lent: Capabilities,
}

/// Who is to get a right.
#[derive(Debug, Clone)]
pub enum Whom {
    /// A member that the caller was shown.
    Member(MemberId),
    /// Whoever has proved this address, or was given it by an administrator.
    Email(String),
}

/// What becomes of who handed an item over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// They stay as a co-owner.
    CoOwner,
    /// They keep nothing.
    Nothing,
}

/// Whether a right means something at this kind of item.
fn fits(right: ItemRight, kind: ItemKind) -> bool {
    match right {
        ItemRight::Owner => false,
        ItemRight::WebcastModerator => kind == ItemKind::LiveEvent,
        _ => true,
    }
}

fn cards(item: &ItemFacts) -> Vec<Card> {
    let fitting = ItemRight::ALL.iter().copied().filter(|right| fits(*right, item.kind));
    let card = |right| Card { right, given: of_right(right, item), lent: of_lent_right(right, item) };
    fitting.map(card).collect()
}

fn checked(right: &str, minutes: Option<i64>) -> Result<ItemRight, Error> {
    let right: ItemRight = right.parse().map_err(|_| Error::invalid("right", "right_unknown"))?;
    if right == ItemRight::Owner {
        return Err(Conflict::OwnersRight.into());
    }
    if minutes.is_some_and(|minutes| !(1..=LENT_MOST_MINUTES).contains(&minutes)) {
        return Err(Error::invalid("minutes", "minutes_range"));
    }
    Ok(right)
}

impl App {
    /// Everybody with a right at an item.
    ///
    /// # Errors
    /// `NotFound` or `Refused`.
    pub async fn list_rights(&self, caller: &Caller, id: ItemId) -> Result<Rights, Error> {
        let (grant, at) = self.grant_at_item(caller, id, Action::ManageRights).await?;
        let item = at.item.ok_or(Error::NotFound)?;
        let now = self.now();
        let holders: Result<Vec<Holder>, StoreError> =
            self.inner.store.read(async move |conn: &mut Conn| item_right::list(conn, id).await).await;
        let mut holders: Vec<_> =
            holders?.into_iter().filter(|holder| holder.held.at(now).is_some()).collect();
        holders.sort_by_key(|holder| std::cmp::Reverse(holder.held.at(now)));
        let may_transfer = grant.capabilities().has(Capability::Transfer);
        Ok(Rights { holders, cards: cards(&item.facts), may_transfer, now })
    }

    /// Gives a member a right, or lends it for minutes, after which what they had before counts again.
    ///
    /// # Errors
    /// `Invalid`, `OwnersRight`, `NotFound`, `Refused`, or `TooManyRequests` for addresses that are tried out.
    pub async fn give_right(
        &self,
        caller: &Caller,
        id: ItemId,
        whom: Whom,
        right: &str,
        minutes: Option<i64>,
    ) -> Result<(), Error> {
        let right = checked(right, minutes)?;
        if let Whom::Email(_) = whom {
            let by = self.get_own_member(caller)?.facts.id;
            self.inner.finding.take(by, self.now()).map_err(Error::TooManyRequests)?;
        }
        let (app, asked, policy) = (self.clone(), caller.clone(), self.policy());
        self.inner
            .store
            .write(async move |conn: &mut Conn| {
                let (at, now) = AtItem::lock(conn, &asked, &policy, id, Action::ManageRights).await?;
                let kind = at.item.as_ref().map(|item| item.facts.kind);
                if !kind.is_some_and(|kind| fits(right, kind)) {
                    return Err(Error::invalid("right", "right_not_for_kind"));
                }
                let member = find_member(conn, &whom).await?;
                let before = item_right::find(conn, id, member.facts.id).await?;
                let held = new_right(before, right, minutes, now)?;
                item_right::give(conn, id, member.facts.id, held, now).await?;
                let (what, detail) = told(&member.name, held);
                record(conn, &app.inner.outside, id, None, actor(&asked), what, &detail).await?;
                Ok(())
            })
            .await?;
        self.tell(id, News::Role);
        Ok(())
    }

    /// Takes a member's right away.
    ///
    /// # Errors
    /// `OwnersRight`, `NotFound` or `Refused`.
    pub async fn take_right(&self, caller: &Caller, id: ItemId, member: MemberId) -> Result<(), Error> {
        let (app, asked, policy) = (self.clone(), caller.clone(), self.policy());
        self.inner
            .store
            .write(async move |conn: &mut Conn| {
                AtItem::lock(conn, &asked, &policy, id, Action::ManageRights).await?;
                let held = item_right::find(conn, id, member).await?.ok_or(Error::NotFound)?;
                if held.right == ItemRight::Owner {
                    return Err(Error::from(Conflict::OwnersRight));
                }
                item_right::take(conn, id, member).await?;
                let name = account::find(conn, member).await?.map(|member| member.name).unwrap_or_default();
                let detail = format!("{name}: {}", held.right.code());
                record(conn, &app.inner.outside, id, None, actor(&asked), ActivityKind::RightTaken, &detail)
                    .await?;
                Ok(())
            })
            .await?;
        self.tell(id, News::Role);
        Ok(())
    }

    /// Gives the item to another owner.
    ///
    /// # Errors
    /// `Invalid` for a member who may own nothing, `NotFound` or `Refused`.
    pub async fn transfer_item(
        &self,
        caller: &Caller,
        id: ItemId,
        to: MemberId,
        kept: Kept,
    ) -> Result<(), Error> {
        let (app, asked, policy) = (self.clone(), caller.clone(), self.policy());
        self.inner
            .store
            .write(async move |conn: &mut Conn| {
                let (at, now) = AtItem::lock(conn, &asked, &policy, id, Action::TransferItem).await?;
                let from = at.item.as_ref().ok_or(Error::NotFound)?.owner;
                let member = find_member(conn, &Whom::Member(to)).await?;
                if !member.facts.role.on_site().has(Capability::Upload) || to == from {
                    return Err(Error::invalid("member", "member_cannot_own"));
                }
                item_right::give(conn, id, to, HeldRight::given(ItemRight::Owner), now).await?;
                match kept {
                    Kept::CoOwner => {
                        let kept = HeldRight::given(ItemRight::CoOwner);
                        item_right::give(conn, id, from, kept, now).await?;
                    }
                    Kept::Nothing => {
                        item_right::take(conn, id, from).await?;
                    }
                }
                item_right::set_owner(conn, id, to).await?;
                let by = actor(&asked);
                record(conn, &app.inner.outside, id, None, by, ActivityKind::ItemTransferred, &member.name)
                    .await?;
                Ok(())
            })
            .await?;
        self.tell(id, News::Role);
        Ok(())
    }
}

/// An enabled member: by id, or by an address that is theirs.
async fn find_member(conn: &mut Conn, whom: &Whom) -> Result<account::Member, Error> {
    let (id, unknown) = match whom {
        Whom::Member(id) => (Some(*id), Error::NotFound),
        Whom::Email(text) => {
            let email = Email::new(text).map_err(|e| Error::invalid("email", email_code(e)))?;
            (find_by_sure_address(conn, &email).await?, Error::invalid("email", "not_a_member"))
        }
    };
    let member = match id {
        Some(id) => account::find(conn, id).await?,
        None => None,
    };
    member.filter(|member| member.facts.enabled).ok_or(unknown)
}

fn new_right(
    before: Option<HeldRight>,
    right: ItemRight,
    minutes: Option<i64>,
    now: Instant,
) -> Result<HeldRight, Error> {
    let base = before.and_then(HeldRight::for_good);
    if base == Some(ItemRight::Owner) {
        return Err(Conflict::OwnersRight.into());
    }
    Ok(match minutes {
        Some(minutes) => HeldRight { right, until: Some(now.plus(Span::from_minutes(minutes))), base },
        None => HeldRight::given(right),
    })
}

fn told(name: &str, held: HeldRight) -> (ActivityKind, String) {
    let right = held.right.code();
    match held.until {
        Some(until) => (ActivityKind::RightLent, format!("{name}: {right} until {}", until.as_ms())),
        None => (ActivityKind::RightGiven, format!("{name}: {right}")),
    }
}
