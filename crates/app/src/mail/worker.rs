//! The worker that hands queued mail over. The row says `sending` before the first byte of a message goes out, so
//! whatever dies behind that is told as `unknown` and not sent twice.

use std::time::Duration;

use ::mail::{Conversation, Ending, Settings, TemplateName};
use domain::{Email, LinkId, MailState, News, Span};
use store::mail::{self as queue, Claimed};
use store::{Conn, StoreError, invite};

use crate::App;
use crate::mail_desk::AT_ONCE;

/// How often the queue is looked at when nobody rings.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// How often the leases of dead processes are looked at.
const LOSE_EVERY: Duration = Duration::from_secs(15);
/// Longer than a conversation can last (under a minute), with the writes around it.
const LEASE: Span = Span::from_minutes(3);
/// Pauses between tries.
const PAUSES: [Span; 6] = [
    Span::from_minutes(1),
    Span::from_minutes(5),
    Span::from_minutes(30),
    Span::from_hours(2),
    Span::from_hours(6),
    Span::from_hours(12),
];
/// Pause before mail that the database kept us from sending is taken up again.
const SOON: Span = Span::from_secs(5);
/// After this long a mail is given up.
const GIVE_UP: Span = Span::from_hours(24);
/// A code is good for ten minutes; later it only confuses.
const GIVE_UP_CODE: Span = Span::from_minutes(10);
/// A stopping process waits this long for answers to messages that are already under way.
const LAST_ANSWERS: Duration = Duration::from_secs(5);
/// The answer that stands with mail whose message nobody can read any more.
pub(super) const SHUT: &str = "the message cannot be opened with this site's key";
/// The answer that stands with mail whose process died.
const INTERRUPTED: &str = "the server stopped before the answer was written down";

impl App {
    /// Starts the worker, if mail is on.
    pub(crate) fn begin_mail(&self) {
        if let Some(settings) = self.inner.config.mail.clone() {
            let app = self.clone();
            tokio::spawn(async move {
                app.settle_left_mail().await;
                tokio::join!(app.deliver(settings), app.lose_mail());
            });
        }
    }

    /// On SQLite no other process can be at it: whatever was begun was begun by a dead one. Nothing is begun before
    /// that is written down, or it would be taken for a dead one's too.
    async fn settle_left_mail(&self) {
        let all = !self.inner.store.is_shared();
        while !self.lose_mail_once(all).await {
            tokio::select! {
                () = tokio::time::sleep(LOOK_EVERY) => {}
                () = self.inner.mail.closing.cancelled() => return,
            }
        }
    }

    /// Begins nothing more, waits for what is under way, and gives the rest back.
    pub(crate) async fn stop_mail(&self) {
        self.inner.mail.closing.cancel();
        let all = self.inner.mail.places.acquire_many(AT_ONCE);
        if tokio::time::timeout(LAST_ANSWERS, all).await.is_err() {
            tracing::warn!("a mail server has not answered; what became of its message stays unknown");
        }
        let process = self.inner.process;
        let freed: Result<(), StoreError> =
            self.inner.store.write(async move |conn: &mut Conn| queue::release(conn, process).await).await;
        if let Err(error) = freed {
            tracing::warn!(%error, "mail could not be given back; its leases run out by themselves");
        }
    }

