//! Once a day, a member who wants it is mailed who was refused at their items. Whoever moves the member's clock on
//! queues the mail in the same transaction: it is one mail, whatever looks at once and whatever dies.

use ::mail::{RefusedAt, RefusedLine, RefusedList, in_utc};
use domain::access::Action;
use domain::{Email, Instant, ItemId, MemberId, Reason, Span};
use store::account::{self, Member};
use store::mail::Ceiling;
use store::refused::{self, Refused};
use store::{Conn, StoreError, address};

use super::{Language, NewLetter, TemplateName, Values, named};
use crate::{App, Caller, Conflict, Error};

/// Between two mails to a member.
const EVERY: Span = Span::from_days(1);
/// What is told ended so long ago: a refusal is written down a little after its minute began.
const SETTLED: Span = Span::from_minutes(2);
/// Lines in one mail; of the others only the number is told.
const LINES: usize = 50;

impl App {
    /// Switches the daily mail on or off; on again, it is in the language of now.
    ///
    /// # Errors
    /// `SignInFirst` or `Refused`.
    pub async fn wish_refusals(&self, caller: &Caller, on: bool, language: Language) -> Result<(), Error> {
        self.decide_on_site(caller, Action::ManageOwnAccount)?;
        let id = self.get_own_member(caller)?.facts.id;
        let done: Result<(), StoreError> = self
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                if !on {
                    return refused::switch_off(conn, id).await;
                }
                let now = conn.now().await?;
                refused::switch_on(conn, id, language.code(), now).await
            })
            .await;
        Ok(done?)
    }

    /// Queues the mails that are due now and answers how many. Without a mail server nobody's clock moves.
    ///
    /// # Errors
    /// See [`StoreError`]; what was queued stays so, the rest is for the next round.
    pub async fn mail_refusals(&self) -> Result<u64, StoreError> {
        if !self.mail_is_on() {
            return Ok(0);
        }
        let due: Vec<MemberId> = self
            .inner
            .store
            .read(async |conn: &mut Conn| {
                let now = conn.now().await?;
                refused::list_due(conn, now.minus(EVERY)).await
            })
            .await?;
        let mut queued = 0;
        for id in due {
            let app = self.clone();
            let told =
                self.inner.store.write(async move |conn: &mut Conn| app.tell_refusals(conn, id).await).await;
            match told {
                Ok(told) => queued += u64::from(told),
                // Nothing was written: it is tried again with the next round.
                Err(Error::Conflict(Conflict::TooMuchMail(Ceiling::Site))) => break,
                Err(error) => tracing::debug!(%error, "a member is told later who was refused"),
            }
        }
        if queued > 0 {
            self.wake_mail();
        }
        Ok(queued)
    }

    /// Moves a member's clock on, and queues a mail when there is something to tell and a way to tell it.
    async fn tell_refusals(&self, conn: &mut Conn, id: MemberId) -> Result<bool, Error> {
        let now = conn.now().await?;
        let Some(wish) = refused::find(conn, id).await? else { return Ok(false) };
        if wish.told > now.minus(EVERY) || !refused::take(conn, id, wish.told, now).await? {
            return Ok(false);
        }
        let Some(member) = account::find(conn, id).await? else { return Ok(false) };
        let (policy, verified) = (self.policy(), conn.ask(address::verified_of(id)).await?);
        let to = verified.iter().find(|own| own.as_str() == member.email).or(verified.first());
        let Some(to) = to.filter(|_| member.facts.enabled && policy.enabled && policy.media_page) else {
            return Ok(false);
        };
        let (since, until) = (wish.told.minus(SETTLED), now.minus(SETTLED));
        let (lines, all) = refused::list(conn, id, (since, until), LINES).await?;
        if lines.is_empty() {
            return Ok(false);
        }
        let more = all.saturating_sub(lines.len() as i64);
        let language = wish.language.parse().unwrap_or(Language::English);
        let refusals = RefusedList { language, items: self.by_item(lines), more };
        self.queue_refusals(conn, &member, to, since, refusals).await?;
        Ok(true)
    }

    async fn queue_refusals(
        &self,
        conn: &mut Conn,
        member: &Member,
        to: &Email,
        since: Instant,
        refusals: RefusedList,
    ) -> Result<(), Error> {
        let letter = NewLetter {
            template: TemplateName::Refusals,
            language: refusals.language,
            to,
            to_name: &member.name,
            about: Some(*member.facts.id.as_bytes()),
            owner: Some(member.facts.id),
            values: Values {
                link: format!("{}/account", self.inner.config.public_url),
                start: in_utc(since),
                refusals,
                ..named(&member.name)
            },
            schedule: None,
        };
        self.queue_mail(conn, letter).await.map(drop)
    }

    /// Items with the most frequent line first, each with its own lines.
    fn by_item(&self, lines: Vec<Refused>) -> Vec<RefusedAt> {
        let mut items: Vec<(ItemId, RefusedAt)> = Vec::new();
        for line in lines {
            let Refused { item, title, door, cause, count, last } = line;
            let line = RefusedLine { door: door.name, is_invite: door.is_invite, cause, count, last };
            match items.iter_mut().find(|(id, _)| *id == item) {
                Some((_, at)) => at.lines.push(line),
                None => {
                    let link = format!("{}/media/{item}?activity", self.inner.config.public_url);
                    items.push((item, RefusedAt { item: title, link, lines: vec![line] }));
                }
            }
        }
        items.into_iter().map(|(_, at)| at).collect()
    }

    /// For the preview of the template.
    pub(super) fn sample_refusals(&self, language: Language, item: &str, name: &str) -> RefusedList {
        let last = self.now();
        let line = |is_invite, cause, count| RefusedLine { door: name.into(), is_invite, cause, count, last };
        let lines = vec![line(false, Reason::UsedUp, 3), line(true, Reason::EmailMismatch, 1)];
        let link = format!("{}/media/sample?activity", self.inner.config.public_url);
        RefusedList { language, items: vec![RefusedAt { item: item.into(), link, lines }], more: 0 }
    }
}

#[cfg(test)]
mod tests;
