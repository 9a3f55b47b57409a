//! Who asks, and what is known of the item they ask for.

use domain::access::{Action, Decision, Facts, Grant, Subject, decide};
use domain::{
    Device, GroupId, HeldRight, Instant, InviteFacts, ItemId, MemberFacts, Reason, Scopes, SitePolicy,
};
use store::account::{self, Member};
use store::invite::Invite;
use store::invite_seat::{self, InviteSeat};
use store::item::{self, Item};
use store::link::{self, Link};
use store::seat::{self, KeyHash, Seated};
use store::{Ask, Conn, Question, StoreError, group, invite, item_right};

use crate::{App, BrowserKey, Error, Refusal, Secret};

/// What a request brought along to prove who it is from.
#[derive(Debug, Clone, Default)]
pub struct Credentials {
    /// The session cookie.
    pub session: Option<Secret>,
    /// The API token of an Authorization header; with one, cookies count for nothing.
    pub token: Option<Secret>,
    /// The browser keys, the newest first: those that die with the browser session, then the lasting ones.
    pub keys: Vec<BrowserKey>,
    /// What kind of device the browser says it runs on.
    pub device: Option<Device>,
}

/// Who asks, as far as the request could prove.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    /// The member of the session or API token.
    pub member: Option<Member>,
    /// The scopes, when it came by API token.
    pub token: Option<Scopes>,
    /// The browser keys, as stored, in the same order.
    pub keys: Vec<KeyHash>,
    /// The first bytes of the session's hash: the browser of a member's viewing.
    pub session: Option<[u8; 8]>,
    /// What kind of device the browser says it runs on; proves nothing.
    pub device: Option<Device>,
}

/// Everything that is known when something at an item is decided.
#[derive(Debug, Clone)]
pub struct AtItem {
    /// The item, deleted ones too.
    pub item: Option<Item>,
    /// The member's right, which may be lent.
    pub held: Option<HeldRight>,
    /// The seat this browser holds here.
    pub seat: Option<Seated>,
    /// The link of that seat, or of the URL that was opened.
    pub link: Option<Link>,
    /// The invitee's seat this browser holds here.
    pub invited: Option<Invited>,
    /// The groups the member is in.
    pub groups: Vec<GroupId>,
    /// The member as they are now: lowered or closed, perhaps, since the request began.
    pub member: Option<MemberFacts>,
}

/// What is known first: the item, what a member holds and is, the seats of the browser.
pub(crate) type Known =
    (Option<Item>, Option<(Option<HeldRight>, Vec<GroupId>, Option<Member>)>, Vec<Seated>, Vec<InviteSeat>);
/// What hangs on the seats: the link of a guest's, the invites of an invitee's.
pub(crate) type HangsOn = (Option<Option<Link>>, Option<Vec<Invite>>);

/// An invitee's seat with everything that gives it its role.
#[derive(Debug, Clone)]
pub struct Invited {
    /// The seat with the person in it.
    pub seat: InviteSeat,
    /// All invites of that person to the item, in the order of their making.
    pub invites: Vec<InviteFacts>,
}

impl Invited {
    pub(crate) async fn load(conn: &mut Conn, seat: InviteSeat) -> Result<Self, StoreError> {
        let invites = conn.ask(Self::question(&seat)).await?;
        Ok(Self::of(seat, invites))
    }

    fn question(seat: &InviteSeat) -> Question<Vec<Invite>> {
        invite::of_person(seat.facts.item, &seat.email)
    }

    fn of(seat: InviteSeat, invites: Vec<Invite>) -> Self {
        Self { seat, invites: invites.into_iter().map(|invite| invite.facts).collect() }
    }
}

impl Caller {
    /// The facts of the member, if there is one.
    pub fn member_facts(&self) -> Option<MemberFacts> {
        self.member.as_ref().map(|member| member.facts)
    }

    /// Whether the request proved anything at all.
    pub fn is_nobody(&self) -> bool {
        self.member.is_none() && self.keys.is_empty()
    }

    pub(crate) fn subject(&self, seat: Option<&Seated>, invited: Option<&Invited>) -> Subject {
        Subject {
            member: self.member_facts(),
            token: self.token,
            seat: seat.map(|seat| seat.facts),
            invitee: invited.map(|invited| invited.seat.facts),
        }
    }
}

