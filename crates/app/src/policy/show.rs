//! The policy as administrators see it: with names for ids, the people it would put out, and the log of changes.

use std::collections::BTreeMap;

use domain::access::Action;
use domain::{GroupId, ItemId, ItemKind, KindClass, MemberId, Permission, SitePolicy};
use store::site_log::{self, SiteChange};
use store::{Conn, StoreError, account, group, process, site_inside};

use crate::config::DEAD_AFTER;
use crate::viewings::INVITES;
use crate::{App, Caller, Error};

/// Changes on one page of the log.
const PAGE: i64 = 30;

/// A member or group that a permission names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named<Id> {
    /// Id.
    pub id: Id,
    /// Name; of a member that is gone, nothing.
    pub name: String,
    /// The address of a member.
    pub email: Option<String>,
}

/// People inside by one door, at items of one class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InsideOfClass {
    /// Which items.
    pub class: KindClass,
    /// Whether they came by invites; else by guest links.
    pub by_invite: bool,
    /// Open pages.
    pub viewings: i64,
    /// People.
    pub people: i64,
}

/// The policy as administrators see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownPolicy {
    /// The settings.
    pub policy: SitePolicy,
    /// Members that permissions name.
    pub members: Vec<Named<MemberId>>,
    /// Every group.
    pub groups: Vec<Named<GroupId>>,
    /// Who is inside now.
    pub inside: Vec<InsideOfClass>,
    /// Whether this site can send mail at all.
    pub mail_is_on: bool,
}

/// Changes of the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogPage {
    /// Newest first.
    pub changes: Vec<SiteChange>,
    /// Pass it on for the next page.
    pub next: Option<[u8; 16]>,
}

impl App {
    /// The policy with everything an administrator needs to change it.
    ///
    /// # Errors
    /// `SignInFirst`, `Refused`.
    pub async fn get_policy(&self, caller: &Caller) -> Result<ShownPolicy, Error> {
        self.decide_on_site(caller, Action::ManageSite)?;
        self.show_policy().await
    }

    /// What was changed on the site, newest first.
    ///
    /// # Errors
    /// `SignInFirst`, `Refused`.
    pub async fn list_site_log(&self, caller: &Caller, before: Option<[u8; 16]>) -> Result<LogPage, Error> {
        self.decide_on_site(caller, Action::ManageSite)?;
        let read: Result<_, StoreError> = self
            .inner
            .store
            .read(async move |conn: &mut Conn| site_log::list(conn, before, PAGE).await)
            .await;
        let changes = read?;
        let next = changes.last().map(|change| change.id).filter(|_| changes.len() as i64 == PAGE);
        Ok(LogPage { changes, next })
    }

    pub(super) async fn show_policy(&self) -> Result<ShownPolicy, Error> {
        let mut policy = SitePolicy::clone(&self.policy());
        let named = [&policy.guest_links_by, &policy.invites_by].into_iter().filter_map(|by| match by {
            Permission::Named { members, .. } => Some(members.clone()),
            Permission::From(_) => None,
        });
        let mut ids: Vec<MemberId> = named.flatten().collect();
        ids.sort_unstable();
        ids.dedup();
        let own = self.inner.viewings.count_inside(self.now());
        let (process, alive, alone) =
            (self.inner.process, self.now().minus(DEAD_AFTER), !self.inner.store.is_shared());
        let read: Result<_, StoreError> = self
            .inner
            .store
            .read(async move |conn: &mut Conn| {
                let mut members = Vec::new();
                for id in ids {
                    let found = account::find(conn, id).await?;
                    let (name, email) = found.map(|member| (member.name, member.email)).unzip();
                    members.push(Named { id, name: name.unwrap_or_default(), email });
                }
                let mut inside = own;
                if !alone {
                    inside.append(&mut site_inside::list_others(conn, alive, process).await?);
                }
                let items: Vec<ItemId> = inside.iter().map(|inside| inside.item).collect();
                let kinds = site_inside::list_kinds(conn, &items).await?;
                Ok((members, group::list(conn).await?, by_class(&inside, &kinds)))
            })
            .await;
        let (members, groups, inside) = read?;
        // What was deleted before that was refused names nobody, and must not stand in the way of a change.
        for by in [&mut policy.guest_links_by, &mut policy.invites_by] {
            if let Permission::Named { groups: named, .. } = by {
                named.retain(|id| groups.iter().any(|group| group.id == *id));
            }
        }
        let groups =
            groups.into_iter().map(|group| Named { id: group.id, name: group.name, email: None }).collect();
        Ok(ShownPolicy { policy, members, groups, inside, mail_is_on: self.mail_is_on() })
    }
}

fn by_class(inside: &[process::Inside], kinds: &[(ItemId, ItemKind)]) -> Vec<InsideOfClass> {
    let kinds: BTreeMap<_, _> = kinds.iter().copied().collect();
    let mut counts = BTreeMap::new();
    for found in inside {
        let Some(kind) = kinds.get(&found.item) else { continue };
        let key = (KindClass::from(*kind), found.link == INVITES);
        let (viewings, people) = counts.entry(key).or_insert((0, 0));
        *viewings += found.viewings;
        *people += found.seats;
    }
    let shown = counts.into_iter().map(|((class, by_invite), (viewings, people))| InsideOfClass {
        class,
        by_invite,
        viewings,
        people,
    });
    shown.collect()
}
