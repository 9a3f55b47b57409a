//! The message of mail that is about to be handed over. Letters to one person are written when they are queued, and wait
//! sealed. Invites are written now: a list of thousands is queued without a picture being drawn for each while others wait
//! to write, what was revoked meanwhile is not sent, and title and template are those of the moment.

use ::mail::{Ending, NO_ADDRESS, Settings, TemplateName, Values};
use domain::{Email, LinkId};
use store::mail::Claimed;
use store::{Conn, StoreError, invite, item};

use super::worker::SHUT;
use super::{Language, NewLetter, Template, find_template};
use crate::App;

/// The answer that stands with the mail of an invite that was over before it was sent.
pub(super) const WITHDRAWN: &str = "the invite was revoked or over before this was sent";

/// What an invite's mail is made of.
struct Invited {
    invite: invite::Invite,
    sealed: Vec<u8>,
    title: String,
    template: Template,
    is_good: bool,
}

fn never(answer: impl Into<String>) -> Ending {
    Ending::Refused { permanent: true, answer: answer.into() }
}

impl App {
    /// The message, or how the mail ends without one.
    pub(crate) async fn message_of(
        &self,
        settings: &Settings,
        claimed: &Claimed,
    ) -> Result<Result<Vec<u8>, Ending>, StoreError> {
        if let Some(sealed) = &claimed.message_sealed {
            let opened = self.inner.keys.open_bytes("mail", sealed, claimed.id.as_bytes());
            return Ok(opened.ok_or_else(|| never(SHUT)));
        }
        let (Some(id), Some(language)) = (claimed.about.map(LinkId::from_bytes), claimed.language.as_deref())
        else {
            return Ok(Err(never(SHUT)));
        };
        let language: Language = language.parse().unwrap_or(Language::English);
        let found: Result<_, StoreError> =
            self.inner.store.read(async move |conn: &mut Conn| read(conn, id, language).await).await;
        let Some(invited) = found?.filter(|invited| invited.is_good) else {
            return Ok(Err(never(WITHDRAWN)));
        };
        let (app, settings, claimed) = (self.clone(), settings.clone(), claimed.clone());
        let written = move || app.write_invite(&settings, &claimed, &invited, language);
        let written = tokio::task::spawn_blocking(written).await;
        written.map_err(|error| StoreError::File(error.to_string()))
    }

    fn write_invite(
        &self,
        settings: &Settings,
        claimed: &Claimed,
        invited: &Invited,
        language: Language,
    ) -> Result<Vec<u8>, Ending> {
        let Invited { invite, sealed, title, template, .. } = invited;
        let to = Email::new(&claimed.email).map_err(|_| never(NO_ADDRESS))?;
        let link = self.opened_url(sealed, invite.facts.id, invite.facts.item).map_err(|_| never(SHUT))?;
        let values = Values {
            first_name: invite.first_name.clone(),
            last_name: invite.last_name.clone(),
            link,
            item: title.clone(),
            ..Values::default()
        };
        let letter = NewLetter {
            template: TemplateName::Invite,
            language,
            to: &to,
            to_name: &format!("{} {}", invite.first_name, invite.last_name),
            about: claimed.about,
            owner: None,
            values,
            // Items have no schedule yet.
            schedule: None,
        };
        let written = self.write_out(settings, &letter, template, (claimed.id, claimed.created_at));
        written.map_err(|error| match error {
            ::mail::TemplateError::Syntax { part: ::mail::Part::Subject, line: 1, .. } => never(NO_ADDRESS),
            other => never(other.to_string()),
        })
    }
}

async fn read(conn: &mut Conn, id: LinkId, language: Language) -> Result<Option<Invited>, StoreError> {
    let now = conn.now().await?;
    let (Some(invite), Some(sealed)) = (invite::find(conn, id).await?, invite::find_sealed(conn, id).await?)
    else {
        return Ok(None);
    };
    let Some(title) = item::find(conn, invite.facts.item).await?.map(|item| item.title) else {
        return Ok(None);
    };
    let template = find_template(conn, TemplateName::Invite, language).await?;
    let is_good = invite.facts.is_good(now);
    Ok(Some(Invited { invite, sealed, title, template, is_good }))
}