/// Of several seats that a browser holds at an item the first one speaks; but one that was put out before any other.
fn speaking<'a>(item: Option<&Item>, seats: &'a [Seated]) -> Option<&'a Seated> {
    let kind = item?.facts.kind;
    seats.iter().find(|seat| seat.facts.put_out(kind).is_some()).or(seats.first())
}

impl AtItem {
    /// Loads what is known of an item for this caller.
    pub(crate) async fn load(conn: &mut Conn, caller: &Caller, id: ItemId) -> Result<Self, StoreError> {
        let known = conn.ask(Self::question(caller, id)).await?;
        let hangs_on = conn.ask(Self::hangs_on(&known)).await?;
        Ok(Self::of(known, hangs_on))
    }

    /// What is asked first.
    pub(crate) fn question(caller: &Caller, id: ItemId) -> impl Ask<Answer = Known> + use<> {
        let member = caller.member.as_ref().map(|member| member.facts.id);
        // A token is a program's: it holds no seat.
        let keys = if caller.token.is_some() { &[][..] } else { &caller.keys };
        let of_member =
            |member| (item_right::of_member(id, member), group::of_member(member), account::by_id(member));
        (item::by_id(id), member.map(of_member), seat::of_keys(keys, id), invite_seat::of_keys(keys, id))
    }

    /// What is asked then, of the seats that were found.
    pub(crate) fn hangs_on((item, _, seats, invited): &Known) -> impl Ask<Answer = HangsOn> + use<> {
        let link = speaking(item.as_ref(), seats).map(|seat| link::by_id(seat.facts.link));
        (link, invited.first().map(Invited::question))
    }

    /// Puts the answers together.
    pub(crate) fn of((item, member, seats, invited): Known, (link, invites): HangsOn) -> Self {
        let (held, groups, member) = member.unwrap_or_default();
        let invited = invited.into_iter().next().zip(invites);
        let seat = speaking(item.as_ref(), &seats).cloned();
        Self {
            item,
            held,
            seat,
            link: link.flatten(),
            invited: invited.map(|(seat, invites)| Invited::of(seat, invites)),
            groups,
            member: member.map(|member| member.facts),
        }
    }

    /// Begins to change an item: makes its other changers wait, reads the clock, loads the facts and decides, all
    /// in the transaction that will write.
    pub(crate) async fn lock(
        conn: &mut Conn,
        caller: &Caller,
        policy: &SitePolicy,
        id: ItemId,
        action: Action,
    ) -> Result<(Self, Instant), Error> {
        item::lock(conn, id).await?;
        Self::decide_locked(conn, caller, policy, id, action).await
    }

    /// The same, and takes the lock that entering takes: no seat is committed between this and the commit.
    pub(crate) async fn lock_door(
        conn: &mut Conn,
        caller: &Caller,
        policy: &SitePolicy,
        id: ItemId,
        action: Action,
    ) -> Result<(Self, Instant), Error> {
        item::lock(conn, id).await?;
        link::lock_all(conn, id).await?;
        Self::decide_locked(conn, caller, policy, id, action).await
    }

    async fn decide_locked(
        conn: &mut Conn,
        caller: &Caller,
        policy: &SitePolicy,
        id: ItemId,
        action: Action,
    ) -> Result<(Self, Instant), Error> {
        let now = conn.now().await?;
        let at = Self::load(conn, caller, id).await?;
        at.grant(caller, policy, action, now)?;
        Ok((at, now))
    }

    const fn has_no_seat(&self) -> bool {
        self.seat.is_none() && self.invited.is_none()
    }

    /// Asks the decision.
    pub(crate) fn decide(
        &self,
        caller: &Caller,
        policy: &SitePolicy,
        action: Action,
        now: Instant,
    ) -> Decision {
        decide(&self.subject(caller), action, &self.facts(policy, now), now)
    }

    /// Who asks here.
    pub(crate) fn subject(&self, caller: &Caller) -> Subject {
        Subject { member: self.member, ..caller.subject(self.seat.as_ref(), self.invited.as_ref()) }
    }

    /// What is known here, and counts at `now`.
    pub(crate) fn facts<'a>(&'a self, policy: &'a SitePolicy, now: Instant) -> Facts<'a> {
        Facts {
            item: self.item.as_ref().map(|item| &item.facts),
            right: self.held.and_then(|held| held.at(now)),
            is_right_lent: self.held.is_some_and(|held| held.is_lent(now) && held.base != Some(held.right)),
            groups: &self.groups,
            link: self.link.as_ref().map(|link| &link.facts),
            invites: self.invited.as_ref().map_or(&[], |invited| &invited.invites),
            ..Facts::of(policy)
        }
    }

