//! Making one invite.

use domain::access::Action;
use domain::{ActivityKind, Instant, InviteFacts, ItemId, LinkId, MemberId, News, SitePolicy};
use store::invite::{self, NewInvite};
use store::{Conn, invite_list};

use super::check::{self, Person, Terms};
use super::typed::TypedTerms;
use super::{ShownInvite, mail};
use crate::activity::record;
use crate::items::actor;
use crate::{App, AtItem, Caller, Error, LinkToken};

/// An invite to be made, as typed.
#[derive(Debug, Clone, Default)]
pub struct TypedInvite {
    /// Address.
    pub email: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// The rest.
    pub terms: TypedTerms,
}

/// Something the owner may not have thought of; no error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// The address is the caller's own.
    OwnAddress,
    /// A member with this address holds a right at the item already.
    HasRight,
    /// The address has letters beyond ASCII: another one may look the same.
    UnusualLetters,
}

impl Hint {
    /// Its code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::OwnAddress => "own_address",
            Self::HasRight => "has_right",
            Self::UnusualLetters => "unusual_letters",
        }
    }
}

/// A new invite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeInvite {
    /// The invite.
    pub invite: ShownInvite,
    /// What to send.
    pub url: String,
    /// What may be worth a second look.
    pub hint: Option<Hint>,
}

/// An invite that only waits for the clock of its transaction.
pub(super) struct Draft {
    pub(super) id: LinkId,
    pub(super) token: LinkToken,
    sealed: Vec<u8>,
    pub(super) person: Person,
    facts: InviteFacts,
}

impl Draft {
    /// Its row, made at `now`.
    pub(super) fn row(&self, made_by: MemberId, now: Instant) -> NewInvite<'_> {
        NewInvite {
            facts: &self.facts,
            first_name: self.person.first_name.as_str(),
            last_name: self.person.last_name.as_str(),
            token_hash: self.token.hash(),
            token_sealed: &self.sealed,
            made_by,
            now,
        }
    }

    pub(super) fn email(&self) -> &str {
        self.person.email.as_str()
    }
}

impl App {
    /// Makes an invite; answers it with its URL.
    ///
    /// # Errors
    /// `Invalid`, `NotFound`, `Refused`, or a conflict: mail off, invites off for this kind, collaboration off.
    pub async fn make_invite(
        &self,
        caller: &Caller,
        item: ItemId,
        typed: TypedInvite,
    ) -> Result<MadeInvite, Error> {
        let (app, asked, policy) = (self.clone(), caller.clone(), self.policy());
        let codes = self.mails_codes(&policy);
        let (id, token, hint) = self
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                let (at, now) = lock_to_invite(conn, &asked, &policy, item).await?;
                let facts = at.item.as_ref().map(|item| &item.facts).ok_or(Error::NotFound)?;
                let person = check::person(&typed.email, &typed.first_name, &typed.last_name, &policy);
                let terms = check::terms(&typed.terms, facts.kind, &policy, codes);
                let (person, terms) = both(person, terms)?;
                let member = app.get_own_member(&asked)?;
                let made_by = member.facts.id;
                let email = person.email.as_str();
                let hint = if member.email == email {
                    Some(Hint::OwnAddress)
                } else if invite_list::has_right(conn, item, email).await? {
                    Some(Hint::HasRight)
                } else {
                    person.email.has_unusual_letters().then_some(Hint::UnusualLetters)
                };
                let draft = app.draft(LinkId::new(now, app.random()), item, person, &terms, now)?;
                invite::insert(conn, &[draft.row(made_by, now)]).await?;
                let detail = said_of(&draft.facts);
                let outside = &app.inner.outside;
                record(
                    conn,
                    outside,
                    item,
                    Some(draft.id),
                    actor(&asked),
                    ActivityKind::InviteCreated,
                    &detail,
                )
                .await?;
                if typed.terms.send_mail {
                    let language = mail::language(typed.terms.language.as_deref())?;
                    app.queue_invites(conn, &asked, &[(draft.id, draft.email())], language).await?;
                }
                Ok::<_, Error>((draft.id, draft.token, hint))
            })
            .await?;
        self.wake_mail();
        self.tell(item, News::Invites);
        // Whoever is inside by a lower invite rises at once.
        self.tell(item, News::Role);
        Ok(MadeInvite { invite: self.show_invite(item, id).await?, url: self.invite_url(token), hint })
    }

    /// Makes a token and seals it.
    pub(super) fn draft(
        &self,
        id: LinkId,
        item: ItemId,
        person: Person,
        terms: &Terms,
        now: Instant,
    ) -> Result<Draft, Error> {
        let token = LinkToken::from_random(self.random());
        let sealed = self.seal_token(token, id, item)?;
        let facts = InviteFacts {
            id,
            item,
            email: person.email.clone(),
            role: terms.role,
            lent: None,
            max_uses: terms.max_uses,
            uses: 0,
            end: terms.end(now),
            revoked_at: None,
            cut_at: None,
            proves_by_code: terms.proves_by_code,
        };
        Ok(Draft { id, token, sealed, person, facts })
    }

    pub(super) fn seal_token(&self, token: LinkToken, id: LinkId, item: ItemId) -> Result<Vec<u8>, Error> {
        let sealed = self.inner.keys.seal(token, id, item, &self.inner.outside);
        sealed.ok_or_else(|| Error::Bug("a token could not be sealed".into()))
    }

    pub(super) fn invite_url(&self, token: LinkToken) -> String {
        format!("{}/i/{}", self.inner.config.public_url, token.to_text())
    }
}

/// Begins to invite: whoever may manage invites here is told plainly what about the item is in the way.
pub(super) async fn lock_to_invite(
    conn: &mut Conn,
    caller: &Caller,
    policy: &SitePolicy,
    item: ItemId,
) -> Result<(AtItem, Instant), Error> {
    let (at, now) = AtItem::lock(conn, caller, policy, item, Action::ManageInvites).await?;
    let facts = at.item.as_ref().map(|item| &item.facts).ok_or(Error::NotFound)?;
    check::refuse_item(facts, policy)?;
    at.grant(caller, policy, Action::Invite, now)?;
    Ok((at, now))
}

fn both<A, B>(
    a: Result<A, Vec<crate::FieldError>>,
    b: Result<B, Vec<crate::FieldError>>,
) -> Result<(A, B), Error> {
    match (a, b) {
        (Ok(a), Ok(b)) => Ok((a, b)),
        (a, b) => {
            let wrong = a.err().into_iter().chain(b.err()).flatten().collect();
            Err(Error::Invalid(wrong))
        }
    }
}

/// Address and role, for the activity.
pub(super) fn said_of(facts: &InviteFacts) -> String {
    format!("email: {}; role: {}", facts.email.as_str(), facts.role)
}
