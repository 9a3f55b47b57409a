//! Where invites meet the mail queue.

use std::collections::HashMap;

use domain::{InviteState, ItemId, LinkId, SitePolicy};
use store::{Conn, StoreError, invite, item};

use crate::mail::{Language, MailFacts, MailState, NewLetter, TemplateName, Values, list_latest};
use crate::{App, Caller, Conflict, Error};

impl App {
    /// Whether an invite can be sent by e-mail: without a template the box is not even shown.
    pub(super) fn mails_invites(&self, policy: &SitePolicy) -> bool {
        policy.invite_template.is_some() && self.mail_is_on()
    }

    /// Whether an invite may be made to ask for a mailed code: mail is set up for invites as a whole. One that asks
    /// already goes on as long as there is a mail server at all.
    pub(super) fn mails_codes(&self, policy: &SitePolicy) -> bool {
        self.mails_invites(policy)
    }

    /// Puts the mails of these invites into the queue, in the transaction that makes or resends them.
    pub(super) async fn queue_invites(
        &self,
        conn: &mut Conn,
        caller: &Caller,
        item: ItemId,
        ids: &[LinkId],
        language: Language,
    ) -> Result<(), Error> {
        if !self.mails_invites(&self.policy()) {
            return Err(Conflict::MailOff.into());
        }
        let title = item::find(conn, item).await?.map(|item| item.title).ok_or(Error::NotFound)?;
        let owner = caller.member_facts().map(|member| member.id);
        for id in ids {
            let invite = invite::find(conn, *id).await?.ok_or(Error::NotFound)?;
            let sealed = invite::find_sealed(conn, *id).await?.ok_or(Error::NotFound)?;
            let values = Values {
                first_name: invite.first_name.clone(),
                last_name: invite.last_name.clone(),
                link: self.opened_url(&sealed, *id, item)?,
                item: title.clone(),
                ..Values::default()
            };
            let letter = NewLetter {
                template: TemplateName::Invite,
                language,
                to: &invite.facts.email,
                to_name: &format!("{} {}", invite.first_name, invite.last_name),
                about: Some(*id.as_bytes()),
                owner,
                values,
                // Items have no schedule yet.
                schedule: None,
            };
            self.queue_mail(conn, letter).await?;
        }
        Ok(())
    }
}

/// The language of a mail, as typed.
pub(super) fn language(code: Option<&str>) -> Result<Language, Error> {
    let unknown = |_| Error::invalid("language", "language_unknown");
    code.map_or(Ok(Language::English), |code| code.parse().map_err(unknown))
}

/// The newest mails of these invites; those that were never mailed are not among them.
pub(super) async fn list(conn: &mut Conn, ids: &[LinkId]) -> Result<HashMap<LinkId, MailFacts>, StoreError> {
    let about: Vec<_> = ids.iter().map(|id| *id.as_bytes()).collect();
    let latest = list_latest(conn, TemplateName::Invite, &about).await?;
    Ok(ids.iter().zip(latest).filter_map(|(id, facts)| Some((*id, facts?))).collect())
}

/// What a mail makes of its invite; none while it is on its way.
pub(super) fn state_of(mail: &MailFacts) -> Option<InviteState> {
    match mail.state {
        MailState::Sent => Some(InviteState::Mailed),
        // Perhaps taken is not surely taken: the owner looks, and may send it again.
        MailState::Failed | MailState::Unknown => Some(InviteState::MailFailed),
        MailState::Waiting | MailState::Sending => None,
    }
}
