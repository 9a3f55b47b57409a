//! Members as site administrators manage them: list, make, change, disable, reset. Nobody is deleted: what a member
//! made stays, and a disabled account opens nothing.

mod import;
mod import_sheet;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use domain::access::Action;
use domain::{GroupId, MemberId, SiteRole};
pub use import::{ImportDone, Imported, TypedImport};
pub use import_sheet::{ImportRow, import_columns};
pub use store::address::Address;
pub use store::group::Group;
pub use store::member_admin::{Listed, Matching};
use store::session::{self, Session};
use store::site_log::{self, SiteChange};
use store::{Conn, StoreError, account, account_link, address, group, known_browser, member_admin, passkey};

use crate::accounts::{Language, OneTimeLink, TypedMember, checked_email, checked_name, end_everywhere};
use crate::activity::row_id;
use crate::items::actor;
use crate::site_act::SiteAct;
use crate::{App, Caller, Conflict, Error};

/// Members on one page, at most.
pub const PAGE_MOST: i64 = 100;

/// Which page of members.
#[derive(Debug, Clone, Default)]
pub struct MemberQuery {
    /// From the page before.
    pub before: Option<MemberId>,
    /// Which ones.
    pub matching: Matching,
    /// How many.
    pub limit: i64,
}

/// A member with everything an administrator is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownMember {
    /// The row.
    pub listed: Listed,
    /// Groups they are in.
    pub groups: Vec<Group>,
    /// Addresses; on the member's own page only.
    pub addresses: Vec<Address>,
}

/// Members, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberPage {
    /// The members.
    pub members: Vec<ShownMember>,
    /// How many match in all.
    pub total: i64,
    /// Pass it on for the next page.
    pub next: Option<MemberId>,
}

/// A member to be made, as typed.
#[derive(Debug)]
pub struct AddedMember {
    /// Address.
    pub email: String,
    /// Display name.
    pub name: String,
    /// The code of the site role.
    pub role: String,
    /// A password; none: they choose it by a one-time link.
    pub password: Option<String>,
    /// Whether the address counts as proved: an administrator vouches for it.
    pub address_is_right: bool,
}

/// Changes to a member. Absent: stays.
#[derive(Debug, Clone, Default)]
pub struct MemberChange {
    /// Display name.
    pub name: Option<String>,
    /// The code of the site role.
    pub role: Option<String>,
    /// Whether the account is closed.
    pub disabled: Option<bool>,
}

pub(crate) fn checked_role(text: &str) -> Result<SiteRole, Error> {
    text.parse().map_err(|_| Error::invalid("role", "role_unknown"))
}

impl App {
    /// Members, newest first.
    ///
    /// # Errors
    /// `SignInFirst` or `Refused`.
    pub async fn list_members(&self, caller: &Caller, query: MemberQuery) -> Result<MemberPage, Error> {
        self.decide_on_site(caller, Action::ManageMembers)?;
        let limit = query.limit.clamp(1, PAGE_MOST);
        let read: Result<_, StoreError> = self
            .inner
            .store
            .read(async move |conn: &mut Conn| {
                let rows = member_admin::page(conn, &query.matching, query.before, limit).await?;
                let next = rows.last().map(|row| row.member.facts.id).filter(|_| rows.len() as i64 == limit);
                let known = known_groups(conn).await?;
                let mut members = Vec::new();
                for listed in rows {
                    let groups = groups_of(conn, &known, listed.member.facts.id).await?;
                    members.push(ShownMember { listed, groups, addresses: Vec::new() });
                }
                let total = member_admin::count_matching(conn, &query.matching).await?;
                Ok(MemberPage { members, total, next })
            })
            .await;
        Ok(read?)
    }

    /// One member with addresses and groups.
    ///
    /// # Errors
    /// `NotFound`, `SignInFirst` or `Refused`.
    pub async fn get_member(&self, caller: &Caller, id: MemberId) -> Result<ShownMember, Error> {
        self.decide_on_site(caller, Action::ManageMembers)?;
        let read: Result<_, StoreError> = self
            .inner
            .store
            .read(async move |conn: &mut Conn| {
                let Some(listed) = member_admin::find(conn, id).await? else { return Ok(None) };
                let known = known_groups(conn).await?;
                let groups = groups_of(conn, &known, id).await?;
                Ok(Some(ShownMember { listed, groups, addresses: address::list(conn, id).await? }))
            })
            .await;
        read?.ok_or(Error::NotFound)
    }

