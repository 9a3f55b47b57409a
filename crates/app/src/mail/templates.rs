//! Mail templates for administrators: read, change, go back, look at, try out.

use ::mail::{Language, Template, TemplateName, Values, check, default_template, in_utc, qr_png};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::access::Action;
use domain::{Email, Instant, MailId, Span};
use store::mail::{self as queue, Logged, MailFacts};
use store::mail_template::{self, StoredTemplate};
use store::site_log::{self, SiteChange};
use store::{Conn, StoreError};

use super::{NewLetter, find_template};
use crate::{App, Caller, Conflict, Error};

/// Mails on one page.
pub const MAIL_PAGE: i64 = 50;

/// A template as the administrator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownTemplate {
    /// What it is for.
    pub name: TemplateName,
    /// Its language.
    pub language: Language,
    /// What it says.
    pub template: Template,
    /// When the site made it its own; none: the default holds.
    pub changed_at: Option<Instant>,
}

impl App {
    /// Every template in every language.
    ///
    /// # Errors
    /// `SignInFirst`, `Refused`.
    pub async fn list_mail_templates(&self, caller: &Caller) -> Result<Vec<ShownTemplate>, Error> {
        self.decide_on_site(caller, Action::ManageSite)?;
        let own: Result<Vec<StoredTemplate>, StoreError> =
            self.inner.store.read(async |conn: &mut Conn| mail_template::list(conn).await).await;
        let own = own?;
        let all = TemplateName::ALL.iter().flat_map(|name| Language::ALL.iter().map(|to| (*name, *to)));
        let shown = all.map(|(name, language)| {
            let found = own.iter().find(|own| own.name == name.code() && own.language == language.code());
            show(name, language, found.cloned())
        });
        Ok(shown.collect())
    }

    /// One template.
    ///
    /// # Errors
    /// `SignInFirst`, `Refused`.
    pub async fn get_mail_template(
        &self,
        caller: &Caller,
        name: TemplateName,
        language: Language,
    ) -> Result<ShownTemplate, Error> {
        self.decide_on_site(caller, Action::ManageSite)?;
        let own: Result<_, StoreError> = self
            .inner
            .store
            .read(async move |conn: &mut Conn| mail_template::find(conn, name.code(), language.code()).await)
            .await;
        Ok(show(name, language, own?))
    }

    /// Makes a template the site's own.
    ///
    /// # Errors
    /// `BadTemplate` with what is wrong and where, `SignInFirst`, `Refused`.
    pub async fn save_mail_template(
        &self,
        caller: &Caller,
        name: TemplateName,
        language: Language,
        template: Template,
    ) -> Result<ShownTemplate, Error> {
        self.decide_on_site(caller, Action::ManageSite)?;
        check(name, &template).map_err(Conflict::BadTemplate)?;
        let change = self.mail_change(caller, "mail_template_saved", name, language)?;
        let (app, asked) = (self.clone(), caller.clone());
        self.inner
            .store
            .write(async move |conn: &mut Conn| {
                app.decide_on_site_now(conn, &asked, Action::ManageSite).await?;
                let at = conn.now().await?;
                let new = StoredTemplate {
                    name: name.code().into(),
                    language: language.code().into(),
                    subject: template.subject,
                    text: template.text,
                    html: template.html,
                    changed_at: at,
                };
                mail_template::put(conn, &new).await?;
                site_log::add(conn, &SiteChange { at, ..change }).await?;
                Ok::<_, Error>(())
            })
            .await?;
        self.get_mail_template(caller, name, language).await
    }

    /// Goes back to the default.
    ///
    /// # Errors
    /// `SignInFirst`, `Refused`.
    pub async fn reset_mail_template(
        &self,
        caller: &Caller,
        name: TemplateName,
        language: Language,
    ) -> Result<ShownTemplate, Error> {
        self.decide_on_site(caller, Action::ManageSite)?;
        let change = self.mail_change(caller, "mail_template_reset", name, language)?;
        let (app, asked) = (self.clone(), caller.clone());
        self.inner
            .store
            .write(async move |conn: &mut Conn| {
                app.decide_on_site_now(conn, &asked, Action::ManageSite).await?;
                if mail_template::delete(conn, name.code(), language.code()).await? {
                    let at = conn.now().await?;
                    site_log::add(conn, &SiteChange { at, ..change }).await?;
                }
                Ok::<_, Error>(())
            })
            .await?;
        Ok(show(name, language, None))
    }

    /// A template, saved or not, filled with sample values: subject, text and HTML, which must be shown where it
    /// can run and fetch nothing.
    ///
    /// # Errors
    /// `BadTemplate`, `SignInFirst`, `Refused`.
    pub fn preview_mail_template(
        &self,
        caller: &Caller,
        name: TemplateName,
        language: Language,
        template: &Template,
    ) -> Result<Template, Error> {
        self.decide_on_site(caller, Action::ManageSite)?;
        check(name, template).map_err(Conflict::BadTemplate)?;
        let mut values = self.sample(name, language);
        values.site.clone_from(&self.inner.config.site_name);
        values.email = "dana@example.org".into();
        let picture = qr_png(&values.link).map(|png| STANDARD.encode(png)).unwrap_or_default();
        let qr =
            format!("<img src=\"data:image/png;base64,{picture}\" alt=\"QR\" width=\"180\" height=\"180\">");
        Ok(template.fill(&values, &qr).map_err(Conflict::BadTemplate)?)
    }

