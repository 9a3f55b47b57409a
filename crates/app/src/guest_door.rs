//! The guest's way in: opening a link, sending its entry form, leaving the seat.

use domain::access::{Action, As, Decision, Facts, Step, decide};
use domain::{Email, ItemId, ItemKind, LinkId, News, PersonName, Reason, SeatHold, Span};
use store::entry::{Form, Outcome};
use store::item::Item;
use store::link::{self, Link};
use store::seat;
use store::{Conn, StoreError, log};

use crate::accounts::{email_code, name_code};
use crate::door::Turned;
use crate::leaving::KeyChange;
use crate::{App, AtItem, Caller, Error, FieldError, FormKey, LinkToken, Refusal};

/// What the entry page shows of the item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoorPlate {
    /// Which.
    pub item: ItemId,
    /// What kind, for the button's word.
    pub kind: ItemKind,
    /// Title.
    pub title: String,
    /// Who shares it.
    pub owner_name: String,
    /// How long it is, once known.
    pub duration: Option<Span>,
}

/// What opening a link comes to.
#[derive(Debug, Clone)]
pub enum LinkOpened {
    /// In: the item's page.
    In(ItemId),
    /// The owner, who sees the page as a preview.
    Preview(ItemId),
    /// Type name and e-mail.
    Enter {
        /// What is behind the door.
        plate: DoorPlate,
        /// A signed-in member's name and address, to be filled in.
        known: Option<(String, String)>,
    },
    /// "Continue as NAME / Somebody else".
    ContinueAs {
        /// What is behind the door.
        plate: DoorPlate,
        /// Who sits there.
        name: String,
    },
    /// Still processing.
    NotReady(DoorPlate),
}

/// An entry form, as typed.
#[derive(Debug, Clone, Default)]
pub struct TypedEntry {
    /// Name.
    pub name: String,
    /// E-mail.
    pub email: String,
    /// Form key.
    pub form_key: String,
    /// "This is a shared computer".
    pub shared: bool,
    /// On the "continue as" page: the seat's person is still the same.
    pub continues: bool,
}

/// What a good form came to.
#[derive(Debug, Clone)]
pub enum Entered {
    /// In.
    In {
        /// Where.
        item: ItemId,
        /// For the cookie.
        keys: KeyChange,
    },
    /// Still processing: the page waits.
    NotReady,
}

struct AtLink {
    link: Link,
    at: AtItem,
}

impl App {
    /// Opens the page behind a guest link. Changes nothing, whoever asks and how often.
    ///
    /// # Errors
    /// `Refused` with the exact cause.
    pub async fn open_guest_link(&self, caller: &Caller, token: &str) -> Result<LinkOpened, Error> {
        let AtLink { link, at } = self.find_link(caller, token).await?;
        let item = at.item.as_ref().ok_or(Error::NotFound)?;
        match self.decide_at_link(caller, &link, &at, Action::OpenGuestLink) {
            Decision::Allow(grant) => Ok(match grant.who() {
                As::Preview(_) => LinkOpened::Preview(link.item),
                _ => LinkOpened::In(link.item),
            }),
            Decision::Challenge(Step::Enter) => {
                let known = caller.member.as_ref().map(|member| (member.name.clone(), member.email.clone()));
                Ok(LinkOpened::Enter { plate: plate(item), known })
            }
            Decision::Challenge(Step::ContinueAs) => {
                let name = at.seat.as_ref().map(|seat| seat.name.clone()).unwrap_or_default();
                Ok(LinkOpened::ContinueAs { plate: plate(item), name })
            }
            Decision::Challenge(Step::NotReady) => Ok(LinkOpened::NotReady(plate(item))),
            Decision::Challenge(_) => Err(Error::SignInFirst),
            Decision::Deny(reason) => Err(Error::Refused(Refusal { reason, link: Some(link.facts.id) })),
        }
    }

    /// What is behind a link, for showing its form again with an error.
    ///
    /// # Errors
    /// `Refused` when the link is unknown.
    pub async fn get_door_plate(&self, caller: &Caller, token: &str) -> Result<DoorPlate, Error> {
        let found = self.find_link(caller, token).await?;
        found.at.item.as_ref().map(plate).ok_or(Error::NotFound)
    }

    /// The visible page's own script says that a link was opened. Counts, and tells nobody whether there is one.
    pub async fn note_opened(&self, token: &str) {
        let Ok(found) = self.find_link(&Caller::default(), token).await else { return };
        let (link, now) = (found.link.facts.id, self.now());
        let noted: Result<_, StoreError> =
            self.inner.store.write(async move |conn: &mut Conn| log::open(conn, link, now).await).await;
        if let Err(error) = noted {
            tracing::warn!(%error, "an opened link could not be noted");
        }
    }

    /// A fresh key for one entry form.
    pub fn new_form_key(&self) -> FormKey {
        FormKey::new(self.now(), self.random())
    }

