//! Mail between the use cases and the queue: a use case queues a letter in its own transaction, the worker of some
//! process hands it over, and what became of it is asked by what it is about.

mod message;
mod refusals;
mod templates;
mod worker;

pub use ::mail::{
    Cause, Language, Part, Schedule, Settings, SettingsError, Template, TemplateError, TemplateName,
    Timeouts, Tls, Values, list_tokens,
};
pub use domain::MailState;
pub use store::mail::{Ceiling, Ceilings, Logged, MailFacts};
pub use templates::{MAIL_PAGE, ShownTemplate};

use ::mail::{Letter, compose, default_template};
use domain::{Email, Instant, MailId, MemberId};
use store::mail::{self as queue, MailText, NewMail};
use store::{Conn, StoreError, mail_template};

use crate::{App, Conflict, Error};

/// A letter to one person. `values.site` and `values.email` are filled in.
#[derive(Debug, Clone)]
pub struct NewLetter<'a> {
    /// Which template.
    pub template: TemplateName,
    /// In which language.
    pub language: Language,
    /// To which address.
    pub to: &'a Email,
    /// To whom.
    pub to_name: &'a str,
    /// What it is about, to ask for its state by: the id of an invite, for one.
    pub about: Option<[u8; 16]>,
    /// On whose behalf; none: the site's own.
    pub owner: Option<MemberId>,
    /// What stands for the tokens.
    pub values: Values,
    /// The calendar entry.
    pub schedule: Option<Schedule>,
}

/// A letter that is written and sealed, and not queued yet.
pub(crate) struct Written {
    id: MailId,
    purpose: &'static str,
    about: [u8; 16],
    owner: Option<MemberId>,
    email: String,
    sealed: Vec<u8>,
}

impl Written {
    pub(crate) fn new_mail(&self) -> NewMail<'_> {
        let Self { id, purpose, about, owner, email, sealed } = self;
        let (about, text) = (Some(*about), MailText::Sealed(sealed));
        NewMail { id: *id, purpose, about, owner: *owner, email, text }
    }
}

impl App {
    /// Whether this process knows a mail server.
    pub fn mail_is_on(&self) -> bool {
        self.inner.config.mail.is_some()
    }

    /// Queues a letter inside the transaction of a use case: it goes out if that is committed. Call
    /// [`App::wake_mail`] after the commit.
    ///
    /// # Errors
    /// `MailOff`, or `TooMuchMail` when a ceiling is reached.
    pub async fn queue_mail(&self, conn: &mut Conn, letter: NewLetter<'_>) -> Result<MailId, Error> {
        let template = find_template(conn, letter.template, letter.language).await?;
        self.queue_letter(conn, &letter, &template, letter.template.code()).await
    }

    async fn queue_letter(
        &self,
        conn: &mut Conn,
        letter: &NewLetter<'_>,
        template: &Template,
        purpose: &'static str,
    ) -> Result<MailId, Error> {
        let written = self.write_letter(letter, template, purpose)?;
        match queue::queue(conn, &written.new_mail(), &self.inner.config.mail_ceilings).await? {
            Ok(()) => Ok(written.id),
            Err(ceiling) => Err(Conflict::TooMuchMail(ceiling).into()),
        }
    }

    /// Writes a letter and seals it. Many are written before the transaction that queues them: others wait for that.
    ///
    /// # Errors
    /// `MailOff` or `BadTemplate`.
    pub(crate) fn write_letter(
        &self,
        letter: &NewLetter<'_>,
        template: &Template,
        purpose: &'static str,
    ) -> Result<Written, Error> {
        let Some(settings) = &self.inner.config.mail else { return Err(Conflict::MailOff.into()) };
        let date = self.now();
        let id = MailId::new(date, self.random());
        let message =
            self.write_out(settings, letter, template, (id, date)).map_err(Conflict::BadTemplate)?;
        let sealed = self.inner.keys.seal_bytes("mail", &message, id.as_bytes(), &self.inner.outside);
        let sealed = sealed.ok_or_else(|| Error::Bug("a message could not be sealed".into()))?;
        // What is about nothing is asked for by its own id.
        let about = letter.about.unwrap_or(*id.as_bytes());
        Ok(Written { id, purpose, about, owner: letter.owner, email: letter.to.as_str().to_owned(), sealed })
    }

