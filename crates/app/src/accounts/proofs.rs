//! A member proves that an address is theirs, by a code mailed to it. Until then it is written down nowhere but with
//! the code, so nobody holds an address that is somebody else's; and whoever asks is answered alike, whosever it is.

use domain::access::Action;
use domain::{Email, Instant, MemberId, Span};
use mail::{Language, TemplateName, Values};
use store::address_code::{self, AddressCode};
use store::{Conn, address};

use super::{Member, checked_email};
use crate::activity::row_id;
use crate::keys::mac;
use crate::mail::NewLetter;
use crate::{App, Caller, Conflict, Error, Secret};

/// A code is good for this long.
const CODE_LASTS: Span = Span::from_minutes(10);
/// Tries at one code.
const TRIES_MOST: i64 = 5;
/// Codes that a member may ask for in an hour, wherever they go: nobody is to mail strangers by them.
const ASKED_MOST: i64 = 10;
/// Addresses of one member.
const ADDRESSES_MOST: usize = 10;
/// Rows are kept this long, for the counts.
const FORGOTTEN_AFTER: Span = Span::from_hours(24);

/// An address that waits for its code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proving {
    /// Where the code was mailed.
    pub email: String,
    /// From when the code is no good.
    pub until: Instant,
}

/// What became of a typed code.
enum Outcome {
    Proved,
    Wrong,
    /// No code waits here, or its tries are spent.
    Over,
    /// Another member proved the address, or signs in with it.
    Taken,
}

impl App {
    /// Mails a code to an address that the caller says is theirs. Another one that waits is no good any more.
    ///
    /// # Errors
    /// `Invalid`, `MailOff`, `TooMuchMail`, `TooManyRequests`, `SignInFirst` or `Refused`; none of them depends on
    /// whether somebody else has the address.
    pub async fn ask_address_code(
        &self,
        caller: &Caller,
        session: Secret,
        email: &str,
        language: Language,
    ) -> Result<Proving, Error> {
        self.decide_on_site(caller, Action::ManageOwnAccount)?;
        let member = self.get_own_member(caller)?.clone();
        if !self.mail_is_on() {
            return Err(Conflict::MailOff.into());
        }
        let email = checked_email(email)?;
        self.inner.finding.take(member.facts.id, self.now()).map_err(Error::TooManyRequests)?;
        let app = self.clone();
        let proving = self
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                app.begin_proof(conn, &member, session, email, language).await
            })
            .await?;
        self.wake_mail();
        Ok(proving)
    }

    async fn begin_proof(
        &self,
        conn: &mut Conn,
        member: &Member,
        session: Secret,
        email: Email,
        language: Language,
    ) -> Result<Proving, Error> {
        let (id, now) = (member.facts.id, conn.now().await?);
        let own = address::list(conn, id).await?;
        match own.iter().find(|own| own.email == email.as_str()) {
            Some(own) if own.verified_at.is_some() => {
                return Err(Error::invalid("email", "email_is_verified"));
            }
            None if own.len() >= ADDRESSES_MOST => {
                return Err(Error::invalid("email", "too_many_addresses"));
            }
            _ => {}
        }
        if address_code::count(conn, id, now.minus(Span::from_hours(1))).await? >= ASKED_MOST {
            return Err(Error::TooManyRequests(Span::from_hours(1).as_ms() as u64 / 1_000));
        }
        let digits = format!("{:08}", u64::from_be_bytes(self.random()) % 100_000_000);
        let row = row_id(now, &self.inner.outside);
        let code = AddressCode {
            id: row,
            hash: self.address_code_hash(row, &digits),
            email: email.as_str().to_owned(),
            expires_at: now.plus(CODE_LASTS),
        };
        address_code::put(conn, &code, id, session.hash(), (now, now.minus(FORGOTTEN_AFTER))).await?;
        let letter = NewLetter {
            template: TemplateName::Code,
            language,
            to: &email,
            // Whose mailbox it is, is what has to be shown yet.
            to_name: "",
            about: Some(*id.as_bytes()),
            owner: Some(id),
            values: Values { code: digits, ..Values::default() },
            schedule: None,
        };
        self.queue_mail(conn, letter).await?;
        Ok(Proving { email: code.email, until: code.expires_at })
    }

    /// Takes the code that was mailed: the address is the caller's, and proved.
    ///
    /// # Errors
    /// `Invalid` with `code`, `EmailTaken` when another member proved the address, which only who reads its mailbox
    /// is told; `TooManyRequests`, `SignInFirst` or `Refused`.
    pub async fn prove_address(&self, caller: &Caller, session: Secret, code: &str) -> Result<(), Error> {
        self.decide_on_site(caller, Action::ManageOwnAccount)?;
        let id = self.get_own_member(caller)?.facts.id;
        self.inner.finding.take(id, self.now()).map_err(Error::TooManyRequests)?;
        let digits: String = code.chars().filter(char::is_ascii_digit).collect();
        let (app, asked) = (self.clone(), caller.clone());
        // A wrong try is committed, so it is no error before that.
        let outcome = self
            .inner
            .store
            .write(async move |conn: &mut Conn| app.try_code(conn, &asked, id, session, &digits).await)
            .await?;
        match outcome {
            Outcome::Proved => Ok(()),
            Outcome::Wrong => Err(Error::invalid("code", "code_wrong")),
            Outcome::Over => Err(Error::invalid("code", "code_over")),
            Outcome::Taken => Err(Conflict::EmailTaken.into()),
        }
    }

    async fn try_code(
        &self,
        conn: &mut Conn,
        caller: &Caller,
        id: MemberId,
        session: Secret,
        digits: &str,
    ) -> Result<Outcome, Error> {
        let now = conn.now().await?;
        let Some(code) = address_code::find_newest(conn, id, session.hash(), now).await? else {
            return Ok(Outcome::Over);
        };
        if !address_code::spend_try(conn, code.id, TRIES_MOST).await? {
            return Ok(Outcome::Over);
        }
        if self.address_code_hash(code.id, digits) != code.hash {
            return Ok(Outcome::Wrong);
        }
        address_code::use_all(conn, id, now).await?;
        if !address::prove(conn, id, &code.email, (now, "code")).await? {
            return Ok(Outcome::Taken);
        }
        self.note_on_site(conn, caller, "address_proved", code.email).await?;
        Ok(Outcome::Proved)
    }

    /// Keyed, because eight digits are soon tried through by whoever has the rows.
    fn address_code_hash(&self, row: [u8; 16], digits: &str) -> [u8; 32] {
        mac(&self.inner.keys.purpose("address code"), &[&row[..], digits.as_bytes()].concat())
    }
}
