//! Members found while an address is typed.

use domain::access::Action;
use store::{Conn, StoreError, member_search};

use crate::{App, Caller, Error};

/// Characters from which on it is looked for.
const LEAST: usize = 3;
/// Members shown.
const MOST: i64 = 8;
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

impl App {
    /// Members whose address or name begins with `text`; none for fewer than three characters. So many questions a
    /// minute that nobody notices who types, and nobody reads the whole list.
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
        let found: Result<_, StoreError> = self
            .inner
            .store
            .read(async move |conn: &mut Conn| member_search::find(conn, member, &text, MOST).await)
            .await;
        Ok(found?.into_iter().map(|found| split(found.name, found.email)).collect())
    }
}

fn split(name: String, email: String) -> FoundMember {
    let (first, last) = name.rsplit_once(' ').unwrap_or((&name, ""));
    let (first_name, last_name) = (first.trim().to_owned(), last.to_owned());
    FoundMember { name, email, first_name, last_name }
}
