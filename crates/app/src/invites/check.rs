//! What an invite may be: the fields as typed against the rules and the site's policy.

use domain::{
    Email, Instant, InviteRole, ItemFacts, ItemKind, LentRole, LinkUses, PersonName, SitePolicy, Span, Switch,
};

use super::typed::{TypedLend, TypedTerms};
use crate::accounts::{email_code, name_code};
use crate::{Conflict, Error, FieldError};

/// A role is lent for a week at most; longer is a role.
const LENT_MINUTES_MOST: i64 = 7 * 24 * 60;

/// Whom to invite.
#[derive(Clone)]
pub(super) struct Person {
    pub(super) email: Email,
    pub(super) first_name: PersonName,
    pub(super) last_name: PersonName,
}

/// As what, for how long, on how many devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Terms {
    pub(super) role: InviteRole,
    pub(super) minutes: u32,
    pub(super) max_uses: Option<i64>,
    pub(super) proves_by_code: bool,
    /// What was chosen; none: by role.
    chosen_proof: Option<bool>,
    codes: bool,
}

impl Terms {
    /// A schedule would move the end to its own planned end and this much more; items have none yet.
    pub(super) const fn end(&self, now: Instant) -> Instant {
        now.plus(Span::from_minutes(self.minutes as i64))
    }

    /// The same with another role. Whoever gets powers proves by a code that the address is theirs, where codes can
    /// be mailed.
    pub(super) fn for_role(self, role: InviteRole) -> Self {
        let proves_by_code = self.chosen_proof.unwrap_or(self.codes && role > InviteRole::Viewer);
        Self { role, proves_by_code, ..self }
    }
}

/// Why items like this cannot be shared by invites now, as a code.
pub(super) fn item_refuses(item: &ItemFacts, policy: &SitePolicy) -> Option<&'static str> {
    if !policy.enabled {
        // The decision says so by itself.
        None
    } else if !policy.doors.of(item.kind).invites_allowed {
        Some("container_refused")
    } else if item.kind == ItemKind::Room && !item.switches.has(Switch::Collaboration) {
        Some("collaboration_off")
    } else {
        None
    }
}

/// The same as the end of a use case.
pub(super) fn refuse_item(item: &ItemFacts, policy: &SitePolicy) -> Result<(), Error> {
    match item_refuses(item, policy) {
        Some("collaboration_off") => Err(Conflict::CollaborationOff.into()),
        Some(_) => Err(Conflict::InvitesOff.into()),
        None => Ok(()),
    }
}

/// Checks a person; answers everything that is wrong, by field.
pub(super) fn person(
    email: &str,
    first_name: &str,
    last_name: &str,
    policy: &SitePolicy,
) -> Result<Person, Vec<FieldError>> {
    let mut wrong = Vec::new();
    let mut note = |field, code| wrong.push(FieldError { field, code });
    let email = Email::new(email).map_err(|e| note("email", email_code(e)));
    if let Ok(email) = &email
        && !policy.admits_domain(email.domain())
    {
        note("email", "domain_refused");
    }
    let first_name = PersonName::new(first_name).map_err(|e| note("first_name", name_code(e)));
    let last_name = PersonName::new(last_name).map_err(|e| note("last_name", name_code(e)));
    match (email, first_name, last_name) {
        (Ok(email), Ok(first_name), Ok(last_name)) if wrong.is_empty() => {
            Ok(Person { email, first_name, last_name })
        }
        _ => Err(wrong),
    }
}

/// Reads a role that this kind of item has.
pub(super) fn role(text: &str, kind: ItemKind) -> Result<InviteRole, &'static str> {
    let role: InviteRole = text.parse().map_err(|_| "role_unknown")?;
    if role.fits(kind) { Ok(role) } else { Err("role_not_for_kind") }
}

/// Checks the terms; answers everything that is wrong, by field.
pub(super) fn terms(
    typed: &TypedTerms,
    kind: ItemKind,
    policy: &SitePolicy,
    codes: bool,
) -> Result<Terms, Vec<FieldError>> {
    let mut wrong = Vec::new();
    let mut note = |field, code| wrong.push(FieldError { field, code });
    let role = role(&typed.role, kind).map_err(|code| note("role", code));
    let minutes = minutes(typed.minutes, policy).map_err(|code| note("minutes", code));
    let max_uses = match typed.max_uses {
        None => Ok(policy.invite_uses),
        Some(uses) => uses_within(uses, policy),
    };
    let max_uses = max_uses.map_err(|code| note("max_uses", code));
    if typed.proves_by_code == Some(true) && !codes {
        note("proves_by_code", "mail_off");
    }
    match (role, minutes, max_uses) {
        (Ok(role), Ok(minutes), Ok(max_uses)) if wrong.is_empty() => {
            let chosen_proof = typed.proves_by_code;
            let terms = Terms { role, minutes, max_uses, proves_by_code: false, chosen_proof, codes };
            Ok(terms.for_role(role))
        }
        _ => Err(wrong),
    }
}

fn minutes(typed: Option<i64>, policy: &SitePolicy) -> Result<u32, &'static str> {
    let most = policy.invite_minutes;
    match typed.map(u32::try_from) {
        None => Ok(most),
        Some(Ok(0) | Err(_)) => Err("minutes_range"),
        Some(Ok(minutes)) if minutes > most => Err("minutes_over_policy"),
        Some(Ok(minutes)) => Ok(minutes),
    }
}

/// A limit of devices that the policy allows; none and -1 are unlimited.
pub(super) fn uses_within(typed: Option<i64>, policy: &SitePolicy) -> Result<Option<i64>, &'static str> {
    let uses = match typed.filter(|uses| *uses != -1) {
        None => None,
        Some(uses) => Some(LinkUses::new(uses).map_err(|_| "uses_range")?.get()),
    };
    match (uses, policy.invite_uses) {
        (None, Some(_)) => Err("uses_over_policy"),
        (Some(uses), Some(most)) if uses > most => Err("uses_over_policy"),
        (uses, _) => Ok(uses),
    }
}

/// The end after `minutes` more: from now or from the end, whichever is later, and never further ahead than a new
/// invite could reach.
pub(super) fn extended_end(
    end: Instant,
    minutes: i64,
    policy: &SitePolicy,
    now: Instant,
) -> Result<Instant, Error> {
    let most = i64::from(policy.invite_minutes);
    if minutes < 1 {
        return Err(Error::invalid("extend_minutes", "minutes_range"));
    }
    let extended = end.max(now).plus(Span::from_minutes(minutes.min(most)));
    if minutes > most || extended > now.plus(Span::from_minutes(most)) {
        return Err(Error::invalid("extend_minutes", "minutes_over_policy"));
    }
    Ok(extended)
}

/// A role for a time: higher than the invite's own, and no longer than the invite.
pub(super) fn lent(
    typed: &TypedLend,
    own: InviteRole,
    kind: ItemKind,
    end: Instant,
    now: Instant,
) -> Result<LentRole, Error> {
    let role = role(&typed.role, kind).map_err(|code| Error::invalid("lend", code))?;
    if role <= own {
        return Err(Error::invalid("lend", "lend_not_higher"));
    }
    if !(1..=LENT_MINUTES_MOST).contains(&typed.minutes) {
        return Err(Error::invalid("lend", "minutes_range"));
    }
    Ok(LentRole { role, until: now.plus(Span::from_minutes(typed.minutes)).min(end) })
}