    async fn lose_mail(&self) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(LOSE_EVERY) => {}
                () = self.inner.mail.closing.cancelled() => return,
            }
            self.lose_mail_once(false).await;
        }
    }

    /// Whether the database answered.
    async fn lose_mail_once(&self, all: bool) -> bool {
        let lost: Result<u64, StoreError> = self
            .inner
            .store
            .write(async move |conn: &mut Conn| queue::lose(conn, INTERRUPTED, all).await)
            .await;
        match &lost {
            Ok(0) => {}
            Ok(lost) => tracing::warn!(lost, "mail may or may not have been sent"),
            Err(error) => tracing::warn!(%error, "the mail queue does not answer"),
        }
        lost.is_ok()
    }

    async fn deliver(&self, settings: Settings) {
        let desk = &self.inner.mail;
        while !desk.closing.is_cancelled() {
            let Ok(place) = desk.places.clone().acquire_owned().await else { return };
            let process = self.inner.process;
            let claimed: Result<_, StoreError> = self
                .inner
                .store
                .write(async move |conn: &mut Conn| queue::claim(conn, process, LEASE).await)
                .await;
            match claimed {
                Ok(Some(claimed)) => {
                    let (app, settings) = (self.clone(), settings.clone());
                    tokio::spawn(async move {
                        app.hand_over(&settings, claimed).await;
                        drop(place);
                    });
                    continue;
                }
                Ok(None) => {}
                Err(error) => tracing::warn!(%error, "the mail queue does not answer"),
            }
            drop(place);
            tokio::select! {
                () = desk.came.notified() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
                () = desk.closing.cancelled() => {}
            }
        }
    }

    async fn hand_over(&self, settings: &Settings, claimed: Claimed) {
        let message = match self.message_of(settings, &claimed).await {
            Ok(Ok(message)) => message,
            Ok(Err(ending)) => return self.settle_mail(&claimed, ending).await,
            Err(error) => {
                tracing::warn!(%error, "a mail could not be written; it waits");
                return self.give_mail_back(&claimed).await;
            }
        };
        let Ok(to) = Email::new(&claimed.email) else {
            let ending = Ending::Refused { permanent: true, answer: SHUT.into() };
            return self.settle_mail(&claimed, ending).await;
        };
        let begin = Conversation::begin(settings, self.mail_host(), &to, &message);
        let begun = tokio::select! {
            // Nothing has been sent; the next process may take it.
            () = self.inner.mail.closing.cancelled() => return,
            begun = begin => begun,
        };
        let ending = match begun {
            Err(ending) => ending,
            Ok(conversation) => {
                let (id, process) = (claimed.id, self.inner.process);
                let marked: Result<bool, StoreError> = self
                    .inner
                    .store
                    .write(async move |conn: &mut Conn| queue::begin_sending(conn, id, process, LEASE).await)
                    .await;
                match marked {
                    Ok(true) => conversation.give(&message).await,
                    // Somebody else has it.
                    Ok(false) => return,
                    Err(error) => {
                        tracing::warn!(%error, "a mail could not be marked; it waits");
                        return self.give_mail_back(&claimed).await;
                    }
                }
            }
        };
        self.settle_mail(&claimed, ending).await;
    }

    /// Nothing of it was sent, whatever its row says: it is due again soon, and does not wait for its lease.
    async fn give_mail_back(&self, claimed: &Claimed) {
        let (id, process) = (claimed.id, self.inner.process);
        self.write_of_mail(async move |conn: &mut Conn| queue::give_back(conn, id, process, SOON).await)
            .await;
    }

    /// Writes the ending down. While the database does not answer it is tried again as long as the lease holds;
    /// after that the mail is unknown.
    async fn settle_mail(&self, claimed: &Claimed, ending: Ending) {
        log(claimed, &ending);
        let (row, process) = (claimed.clone(), self.inner.process);
        let settled =
            self.write_of_mail(async move |conn: &mut Conn| settle(conn, &row, &ending, process).await);
        if settled.await {
            self.tell_of_mail(claimed).await;
        }
    }

    /// Tries until the lease is nearly over. Whether it stands.
    async fn write_of_mail<F>(&self, work: F) -> bool
    where
        F: AsyncFnOnce(&mut Conn) -> Result<bool, StoreError> + Clone + Send + 'static,
    {
        for _ in 0..60 {
            match self.inner.store.write(work.clone()).await {
                Ok(_) => return true,
                Err(error) => tracing::warn!(%error, "what became of a mail could not be written down"),
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        false
    }

    /// Whoever has the list of invites open looks again.
    async fn tell_of_mail(&self, claimed: &Claimed) {
        let Some(about) = claimed.about.filter(|_| claimed.purpose == TemplateName::Invite.code()) else {
            return;
        };
        let id = LinkId::from_bytes(about);
        let found: Result<_, StoreError> =
            self.inner.store.read(async move |conn: &mut Conn| invite::find(conn, id).await).await;
        match found {
            Ok(Some(invite)) => self.tell(invite.facts.item, News::Invites),
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "a list of invites was not told of its mail"),
        }
    }
}

