//! A member's list of items: their own, and what others share with them by a right.

use domain::access::Action;
use domain::{Capabilities, GroupId};
use store::item_list::{self, Asked, Listed};
use store::{Conn, StoreError, group};

use super::Card;
use crate::{App, AtItem, Caller, Error};

/// Items on one page, at most.
pub const PAGE_MOST: i64 = 60;

/// A page of items.
#[derive(Debug, Clone)]
pub struct Cards {
    /// In the order that was asked for.
    pub cards: Vec<Card>,
    /// How many match in all.
    pub total: i64,
}

impl App {
    /// Items of the caller; those of others they find by the right that they were given.
    ///
    /// # Errors
    /// `SignInFirst`.
    pub async fn list_items(&self, caller: &Caller, asked: Asked) -> Result<Cards, Error> {
        self.decide_on_site(caller, Action::ListOwnItems)?;
        let (member, now) = (self.get_own_member(caller)?.facts.id, self.now());
        let asked = Asked { limit: asked.limit.clamp(1, PAGE_MOST), ..asked };
        let read: Result<_, StoreError> = self
            .inner
            .store
            .read(async move |conn: &mut Conn| {
                let page = item_list::page(conn, member, &asked, now).await?;
                Ok((page, conn.ask(group::of_member(member)).await?))
            })
            .await;
        let ((rows, total), groups) = read?;
        // Behind deleted links and by invites there are people too.
        let inside = self.count_inside_items().await?;
        let card = |row: Listed| {
            let inside = inside.get(&row.item.facts.id).copied().unwrap_or_default();
            self.card(caller, row, &groups, inside)
        };
        Ok(Cards { cards: rows.into_iter().map(card).collect(), total })
    }

    fn card(&self, caller: &Caller, row: Listed, groups: &[GroupId], inside: i64) -> Card {
        let now = self.now();
        let at = AtItem {
            item: Some(row.item.clone()),
            held: Some(row.held),
            seat: None,
            link: None,
            invited: None,
            groups: groups.to_vec(),
            member: caller.member_facts(),
        };
        let grant = at.decide(caller, &self.policy(), Action::OpenItem, now).granted();
        Card {
            item: row.item,
            signs: row.signs,
            inside,
            // What is not ready yet opens for nobody but those who make it.
            capabilities: grant.map_or(Capabilities::NONE, |grant| grant.capabilities()),
            right: row.held.at(now),
        }
    }
}