    /// Sends an entry form: a use is spent if and only if a seat is made.
    ///
    /// # Errors
    /// `Invalid` for a field, `Refused` with the exact cause, `Unavailable` when it is not known whether the seat
    /// was made; the same form, sent again, tells.
    pub async fn enter(&self, caller: &Caller, token: &str, typed: &TypedEntry) -> Result<Entered, Error> {
        if !caller.is_nobody()
            && let Some(item) = self.enter_without_form(caller, token, typed).await?
        {
            return Ok(Entered::In { item, keys: KeyChange::default() });
        }
        // The door decides, under its lock; what was read before may be old by then.
        let token = LinkToken::from_text(token).ok_or(Error::refused(Reason::UnknownLink))?;
        let form_key = FormKey::from_text(&typed.form_key).ok_or(Error::refused(Reason::StaleForm))?;
        let (name, email) = self.check_person(typed)?;
        let key = self.inner.keys.browser_key(form_key, token);
        let hold = if typed.shared { SeatHold::Shared } else { SeatHold::Own };
        let form = Form {
            token: token.hash(),
            seat: form_key.seat(token),
            held: caller.keys.clone(),
            key: key.hash(),
            hold,
            look: name.look(),
            name: name.as_str().to_owned(),
            email: email.as_str().to_owned(),
            device: caller.device,
        };
        let made = form.seat;
        match self.inner.door.enter(form).await? {
            Outcome::Seated(item, gone) => {
                self.tell_inside(item);
                Ok(Entered::In { item, keys: KeyChange { given: Some((key, hold)), gone } })
            }
            Outcome::Returned(item, seat, gone) => {
                let given = Some((key, hold)).filter(|_| seat == made);
                Ok(Entered::In { item, keys: KeyChange { given, gone } })
            }
            Outcome::Refused(_, Turned::NotReady) => Ok(Entered::NotReady),
            Outcome::Refused(_, Turned::NameTaken) => Err(Error::invalid("name", "name_taken")),
            Outcome::Refused(link, Turned::Away(reason)) => Err(self.refuse(link, reason).await),
            Outcome::NoLink => Err(Error::refused(Reason::UnknownLink)),
        }
    }

    /// A member with a right at the item needs no form, nor does an invitee who sits there, nor a guest who still does.
    async fn enter_without_form(
        &self,
        caller: &Caller,
        token: &str,
        typed: &TypedEntry,
    ) -> Result<Option<ItemId>, Error> {
        let AtLink { link, at } = self.find_link(caller, token).await?;
        match self.decide_at_link(caller, &link, &at, Action::EnterGuestLink) {
            Decision::Allow(grant) if grant.member().is_some() => Ok(Some(link.item)),
            Decision::Allow(grant) if matches!(grant.who(), As::Invitee { .. }) => Ok(Some(link.item)),
            Decision::Allow(grant) if typed.continues && matches!(grant.who(), As::Guest { .. }) => {
                self.continue_seat(&at).await?;
                Ok(Some(link.item))
            }
            Decision::Deny(reason @ Reason::ScopeMissing) => Err(Error::refused(reason)),
            _ => Ok(None),
        }
    }

    fn check_person(&self, typed: &TypedEntry) -> Result<(PersonName, Email), Error> {
        let mut wrong = Vec::new();
        let name = PersonName::new(&typed.name)
            .map_err(|e| wrong.push(FieldError { field: "name", code: name_code(e) }));
        let email = Email::new(&typed.email)
            .map_err(|e| wrong.push(FieldError { field: "email", code: email_code(e) }));
        let (Ok(name), Ok(email)) = (name, email) else { return Err(Error::Invalid(wrong)) };
        let policy = self.policy();
        if policy.domains_for_guests && !policy.admits_domain(email.domain()) {
            return Err(Error::invalid("email", "email_domain_refused"));
        }
        Ok((name, email))
    }

    /// "Continue as NAME": the seat is heard of now, so that coming back does not ask again at once.
    async fn continue_seat(&self, at: &AtItem) -> Result<(), Error> {
        let Some(seat) = &at.seat else { return Ok(()) };
        let seen = [(seat.facts.id, self.now())];
        Ok(self.inner.store.write(async move |conn: &mut Conn| seat::mark_seen(conn, &seen).await).await?)
    }

    /// Counts a refusal at a link, one row per cause and minute, and answers it.
    pub(crate) async fn refuse(&self, link: LinkId, reason: Reason) -> Error {
        let now = self.now();
        let kept: Result<_, StoreError> = self
            .inner
            .store
            .write(async move |conn: &mut Conn| log::refuse(conn, link, reason, now).await)
            .await;
        if let Err(error) = kept {
            tracing::warn!(%error, "a refusal could not be counted");
        }
        Error::Refused(Refusal { reason, link: Some(link) })
    }

    async fn find_link(&self, caller: &Caller, token: &str) -> Result<AtLink, Error> {
        let unknown = || Error::refused(Reason::UnknownLink);
        let token = LinkToken::from_text(token).ok_or_else(unknown)?;
        let caller = caller.clone();
        let found: Result<_, StoreError> = self
            .inner
            .store
            .read(async move |conn: &mut Conn| {
                let Some(link) = link::find_by_token(conn, token.hash()).await? else { return Ok(None) };
                let at = AtItem::load(conn, &caller, link.item).await?;
                Ok(Some(AtLink { link, at }))
            })
            .await;
        found?.ok_or_else(unknown)
    }

    fn decide_at_link(&self, caller: &Caller, link: &Link, at: &AtItem, action: Action) -> Decision {
        let (policy, now) = (self.policy(), self.now());
        let facts = Facts {
            link: Some(&link.facts),
            seat_link: at.link.as_ref().map(|link| &link.facts),
            ..at.facts(&policy, now)
        };
        decide(&at.subject(caller), action, &facts, now)
    }

    /// Tells owners' pages that somebody came or went, here and at other processes.
    pub(crate) fn tell_inside(&self, item: ItemId) {
        self.tell(item, News::Inside);
    }
}

pub(crate) fn plate(item: &Item) -> DoorPlate {
    DoorPlate {
        item: item.facts.id,
        kind: item.facts.kind,
        title: item.title.clone(),
        owner_name: item.owner_name.clone(),
        duration: item.facts.duration,
    }
}