async fn settle(
    conn: &mut Conn,
    claimed: &Claimed,
    ending: &Ending,
    process: domain::ProcessId,
) -> Result<bool, StoreError> {
    let id = claimed.id;
    match ending {
        Ending::Accepted(answer) => queue::settle(conn, id, process, MailState::Sent, answer).await,
        Ending::Unknown(answer) => queue::settle(conn, id, process, MailState::Unknown, answer).await,
        Ending::Refused { permanent: true, answer } => {
            queue::settle(conn, id, process, MailState::Failed, answer).await
        }
        Ending::Refused { answer, .. } | Ending::Unreachable(answer) => {
            let now = conn.now().await?;
            match pause(claimed, now.since(claimed.created_at)) {
                Some(pause) => queue::postpone(conn, id, process, answer, pause).await,
                None => queue::settle(conn, id, process, MailState::Failed, answer).await,
            }
        }
    }
}

/// How long until the next try; none when the time is over. The last try is at the very end of it.
fn pause(claimed: &Claimed, age: Span) -> Option<Span> {
    let most = if claimed.purpose == "code" { GIVE_UP_CODE } else { GIVE_UP };
    let left = Span::from_ms(most.as_ms() - age.as_ms());
    let step = usize::try_from(claimed.attempts).unwrap_or_default().min(PAUSES.len() - 1);
    (left > Span::from_ms(0)).then(|| PAUSES[step].min(left))
}

/// Neither the address nor the words of the server, which may name it.
fn log(claimed: &Claimed, ending: &Ending) {
    let (id, purpose) = (claimed.id, &claimed.purpose);
    match ending {
        Ending::Accepted(_) => tracing::info!(%id, purpose, "mail sent"),
        Ending::Refused { permanent: true, .. } => tracing::warn!(%id, purpose, "mail refused for good"),
        Ending::Refused { .. } => tracing::warn!(%id, purpose, "mail refused for now"),
        Ending::Unknown(_) => tracing::warn!(%id, purpose, "mail may or may not have been taken"),
        Ending::Unreachable(why) => tracing::warn!(%id, purpose, why, "the mail server was not reached"),
    }
}

#[cfg(test)]
mod tests {
    use domain::{Instant, MailId};

    use super::*;

    fn waits(purpose: &str, attempts: i64, age: Span) -> Option<Span> {
        let claimed = Claimed {
            id: MailId::from_bytes([0; 16]),
            purpose: purpose.into(),
            about: None,
            email: String::new(),
            message_sealed: None,
            language: None,
            attempts,
            created_at: Instant::from_ms(0),
        };
        pause(&claimed, age)
    }

    #[test]
    fn pauses_grow_until_a_day_is_over() {
        let (mut age, mut tries) = (Span::from_ms(0), Vec::new());
        while let Some(pause) = waits("invite", tries.len() as i64, age) {
            tries.push(pause.as_ms() / 60_000);
            age = Span::from_ms(age.as_ms() + pause.as_ms());
        }
        assert_eq!(tries, [1, 5, 30, 120, 360, 720, 204]);
        assert_eq!(age, GIVE_UP);
        assert_eq!(waits("code", 1, Span::from_minutes(6)), Some(Span::from_minutes(4)));
        assert_eq!(waits("code", 2, Span::from_minutes(10)), None);
    }
}