    /// Makes a member: with a password, or with a one-time link by which they choose one.
    ///
    /// # Errors
    /// `Invalid`, `EmailTaken`, `SignInFirst` or `Refused`.
    pub async fn add_member(
        &self,
        caller: &Caller,
        typed: AddedMember,
        language: Language,
    ) -> Result<(MemberId, Option<OneTimeLink>), Error> {
        self.decide_on_site(caller, Action::ManageMembers)?;
        let role = checked_role(&typed.role)?;
        let invited = typed.password.is_none();
        let new = match typed.password {
            Some(password) => {
                let whole = TypedMember { email: typed.email, name: typed.name, password };
                self.prepare_typed(whole, role).await?
            }
            None => self.prepare_without_password(&typed.email, &typed.name, role)?,
        };
        let id = new.id;
        let link = self
            .manage_members(caller, async move |mut act: SiteAct<'_>| {
                new.insert(act.conn).await?;
                if typed.address_is_right {
                    let proved = (act.conn.now().await?, "administrator");
                    address::verify(act.conn, id, new.email.as_str(), Some(proved)).await?;
                }
                act.note("member_created", format!("{} {}", new.email.as_str(), role.code())).await?;
                match invited {
                    true => Ok(Some(act.app.put_link(act.conn, id, "invite", language).await?)),
                    false => Ok(None),
                }
            })
            .await?;
        self.wake_mail();
        Ok((id, link))
    }

    /// Changes name, role or whether the account is closed. Closing ends its sessions and open pages at once.
    ///
    /// # Errors
    /// `Invalid`, `LastAdministrator`, `NotFound`, `SignInFirst` or `Refused`.
    pub async fn change_member(
        &self,
        caller: &Caller,
        id: MemberId,
        change: MemberChange,
    ) -> Result<(), Error> {
        self.decide_on_site(caller, Action::ManageMembers)?;
        let role = change.role.as_deref().map(checked_role).transpose()?;
        let name = change.name.as_deref().map(checked_name).transpose()?;
        let (app, asked, disabled) = (self.clone(), caller.clone(), change.disabled);
        let marks = self
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                // First the lock that all who change members take: who was lowered meanwhile lowers nobody.
                let others = member_admin::count_other_administrators(conn, id).await?;
                app.decide_on_site_now(conn, &asked, Action::ManageMembers).await?;
                let now = conn.now().await?;
                let before = account::find(conn, id).await?.ok_or(Error::NotFound)?;
                let facts = before.facts;
                let after = role.unwrap_or(facts.role);
                let stays = after == SiteRole::SiteAdministrator && !disabled.unwrap_or(!facts.enabled);
                let was = facts.role == SiteRole::SiteAdministrator && facts.enabled;
                if was && !stays && others == 0 {
                    return Err(Error::from(Conflict::LastAdministrator));
                }
                if let Some(name) = name {
                    member_admin::rename(conn, id, name.as_str()).await?;
                }
                let said = |what: &str| format!("{} {what}", before.email);
                if after != facts.role {
                    member_admin::set_role(conn, id, after).await?;
                    app.note_on_site(conn, &asked, "member_role", said(after.code())).await?;
                }
                match disabled {
                    Some(true) if facts.enabled => {
                        member_admin::set_disabled(conn, id, Some(now)).await?;
                        account_link::clear(conn, id).await?;
                        app.note_on_site(conn, &asked, "member_disabled", said("")).await?;
                        Ok(end_everywhere(conn, id, now).await?)
                    }
                    Some(false) if !facts.enabled => {
                        member_admin::set_disabled(conn, id, None).await?;
                        app.note_on_site(conn, &asked, "member_enabled", said("")).await?;
                        Ok(Vec::new())
                    }
                    _ => Ok(Vec::new()),
                }
            })
            .await?;
        self.obey_everywhere(&marks).await;
        Ok(())
    }

    /// Makes a one-time link by which a member chooses a new password. Every other way in ends: the old password,
    /// passkeys, API tokens and sessions, for whoever made the reset necessary may have left one.
    ///
    /// # Errors
    /// `NotFound`, `SignInFirst` or `Refused`.
    pub async fn reset_member(
        &self,
        caller: &Caller,
        id: MemberId,
        language: Language,
    ) -> Result<OneTimeLink, Error> {
        let (link, marks) = self
            .manage_members(caller, async move |mut act: SiteAct<'_>| {
                let now = act.conn.now().await?;
                let member = act.find_member(id).await?;
                if !member.facts.enabled {
                    return Err(Error::NotFound);
                }
                account::set_password(act.conn, id, crate::accounts::NO_PASSWORD).await?;
                account::delete_tokens(act.conn, id).await?;
                passkey::delete_all(act.conn, id).await?;
                known_browser::forget(act.conn, id, None).await?;
                let link = act.app.put_link(act.conn, id, "reset", language).await?;
                act.note("member_reset", member.email).await?;
                Ok((link, end_everywhere(act.conn, id, now).await?))
            })
            .await?;
        self.obey_everywhere(&marks).await;
        self.wake_mail();
        Ok(link)
    }

    /// Where a member is signed in.
    ///
    /// # Errors
    /// `NotFound`, `SignInFirst` or `Refused`.
    pub async fn list_member_sessions(&self, caller: &Caller, id: MemberId) -> Result<Vec<Session>, Error> {
        self.decide_on_site(caller, Action::ManageMembers)?;
        let now = self.now();
        let read: Result<_, StoreError> = self
            .inner
            .store
            .read(async move |conn: &mut Conn| {
                let found = account::find(conn, id).await?.is_some();
                Ok(found.then_some(session::list(conn, id, now).await?))
            })
            .await;
        read?.ok_or(Error::NotFound)
    }

    /// Signs a member out everywhere; their open pages end at once.
    ///
    /// # Errors
    /// `NotFound`, `SignInFirst` or `Refused`.
    pub async fn end_member_sessions(&self, caller: &Caller, id: MemberId) -> Result<(), Error> {
        let marks = self
            .manage_members(caller, async move |mut act: SiteAct<'_>| {
                let now = act.conn.now().await?;
                let member = act.find_member(id).await?;
                act.note("member_signed_out", member.email).await?;
                Ok(end_everywhere(act.conn, id, now).await?)
            })
            .await?;
        self.obey_everywhere(&marks).await;
        Ok(())
    }

    /// Adds an address to a member and says whether it is proved: an administrator vouches for it.
    ///
    /// # Errors
    /// `Invalid`, `EmailTaken`, `NotFound`, `SignInFirst` or `Refused`.
    pub async fn set_member_address(
        &self,
        caller: &Caller,
        id: MemberId,
        email: &str,
        is_verified: bool,
    ) -> Result<(), Error> {
        self.decide_on_site(caller, Action::ManageMembers)?;
        let email = checked_email(email)?;
        self.manage_members(caller, async move |mut act: SiteAct<'_>| {
            let now = act.conn.now().await?;
            act.find_member(id).await?;
            if !address::add(act.conn, id, email.as_str(), now).await? {
                return Err(Conflict::EmailTaken.into());
            }
            let proved = is_verified.then_some((now, "administrator"));
            address::verify(act.conn, id, email.as_str(), proved).await?;
            let what = if is_verified { "address_verified" } else { "address_unverified" };
            act.note(what, email.as_str()).await?;
            Ok(())
        })
        .await
    }

    /// Writes down what was changed on the site, in the transaction that changes it.
    pub(crate) async fn note_on_site(
        &self,
        conn: &mut Conn,
        caller: &Caller,
        what: &str,
        detail: String,
    ) -> Result<(), StoreError> {
        let at = self.now();
        let (id, actor) = (row_id(at, &self.inner.outside), actor(caller).to_owned());
        let detail = detail.trim_end().to_owned();
        site_log::add(conn, &SiteChange { id, actor, what: what.into(), detail, at }).await
    }
}

async fn known_groups(conn: &mut Conn) -> Result<HashMap<GroupId, Group>, StoreError> {
    Ok(group::list(conn).await?.into_iter().map(|group| (group.id, group)).collect())
}

async fn groups_of(
    conn: &mut Conn,
    known: &HashMap<GroupId, Group>,
    member: MemberId,
) -> Result<Vec<Group>, StoreError> {
    let ids = conn.ask(group::of_member(member)).await?;
    Ok(ids.iter().filter_map(|id| known.get(id).cloned()).collect())
}
