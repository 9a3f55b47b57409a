//! Changing an invite.

use domain::access::Action;
use domain::{
    ActivityKind, Instant, InviteFacts, InviteRole, ItemId, LinkId, News, PersonName, Reason, SitePolicy,
};
use store::invite::Invite;
use store::{Conn, invite_list};

use super::typed::TypedLend;
use super::{ShownInvite, check};
use crate::accounts::name_code;
use crate::activity::record;
use crate::items::actor;
use crate::{App, AtItem, Caller, Conflict, Error};

/// Changes to an invite, as typed. Absent: stays.
#[derive(Debug, Clone, Default)]
pub struct TypedInviteChange {
    /// A role's code.
    pub role: Option<String>,
    /// A role for a time; `Some(None)` takes it back.
    pub lend: Option<Option<TypedLend>>,
    /// New limit of devices; `Some(None)` removes it.
    pub max_uses: Option<Option<i64>>,
    /// Minutes to add.
    pub extend_minutes: Option<i64>,
    /// Whether a mailed code must be typed.
    pub proves_by_code: Option<bool>,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
}

impl App {
    /// Changes an invite. Lowering what it allows is open to whoever manages invites; raising it to whoever shares
    /// the item, also when the site's policy lets them make no new ones any more.
    ///
    /// # Errors
    /// `Invalid`, `NotFound`, `Refused`, `UsesBelowSpent`, `InviteOver`, `InvitesOff` or `CollaborationOff`.
    pub async fn change_invite(
        &self,
        caller: &Caller,
        item: ItemId,
        id: LinkId,
        typed: TypedInviteChange,
    ) -> Result<ShownInvite, Error> {
        let (app, asked, policy) = (self.clone(), caller.clone(), self.policy());
        let codes = self.mails_codes(&policy);
        let role_changed = self
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                let (at, old, now) = app.lock_invite(conn, &asked, item, id, Action::ManageInvites).await?;
                refuse_revoked(&old)?;
                let new = changed(&old, &typed, &at, &policy, codes, now)?;
                if raises(&old, &new, now) {
                    may_raise(&at, &asked, &policy, now)?;
                }
                if new == old {
                    return Ok(false);
                }
                invite_list::change(conn, &new).await?;
                let detail = said(&old, &new);
                let outside = &app.inner.outside;
                record(conn, outside, item, Some(id), actor(&asked), ActivityKind::InviteChanged, &detail)
                    .await?;
                Ok::<_, Error>(old.facts.role_at(now) != new.facts.role_at(now))
            })
            .await?;
        self.tell(item, News::Invites);
        if role_changed {
            self.tell(item, News::Role);
        }
        self.show_invite(item, id).await
    }
}

/// Whether this caller may make a standing invite allow more. Losing the leave to invite stops new links and nothing
/// else; what shuts the door itself stops this too.
pub(super) fn may_raise(
    at: &AtItem,
    caller: &Caller,
    policy: &SitePolicy,
    now: Instant,
) -> Result<(), Error> {
    at.grant(caller, policy, Action::LetIn, now)?;
    if !policy.enabled {
        return Err(Error::refused(Reason::ModuleOff));
    }
    check::refuse_item(at.item.as_ref().map(|item| &item.facts).ok_or(Error::NotFound)?, policy)
}

pub(super) fn refuse_revoked(invite: &Invite) -> Result<(), Error> {
    if invite.facts.revoked_at.is_some() { Err(Conflict::InviteOver.into()) } else { Ok(()) }
}

fn checked_name(field: &'static str, typed: Option<&str>, old: &str) -> Result<String, Error> {
    match typed {
        None => Ok(old.to_owned()),
        Some(text) => {
            let name = PersonName::new(text).map_err(|e| Error::invalid(field, name_code(e)))?;
            Ok(name.as_str().to_owned())
        }
    }
}

