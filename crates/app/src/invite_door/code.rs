//! Mailed codes. Whoever asks for one is answered alike, whatever address they typed: the row is written for all,
//! and what differs for the right address, the mail, happens after the answer.
//!
//! Asking has no ceiling; mailing has one, by invite and hour. A ceiling on asking would be a way to keep the invited
//! person out: whoever has the link could use it up with any address, from their own browser or from the same block of
//! addresses. So wrong addresses count for nothing, and their rows push out only each other (`store::lobby_code`).

use std::net::IpAddr;
use std::time::Duration;

use domain::access::{Action, As, Decision};
use domain::{Email, Instant, LinkId, Proof, Span};
use mail::TemplateName;
use store::lobby_code::{self, Code, Times};
use store::seat::KeyHash;
use store::{Conn, StoreError};

use super::door::Door;
use super::load::AtInvite;
use super::{Form, InviteEntered, Shows, TypedLobby, block_of, read_token, refused};
use crate::activity::row_id;
use crate::keys::mac;
use crate::mail::NewLetter;
use crate::{App, Caller, Error, FormKey};

/// A code is good for this long.
const CODE_LASTS: Span = Span::from_minutes(10);
/// Wrong tries after which a code is no good any more.
const TRIES_MOST: i64 = 5;
/// For this long mailed codes count for the ceiling.
const COUNTED: Span = Span::from_hours(1);

/// A code on its way to whoever reads the invited mailbox, or to nobody.
pub(super) struct Letter {
    invite: LinkId,
    row: [u8; 16],
    code: String,
    to: Email,
    first_name: String,
    last_name: String,
    item: String,
    language: mail::Language,
    /// Whether the typed address was the invited one, a code would open the invite, and one more may be mailed.
    goes_out: bool,
}

#[cfg(test)]
impl Letter {
    pub(super) fn digits(&self) -> &str {
        &self.code
    }
}

