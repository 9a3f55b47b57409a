//! Changes the policy: only what differs is written, each difference is logged, and whoever may no longer be inside
//! is out when the answer comes.

use domain::access::Action;
use domain::{EndReason, EndedMark, Instant, KindClass, MarkTarget, Permission, SitePolicy, ViewingFacts};
use store::site_inside::{Door, list_open_items};
use store::site_log::{self, SiteChange};
use store::{Conn, StoreError, account, group, setting};

use super::stored::{self, Setting, door};
use super::{ShownPolicy, TypedPolicy, check};
use crate::activity::row_id;
use crate::app::mark;
use crate::guest_access::Closed;
use crate::items::actor;
use crate::{App, Caller, Error, Outside};

/// The policy after a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedPolicy {
    /// As it stands now.
    pub policy: ShownPolicy,
    /// What closing came to, when the change shut a door.
    pub closed: Option<Closed>,
}

impl App {
    /// Changes the policy.
    ///
    /// # Errors
    /// `Invalid` with every wrong field, `SignInFirst`, `Refused`.
    pub async fn change_policy(&self, caller: &Caller, typed: TypedPolicy) -> Result<ChangedPolicy, Error> {
        self.decide_on_site(caller, Action::ManageSite)?;
        let (app, asked, who) = (self.clone(), caller.clone(), actor(caller).to_owned());
        let marks = self
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                setting::lock(conn).await?;
                app.decide_on_site_now(conn, &asked, Action::ManageSite).await?;
                let now = conn.now().await?;
                let old = stored::read(&setting::list(conn).await?);
                let new = check::apply(conn, &old, &typed).await?.map_err(Error::Invalid)?;
                write(conn, &app.inner.outside, &who, (&old, &new)).await?;
                Ok::<_, Error>(shut(conn, &old, &new, now).await?)
            })
            .await?;
        // In force before the marks are: whoever they end is not let in again.
        self.load_policy().await?;
        let closed = if marks.is_empty() {
            self.tell_policy().await;
            None
        } else {
            Some(self.close_now(&marks).await)
        };
        Ok(ChangedPolicy { policy: self.show_policy().await?, closed })
    }

    /// Others look every second by themselves; this makes it at once.
    async fn tell_policy(&self) {
        let told: Result<(), StoreError> =
            self.inner.store.write(async |conn: &mut Conn| conn.notify(crate::others::POLICY).await).await;
        if let Err(error) = told {
            tracing::warn!(%error, "other processes could not be told of the policy");
        }
    }
}

async fn write(
    conn: &mut Conn,
    outside: &Outside,
    who: &str,
    (old, new): (&SitePolicy, &SitePolicy),
) -> Result<(), StoreError> {
    for one in Setting::all() {
        let (before, after) = (one.write(old), one.write(new));
        if before == after {
            continue;
        }
        setting::put(conn, &one.key(), &after).await?;
        let (before, after) = (said(conn, one, old).await?, said(conn, one, new).await?);
        let detail = format!("{}: {before} -> {after}", one.key());
        let at = outside.now();
        let (actor, what) = (who.to_owned(), "policy_changed".to_owned());
        site_log::add(conn, &SiteChange { id: row_id(at, outside), actor, what, detail, at }).await?;
    }
    Ok(())
}

/// A value for the log: people and groups by their names, nothing as a word.
async fn said(conn: &mut Conn, setting: Setting, policy: &SitePolicy) -> Result<String, StoreError> {
    let permission = match setting {
        Setting::GuestLinksBy => Some(&policy.guest_links_by),
        Setting::InvitesBy => Some(&policy.invites_by),
        _ => None,
    };
    if let Some(Permission::Named { members, groups }) = permission {
        let mut names = Vec::new();
        for id in members {
            let found = account::find(conn, *id).await?;
            names.push(found.map_or_else(|| id.to_string(), |member| member.name));
        }
        let all = if groups.is_empty() { Vec::new() } else { group::list(conn).await? };
        for id in groups {
            let found = all.iter().find(|group| group.id == *id);
            names.push(found.map_or_else(|| id.to_string(), |group| group.name.clone()));
        }
        return Ok(names.join(", "));
    }
    let value = setting.write(policy);
    Ok(if value.is_empty() { "none".into() } else { value })
}

/// The marks of everybody whom the change shuts out, last in the transaction.
async fn shut(
    conn: &mut Conn,
    old: &SitePolicy,
    new: &SitePolicy,
    now: Instant,
) -> Result<Vec<EndedMark>, StoreError> {
    if old.enabled && !new.enabled {
        return Ok(vec![mark(conn, MarkTarget::Site, EndReason::ModuleOff, now).await?]);
    }
    let since = now.minus(ViewingFacts::DECIDED_FOR);
    let mut targets = Vec::new();
    for class in KindClass::ALL {
        let (before, after) = (door(old, *class), door(new, *class));
        if before.guest_links_allowed && !after.guest_links_allowed {
            let items = list_open_items(conn, *class, Door::GuestLinks, since).await?;
            targets.extend(items.into_iter().map(MarkTarget::Guests));
        }
        if before.invites_allowed && !after.invites_allowed {
            let items = list_open_items(conn, *class, Door::Invites, since).await?;
            targets.extend(items.into_iter().map(MarkTarget::Invitees));
        }
    }
    let mut marks = Vec::new();
    for target in targets {
        marks.push(mark(conn, target, EndReason::ModuleOff, now).await?);
    }
    Ok(marks)
}
