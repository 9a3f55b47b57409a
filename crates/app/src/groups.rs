//! Groups of members, as site administrators keep them.

use domain::access::Action;
use domain::{GroupId, LinkName, MemberId};
pub use store::group::Group;
use store::{Conn, StoreError, group, setting};

use crate::short_name::name_code;
use crate::site_act::SiteAct;
use crate::{App, Caller, Conflict, Error};

fn checked_name(text: &str) -> Result<LinkName, Error> {
    LinkName::new(text).map_err(|e| Error::invalid("name", name_code(e)))
}

fn taken(error: StoreError) -> Error {
    match error {
        StoreError::Duplicate(_) => Conflict::NameTaken.into(),
        other => other.into(),
    }
}

impl App {
    /// Every group, by name.
    ///
    /// # Errors
    /// `SignInFirst` or `Refused`.
    pub async fn list_groups(&self, caller: &Caller) -> Result<Vec<Group>, Error> {
        self.decide_on_site(caller, Action::ManageMembers)?;
        let groups: Result<_, StoreError> =
            self.inner.store.read(async |conn: &mut Conn| group::list(conn).await).await;
        Ok(groups?)
    }

    /// Makes a group.
    ///
    /// # Errors
    /// `Invalid`, `NameTaken`, `SignInFirst` or `Refused`.
    pub async fn make_group(&self, caller: &Caller, name: &str) -> Result<Group, Error> {
        self.decide_on_site(caller, Action::ManageMembers)?;
        let name = checked_name(name)?;
        self.manage_members(caller, async move |mut act: SiteAct<'_>| {
            let now = act.conn.now().await?;
            let id = GroupId::new(now, act.app.random());
            group::insert(act.conn, id, name.as_str(), now).await.map_err(taken)?;
            act.note("group_created", name.as_str()).await?;
            Ok(Group { id, name: name.as_str().to_owned(), members: 0 })
        })
        .await
    }

    /// Renames a group.
    ///
    /// # Errors
    /// `Invalid`, `NameTaken`, `NotFound`, `SignInFirst` or `Refused`.
    pub async fn rename_group(&self, caller: &Caller, id: GroupId, name: &str) -> Result<(), Error> {
        self.decide_on_site(caller, Action::ManageMembers)?;
        let name = checked_name(name)?;
        self.manage_members(caller, async move |mut act: SiteAct<'_>| {
            if !group::rename(act.conn, id, name.as_str()).await.map_err(taken)? {
                return Err(Error::NotFound);
            }
            act.note("group_renamed", name.as_str()).await?;
            Ok(())
        })
        .await
    }

    /// Deletes a group; its members stay. One that the settings name goes only when they do not any more: nobody
    /// loses the leave to share by the way.
    ///
    /// # Errors
    /// `GroupNamed`, `NotFound`, `SignInFirst` or `Refused`.
    pub async fn delete_group(&self, caller: &Caller, id: GroupId) -> Result<(), Error> {
        self.decide_on_site(caller, Action::ManageMembers)?;
        let (app, asked) = (self.clone(), caller.clone());
        self.inner
            .store
            .write(async move |conn: &mut Conn| {
                setting::lock(conn).await?;
                app.decide_on_site_now(conn, &asked, Action::ManageMembers).await?;
                let name = group::list(conn).await?.into_iter().find(|group| group.id == id);
                let name = name.ok_or(Error::NotFound)?.name;
                if crate::policy::names_group(conn, id).await? {
                    return Err(Conflict::GroupNamed.into());
                }
                group::delete(conn, id).await?;
                app.note_on_site(conn, &asked, "group_deleted", name).await?;
                Ok(())
            })
            .await
    }

    /// Puts a member into a group, or takes them out.
    ///
    /// # Errors
    /// `NotFound`, `SignInFirst` or `Refused`.
    pub async fn set_in_group(
        &self,
        caller: &Caller,
        id: GroupId,
        member: MemberId,
        is_in: bool,
    ) -> Result<(), Error> {
        self.manage_members(caller, async move |mut act: SiteAct<'_>| {
            if !group::exists(act.conn, id).await? {
                return Err(Error::NotFound);
            }
            let email = act.find_member(member).await?.email;
            let what = if is_in {
                group::add(act.conn, id, member).await?;
                "group_joined"
            } else {
                group::remove(act.conn, id, member).await?;
                "group_left"
            };
            act.note(what, email).await?;
            Ok(())
        })
        .await
    }
}
