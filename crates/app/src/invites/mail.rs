//! Where invites meet the mail queue.

use std::collections::HashMap;

use domain::{InviteState, LinkId, MailId, SitePolicy};
use store::mail::{MailText, NewMail};
use store::{Conn, StoreError};

use crate::mail::{Language, MailFacts, MailState, TemplateName, list_latest};
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

    /// Puts the mails of these invites into the queue, in the transaction that makes or resends them. They are written
    /// when they are sent.
    pub(super) async fn queue_invites(
        &self,
        conn: &mut Conn,
        caller: &Caller,
        to: &[(LinkId, &str)],
        language: Language,
    ) -> Result<(), Error> {
        if !self.mails_invites(&self.policy()) {
            return Err(Conflict::MailOff.into());
        }
        let now = conn.now().await?;
        let owner = caller.member_facts().map(|member| member.id);
        let mails = to.iter().map(|(id, email)| NewMail {
            id: MailId::new(now, self.random()),
            purpose: TemplateName::Invite.code(),
            about: Some(*id.as_bytes()),
            owner,
            email,
            text: MailText::WhenSent(language.code()),
        });
        self.queue_all_mail(conn, &mails.collect::<Vec<_>>()).await
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
