//! Members found while an address is typed.

use domain::access::Action;
use domain::{Findable, SiteRole};
use store::{Conn, StoreError, member_search};

use crate::sheet::{Names, split_name};
use crate::{App, Caller, Error};

/// Characters from which on it is looked for.
const LEAST: usize = 3;
/// Members shown.
const MOST: i64 = 8;
/// Names that are looked up for one sheet.
const NAMES_MOST: usize = 500;
/// Characters of a query that can match anything.
const QUERY_MOST: usize = 254;

/// A member as the type-ahead shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundMember {
    /// Display name.
    pub name: String,
    /// Address.
    pub email: String,
    /// The name up to its last space.
    pub first_name: String,
    /// What stands behind the last space; empty for a name of one word.
    pub last_name: String,
}

/// Whom somebody with this site role finds, as the site is set.
async fn whom(conn: &mut Conn, set: Findable, role: SiteRole) -> Result<Findable, StoreError> {
    Ok(set.finds(role, member_search::has_groups(conn).await?))
}

impl App {
    /// Members whose address or name begins with `text`, of those whom the site lets the caller find; none for fewer
    /// than three characters. So many questions a minute that nobody notices who types, and nobody reads the whole list.
    ///
    /// # Errors
    /// `SignInFirst`, `Refused` or `TooManyRequests`.
    pub async fn find_members(&self, caller: &Caller, text: &str) -> Result<Vec<FoundMember>, Error> {
        self.decide_on_site(caller, Action::FindMembers)?;
        let member = self.get_own_member(caller)?.facts.id;
        let text = text.trim().to_owned();
        if !(LEAST..=QUERY_MOST).contains(&text.chars().count()) {
            return Ok(Vec::new());
        }
        self.inner.finding.take(member, self.now()).map_err(Error::TooManyRequests)?;
        let (facts, policy) = (self.get_own_member(caller)?.facts, self.policy());
        let found: Result<_, StoreError> = self
            .inner
            .store
            .read(async move |conn: &mut Conn| {
                let among = whom(conn, policy.type_ahead, facts.role).await?;
                member_search::find(conn, member, among, &text, MOST).await
            })
            .await;
        let split = |found: member_search::Found| {
            let (first_name, last_name) = split_name(&found.name);
            FoundMember { name: found.name, email: found.email, first_name, last_name }
        };
        Ok(found?.into_iter().map(split).collect())
    }

    /// First and last names of members with these addresses, as far as the caller would find them while typing, by
    /// address.
    pub(super) async fn names_of_members(
        &self,
        caller: &Caller,
        mut emails: Vec<String>,
    ) -> Result<Names, Error> {
        // Not everybody who may invite may look for members, and nobody reads the whole list this way either.
        if self.decide_on_site(caller, Action::FindMembers).is_err() {
            return Ok(Names::new());
        }
        let (facts, policy) = (self.get_own_member(caller)?.facts, self.policy());
        if self.inner.finding.take(facts.id, self.now()).is_err() {
            return Ok(Names::new());
        }
        emails.truncate(NAMES_MOST);
        let found: Result<_, StoreError> = self
            .inner
            .store
            .read(async move |conn: &mut Conn| {
                let among = whom(conn, policy.type_ahead, facts.role).await?;
                member_search::list_names(conn, facts.id, among, &emails).await
            })
            .await;
        let names = found?.into_iter().map(|found| (found.email, split_name(&found.name)));
        Ok(names.filter(|(_, (_, last))| !last.is_empty()).collect())
    }
}