/// The invite as it would be.
fn changed(
    old: &Invite,
    typed: &TypedInviteChange,
    at: &AtItem,
    policy: &SitePolicy,
    codes: bool,
    now: Instant,
) -> Result<Invite, Error> {
    let kind = at.item.as_ref().map(|item| item.facts.kind).ok_or(Error::NotFound)?;
    let mut facts = old.facts.clone();
    if let Some(text) = &typed.role {
        facts.role = check::role(text, kind).map_err(|code| Error::invalid("role", code))?;
    }
    if let Some(minutes) = typed.extend_minutes {
        facts.end = check::extended_end(facts.end, minutes, policy, now)?;
    }
    // What is lent ends with the invite's own rise to it.
    facts.lent = facts.lent.filter(|lent| now < lent.until && lent.role > facts.role);
    if let Some(lend) = &typed.lend {
        if lend.is_some() && facts.is_expired(now) {
            return Err(Conflict::InviteOver.into());
        }
        let lend = lend.as_ref().map(|lend| check::lent(lend, facts.role, kind, facts.end, now));
        facts.lent = lend.transpose()?;
    }
    if let Some(uses) = typed.max_uses {
        facts.max_uses = checked_limit(&old.facts, uses, policy)?;
    }
    facts.proves_by_code = match typed.proves_by_code {
        Some(true) if !old.facts.proves_by_code && !codes => {
            return Err(Error::invalid("proves_by_code", "mail_off"));
        }
        Some(proves) => proves,
        // Whoever gets powers later proves the address like whoever is invited with them.
        None if codes && old.facts.role == InviteRole::Viewer && facts.role > InviteRole::Viewer => true,
        None => old.facts.proves_by_code,
    };
    Ok(Invite {
        facts,
        first_name: checked_name("first_name", typed.first_name.as_deref(), &old.first_name)?,
        last_name: checked_name("last_name", typed.last_name.as_deref(), &old.last_name)?,
        ..old.clone()
    })
}

/// A limit may come down whatever the policy says by now, but never below what was spent.
fn checked_limit(old: &InviteFacts, typed: Option<i64>, policy: &SitePolicy) -> Result<Option<i64>, Error> {
    let comes_down = match (typed, old.max_uses) {
        (Some(new), Some(old)) => new >= 1 && new <= old,
        (Some(new), None) => new >= 1,
        (None, _) => false,
    };
    let within = if comes_down { Ok(typed) } else { check::uses_within(typed, policy) };
    let limit = within.map_err(|code| Error::invalid("max_uses", code))?;
    if limit.is_some_and(|limit| limit < old.uses) {
        return Err(Conflict::UsesBelowSpent { uses: old.uses }.into());
    }
    Ok(limit)
}

/// Whether the change gives more than there was, or says something else about the person.
fn raises(old: &Invite, new: &Invite, now: Instant) -> bool {
    let (a, b) = (&old.facts, &new.facts);
    let more_uses = match (a.max_uses, b.max_uses) {
        (Some(old), Some(new)) => new > old,
        (Some(_), None) => true,
        (None, _) => false,
    };
    b.role > a.role
        || b.role_at(now) > a.role_at(now)
        || b.lent.is_some() && b.lent != a.lent
        || more_uses
        || b.end > a.end
        || a.proves_by_code && !b.proves_by_code
        || (&old.first_name, &old.last_name) != (&new.first_name, &new.last_name)
}

pub(super) fn limit(uses: Option<i64>) -> String {
    uses.map_or("unlimited".to_owned(), |uses| uses.to_string())
}

fn said(old: &Invite, new: &Invite) -> String {
    let mut parts = vec![format!("email: {}", old.facts.email.as_str())];
    let mut note = |what: &str, a: String, b: String| {
        if a != b {
            parts.push(format!("{what}: {a} -> {b}"));
        }
    };
    let (a, b) = (&old.facts, &new.facts);
    let lent = |facts: &InviteFacts| {
        let said = |role: InviteRole, until: Instant| format!("{role} until_ms {}", until.as_ms());
        facts.lent.map_or("none".to_owned(), |lent| said(lent.role, lent.until))
    };
    let name = |invite: &Invite| format!("{} {}", invite.first_name, invite.last_name);
    note("role", a.role.to_string(), b.role.to_string());
    note("lent", lent(a), lent(b));
    note("devices", limit(a.max_uses), limit(b.max_uses));
    note("end_ms", a.end.as_ms().to_string(), b.end.as_ms().to_string());
    note("code", a.proves_by_code.to_string(), b.proves_by_code.to_string());
    note("name", name(old), name(new));
    parts.join("; ")
}