    /// Asks the decision for a grant.
    pub(crate) fn grant(
        &self,
        caller: &Caller,
        policy: &SitePolicy,
        action: Action,
        now: Instant,
    ) -> Result<Grant, Error> {
        self.decide(caller, policy, action, now).granted().map_err(|reason| match reason {
            Reason::NotSignedIn => Error::SignInFirst,
            Reason::ScopeMissing => Error::ScopeMissing(action.scope()),
            Reason::NoRight if self.item.is_none() || caller.member.is_some() && self.has_no_seat() => {
                Error::NotFound
            }
            reason => Error::Refused(Refusal { reason, link: self.link.as_ref().map(|link| link.facts.id) }),
        })
    }
}

impl App {
    /// The browser a request is from, without asking the database who sits there: enough to renew what is open.
    pub fn recognise(&self, credentials: &Credentials) -> Caller {
        let keys = credentials.keys.iter().map(|key| key.hash()).collect();
        let session = credentials.session.map(|session| browser_of(&session.hash()));
        Caller { keys, session, ..Caller::default() }
    }

    /// Finds out who a request is from.
    ///
    /// # Errors
    /// `Refused` for an API token that is none; a stale session is simply nobody.
    pub async fn know(&self, credentials: Credentials) -> Result<Caller, Error> {
        let now = self.now();
        if let Some(token) = credentials.token {
            let found = self
                .inner
                .store
                .read(async move |conn: &mut Conn| account::find_by_token(conn, token.hash(), now).await)
                .await?;
            let (scopes, member) = found.ok_or(Error::SignInFirst)?;
            return Ok(Caller { member: Some(member), token: Some(scopes), ..Caller::default() });
        }
        let keys = credentials.keys.iter().map(|key| key.hash()).collect();
        let device = credentials.device;
        let Some(session) = credentials.session else {
            return Ok(Caller { keys, device, ..Caller::default() });
        };
        let hash = session.hash();
        let member = self
            .inner
            .store
            .read(async move |conn: &mut Conn| account::find_by_session(conn, hash, now).await)
            .await?;
        let session = member.is_some().then(|| browser_of(&hash));
        Ok(Caller { member, token: None, keys, session, device })
    }

    /// Decides something on the site.
    ///
    /// # Errors
    /// `SignInFirst` or `Refused`.
    pub fn decide_on_site(&self, caller: &Caller, action: Action) -> Result<Grant, Error> {
        let policy = self.policy();
        decide(&caller.subject(None, None), action, &Facts::of(&policy), self.now()).granted().map_err(
            |reason| match reason {
                Reason::NotSignedIn => Error::SignInFirst,
                Reason::ScopeMissing => Error::ScopeMissing(action.scope()),
                reason => Error::Refused(Refusal { reason, link: None }),
            },
        )
    }

    /// The same once more, inside the transaction that writes: a slow request may come from somebody who is lowered or
    /// closed out by now.
    ///
    /// # Errors
    /// `SignInFirst` or `Refused`.
    pub(crate) async fn decide_on_site_now(
        &self,
        conn: &mut Conn,
        caller: &Caller,
        action: Action,
    ) -> Result<Grant, Error> {
        let member = match caller.member_facts() {
            Some(member) => account::find(conn, member.id).await?,
            None => None,
        };
        self.decide_on_site(&Caller { member, ..caller.clone() }, action)
    }

    /// Loads an item for this caller and decides.
    ///
    /// # Errors
    /// `NotFound`, `SignInFirst` or `Refused`.
    pub(crate) async fn grant_at_item(
        &self,
        caller: &Caller,
        id: ItemId,
        action: Action,
    ) -> Result<(Grant, AtItem), Error> {
        let at = self.load_at_item(caller, id).await?;
        let grant = at.grant(caller, &self.policy(), action, self.now())?;
        Ok((grant, at))
    }

    pub(crate) async fn load_at_item(&self, caller: &Caller, id: ItemId) -> Result<AtItem, Error> {
        let caller = caller.clone();
        let at: Result<_, StoreError> =
            self.inner.store.read(async move |conn: &mut Conn| AtItem::load(conn, &caller, id).await).await;
        Ok(at?)
    }
}

/// The browser of a member's viewing.
pub(crate) fn browser_of(session_hash: &[u8; 32]) -> [u8; 8] {
    let mut browser = [0; 8];
    browser.copy_from_slice(&session_hash[..8]);
    browser
}