    /// Queues mails of one owner inside the transaction of a use case, all or none.
    ///
    /// # Errors
    /// `TooMuchMail` when a ceiling is exceeded; the transaction must not be kept then.
    pub(crate) async fn queue_all_mail(&self, conn: &mut Conn, mails: &[NewMail<'_>]) -> Result<(), Error> {
        let queued = queue::queue_all(conn, mails, &self.inner.config.mail_ceilings).await?;
        queued.map_err(|ceiling| Conflict::TooMuchMail(ceiling).into())
    }

    /// The whole message.
    fn write_out(
        &self,
        settings: &Settings,
        letter: &NewLetter<'_>,
        template: &Template,
        (id, date): (MailId, Instant),
    ) -> Result<Vec<u8>, TemplateError> {
        let mut values = letter.values.clone();
        values.site.clone_from(&self.inner.config.site_name);
        values.email = letter.to.as_str().to_owned();
        compose(&Letter {
            from: settings,
            to: letter.to,
            to_name: letter.to_name,
            id: &id.to_string(),
            host: self.mail_host(),
            date,
            template,
            values: &values,
            schedule: letter.schedule.as_ref(),
        })
    }

    /// Lets the worker look at the queue now; without it, it looks within two seconds.
    pub fn wake_mail(&self) {
        self.inner.mail.came.notify_one();
    }

    /// The host of the site, as it names itself to mail servers and in the names of messages.
    fn mail_host(&self) -> &str {
        let url = &self.inner.config.public_url;
        let host = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
        let host = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
            _ => host,
        };
        if host.is_empty() { "localhost" } else { host }
    }
}

/// Why a mail has not got through, so far or for good; nothing is said of one that was taken or was not tried yet.
#[must_use]
pub fn mail_cause(mail: &MailFacts) -> Option<Cause> {
    match mail.state {
        MailState::Sent | MailState::Sending => None,
        MailState::Waiting if mail.answer.is_empty() => None,
        // It is told where the invite is shown, which is revoked or over.
        MailState::Failed if mail.answer == message::WITHDRAWN => None,
        // Handed over, and the answer lost: it may have arrived.
        MailState::Unknown => Some(Cause::Unknown),
        MailState::Waiting | MailState::Failed if mail.answer == worker::SHUT => Some(Cause::Unknown),
        MailState::Waiting | MailState::Failed => Some(Cause::of(&mail.answer)),
    }
}

/// A member's display name as tokens.
pub(crate) fn named(name: &str) -> Values {
    let (first_name, last_name) = name.rsplit_once(' ').unwrap_or((name, ""));
    Values { first_name: first_name.to_owned(), last_name: last_name.to_owned(), ..Values::default() }
}

/// The site's template, or the default.
pub(crate) async fn find_template(
    conn: &mut Conn,
    name: TemplateName,
    language: Language,
) -> Result<Template, StoreError> {
    let own = mail_template::find(conn, name.code(), language.code()).await?;
    Ok(own.map_or_else(
        || default_template(name, language),
        |own| Template { subject: own.subject, text: own.text, html: own.html },
    ))
}

/// The newest mail of a template about each of these, in their order: for lists that show what became of it.
pub async fn list_latest(
    conn: &mut Conn,
    template: TemplateName,
    about: &[[u8; 16]],
) -> Result<Vec<Option<MailFacts>>, StoreError> {
    queue::list_latest(conn, template.code(), about).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(state: MailState, answer: &str) -> MailFacts {
        let at = Instant::from_ms(0);
        let answer = answer.to_owned();
        let id = MailId::from_bytes([1; 16]);
        MailFacts {
            id,
            about: None,
            state,
            answer,
            attempts: 1,
            run_after: at,
            created_at: at,
            sent_at: None,
        }
    }

    #[test]
    fn a_cause_is_told_of_what_did_not_get_through() {
        let refused = "550 5.1.1 No such person here";
        assert_eq!(mail_cause(&mail(MailState::Failed, refused)), Some(Cause::NoSuchAddress));
        assert_eq!(mail_cause(&mail(MailState::Waiting, "451 later")), Some(Cause::PutOff));
        assert_eq!(mail_cause(&mail(MailState::Waiting, "")), None);
        assert_eq!(mail_cause(&mail(MailState::Sent, "250 2.0.0 taken")), None);
        assert_eq!(mail_cause(&mail(MailState::Unknown, "no answer within 30 s")), Some(Cause::Unknown));
        assert_eq!(mail_cause(&mail(MailState::Failed, worker::SHUT)), Some(Cause::Unknown));
    }
}