impl App {
    /// Mails a code to the invited person, if they typed their address. The answer never tells.
    ///
    /// # Errors
    /// `Refused` for a stale form, `MailOff` where the site has no mail, `Unavailable`.
    pub async fn ask_for_code(
        &self,
        caller: &Caller,
        (from, language): (IpAddr, mail::Language),
        token: &str,
        typed: &TypedLobby,
    ) -> Result<(), Error> {
        if !self.mail_is_on() {
            return Err(crate::Conflict::MailOff.into());
        }
        let form_key = FormKey::from_text(&typed.form_key).ok_or(refused(None, domain::Reason::StaleForm))?;
        let Ok(token) = read_token(token) else { return Ok(()) };
        let form = Form {
            door: Door::Invite(token.hash()),
            device: [0; 16],
            key: self.inner.keys.browser_key(form_key, token).hash(),
            shows: Shows::Address(Email::new(&typed.email).ok()),
            block: block_of(from),
            language,
            kind: None,
        };
        let (app, caller) = (self.clone(), caller.clone());
        let letter: Result<Option<Letter>, StoreError> = self
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                let Some((at, now, _)) = AtInvite::lock(conn, &caller, &form).await? else { return Ok(None) };
                app.begin_code(conn, &caller, &at, &form, now).await.map(Some)
            })
            .await;
        if let Some(letter) = letter? {
            self.mail_code(letter);
        }
        Ok(())
    }

    /// Sends the form with the code.
    ///
    /// # Errors
    /// `Invalid` for a wrong code, `Refused` with the exact cause, `Unavailable`.
    pub async fn enter_by_code(
        &self,
        caller: &Caller,
        from: IpAddr,
        token: &str,
        (form_key, code): (&str, &str),
    ) -> Result<InviteEntered, Error> {
        let digits: String = code.chars().filter(char::is_ascii_digit).collect();
        let door = Door::Invite(read_token(token)?.hash());
        let how = (from, mail::Language::English);
        self.send_form(caller, how, (token, door), form_key, Shows::Code(digits)).await
    }

    /// Writes a code down for this browser, whatever was typed.
    pub(super) async fn begin_code(
        &self,
        conn: &mut Conn,
        caller: &Caller,
        at: &AtInvite,
        form: &Form,
        now: Instant,
    ) -> Result<Letter, StoreError> {
        let (link, row) = (at.invite.facts.id, row_id(now, &self.inner.outside));
        let code = format!("{:08}", u64::from_be_bytes(self.random()) % 100_000_000);
        let mailed = lobby_code::count_mailed(conn, link, now.minus(COUNTED)).await?;
        let typed = if let Shows::Address(typed) = &form.shows { typed.as_ref() } else { None };
        let shown = (typed, Some(Proof::Code));
        let opens = match at.decide(self, caller, Action::EnterInviteLink, shown, now) {
            Decision::Allow(grant) => match grant.who() {
                As::NewInvitee { .. } => true,
                // Inside already, and surer of their person by a code.
                As::Invitee { .. } => at.is_raised_by(Some(Proof::Code)),
                _ => false,
            },
            _ => false,
        };
        let goes_out = typed.is_some() && opens && mailed < self.inner.config.mail_ceilings.codes_hour;
        // Who is mailed nothing has a row like everybody, and no digits fit it.
        let (right, none) = (self.code_hash(row, &code), self.random());
        let written = Code { id: row, hash: if goes_out { right } else { none }, tries: 0 };
        lobby_code::insert(conn, &written, (link, form.key), goes_out, times(now)).await?;
        Ok(Letter {
            invite: link,
            row,
            code,
            to: at.invite.facts.email.clone(),
            first_name: at.invite.first_name.clone(),
            last_name: at.invite.last_name.clone(),
            item: at.title(),
            language: form.language,
            goes_out,
        })
    }

    /// Queues the mail after the answer, and not right after it: neither this answer nor the next one takes longer
    /// for the right address.
    pub(super) fn mail_code(&self, letter: Letter) {
        let (app, [chance]) = (self.clone(), self.random::<1>());
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(150 + 2 * u64::from(chance))).await;
            if letter.goes_out {
                app.queue_code(letter).await;
            }
        });
    }

    async fn queue_code(&self, letter: Letter) {
        let (app, row) = (self.clone(), letter.row);
        let queued = self
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                let values = mail::Values {
                    first_name: letter.first_name.clone(),
                    last_name: letter.last_name.clone(),
                    item: letter.item.clone(),
                    code: letter.code.clone(),
                    ..mail::Values::default()
                };
                let new = NewLetter {
                    template: TemplateName::Code,
                    language: letter.language,
                    to: &letter.to,
                    to_name: &format!("{} {}", letter.first_name, letter.last_name),
                    about: Some(*letter.invite.as_bytes()),
                    owner: None,
                    values,
                    schedule: None,
                };
                app.queue_mail(conn, new).await
            })
            .await;
        match queued {
            Ok(_) => self.wake_mail(),
            Err(error) => {
                tracing::warn!(%error, "a code was not mailed");
                self.forget_code(row).await;
            }
        }
    }

    /// A code that nobody was sent must not wait to be guessed.
    async fn forget_code(&self, row: [u8; 16]) {
        let forgotten: Result<_, StoreError> =
            self.inner.store.write(async move |conn: &mut Conn| lobby_code::forget(conn, row).await).await;
        if let Err(error) = forgotten {
            tracing::warn!(%error, "a code that was not mailed could not be forgotten");
        }
    }

    /// Whether these digits are the code that this browser asked for last; a wrong try counts.
    pub(super) async fn check_code(
        &self,
        conn: &mut Conn,
        invite: LinkId,
        browser: KeyHash,
        digits: &str,
        now: Instant,
    ) -> Result<bool, StoreError> {
        // A browser that asked for none takes as long as one that did: its row may have been pushed out.
        let found = lobby_code::find_newest(conn, invite, browser, now).await?;
        let none = Code { id: row_id(now, &self.inner.outside), hash: self.random(), tries: 0 };
        let code = found.unwrap_or(none);
        let is_right = code.tries < TRIES_MOST && self.code_hash(code.id, digits) == code.hash;
        if !is_right {
            lobby_code::add_try(conn, &code, (invite, browser), times(now)).await?;
        }
        Ok(is_right)
    }

    /// Keyed, because eight digits are soon tried through by whoever has the rows.
    fn code_hash(&self, row: [u8; 16], digits: &str) -> [u8; 32] {
        mac(&self.inner.keys.purpose("lobby code"), &[&row[..], digits.as_bytes()].concat())
    }
}

fn times(now: Instant) -> Times {
    Times { now, expires_at: now.plus(CODE_LASTS), forgotten: now.minus(COUNTED) }
}