    /// Sends a template, saved or as it is being edited, with sample values to the administrator's own address.
    ///
    /// # Errors
    /// `MailOff`, `TooMuchMail`, `BadTemplate`, `SignInFirst`, `Refused`.
    pub async fn send_test_mail(
        &self,
        caller: &Caller,
        name: TemplateName,
        language: Language,
        draft: Option<Template>,
    ) -> Result<MailId, Error> {
        self.decide_on_site(caller, Action::ManageSite)?;
        let member = self.get_own_member(caller)?.clone();
        if let Some(draft) = &draft {
            check(name, draft).map_err(Conflict::BadTemplate)?;
        }
        let to = Email::new(&member.email).map_err(|_| Error::Bug("a member has no address".into()))?;
        let change = self.mail_change(caller, "mail_test_sent", name, language)?;
        let app = self.clone();
        let sent = self
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                let template = match draft {
                    Some(draft) => draft,
                    None => find_template(conn, name, language).await?,
                };
                let letter = NewLetter {
                    template: name,
                    language,
                    to: &to,
                    to_name: &member.name,
                    about: None,
                    owner: Some(member.facts.id),
                    values: app.sample(name, language),
                    schedule: None,
                };
                let id = app.queue_letter(conn, &letter, &template, TemplateName::Test.code()).await?;
                let at = conn.now().await?;
                site_log::add(conn, &SiteChange { at, ..change }).await?;
                Ok::<_, Error>(id)
            })
            .await?;
        self.wake_mail();
        Ok(sent)
    }

    /// What became of a test mail.
    ///
    /// # Errors
    /// `NotFound`, `SignInFirst`, `Refused`.
    pub async fn get_test_mail(&self, caller: &Caller, id: MailId) -> Result<MailFacts, Error> {
        self.decide_on_site(caller, Action::ManageSite)?;
        let found: Result<_, StoreError> = self
            .inner
            .store
            .read(async move |conn: &mut Conn| {
                queue::list_latest(conn, TemplateName::Test.code(), &[*id.as_bytes()]).await
            })
            .await;
        found?.pop().flatten().ok_or(Error::NotFound)
    }

    /// The site's mail, newest first, from behind `before` on; never what it says.
    ///
    /// # Errors
    /// `SignInFirst`, `Refused`.
    pub async fn list_mail(&self, caller: &Caller, before: Option<MailId>) -> Result<Vec<Logged>, Error> {
        self.decide_on_site(caller, Action::ManageSite)?;
        let read: Result<_, StoreError> = self
            .inner
            .store
            .read(async move |conn: &mut Conn| queue::page(conn, before, MAIL_PAGE).await)
            .await;
        Ok(read?)
    }

    fn mail_change(
        &self,
        caller: &Caller,
        what: &str,
        name: TemplateName,
        language: Language,
    ) -> Result<SiteChange, Error> {
        let actor = self.get_own_member(caller)?.email.clone();
        let id = *MailId::new(self.now(), self.random()).as_bytes();
        let detail = format!("{} {}", name.code(), language.code());
        Ok(SiteChange { id, actor, what: what.into(), detail, at: self.now() })
    }

    fn sample(&self, name: TemplateName, language: Language) -> Values {
        let (first_name, last_name, title, item, start) = match language {
            Language::English => {
                ("Dana", "Levi", "Dr.", "A walk by the sea", "Sunday, 7 June 2026, 18:00 UTC")
            }
            Language::Hebrew => ("דנה", "לוי", "ד״ר", "טיול לאורך הים", "יום ראשון, 7 ביוני 2026, 18:00 UTC"),
        };
        let tells = name == TemplateName::Refusals;
        let page = if tells { "account" } else { "i/sample" };
        Values {
            first_name: first_name.into(),
            last_name: last_name.into(),
            title: title.into(),
            link: format!("{}/{}", self.inner.config.public_url, page),
            refusals: self.sample_refusals(language, item, &format!("{first_name} {last_name}")),
            item: item.into(),
            start: if tells { in_utc(self.now().minus(Span::from_days(1))) } else { start.into() },
            code: "12345678".into(),
            ..Values::default()
        }
    }
}

fn show(name: TemplateName, language: Language, own: Option<StoredTemplate>) -> ShownTemplate {
    let changed_at = own.as_ref().map(|own| own.changed_at);
    let template = own.map_or_else(
        || default_template(name, language),
        |own| Template { subject: own.subject, text: own.text, html: own.html },
    );
    ShownTemplate { name, language, template, changed_at }
}
