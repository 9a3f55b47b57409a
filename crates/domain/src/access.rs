//! The one decision: may this subject do this, here and now, and as what?
//!
//! Pure and total. Facts are loaded before; rules are small functions that allow, challenge, deny or ignore.
//! The first rule in the table of access.md that speaks wins where the table has an order; a deny always beats
//! an allow; silence denies.

mod action;
mod decide;
mod grant;
mod guest;
mod invite;
mod own;

pub use action::Action;
pub use decide::decide;
pub use grant::{As, Grant, MediaGrant};
pub use own::{of_lent_right, of_right};

use crate::{
    Email, GroupId, InviteFacts, InviteSeatFacts, ItemFacts, ItemRight, LinkFacts, LobbyTries, MemberFacts,
    Proof, Reason, Scopes, SeatFacts, SitePolicy, ViewingFacts,
};

/// Who asks: everything this request could prove. A browser may be a member and hold a seat at the same time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Subject {
    /// A signed-in member, or the member of an API token.
    pub member: Option<MemberFacts>,
    /// Set when the member came by an API token: nothing outside these scopes.
    pub token: Option<Scopes>,
    /// The guest's seat this browser holds at the item asked for.
    pub seat: Option<SeatFacts>,
    /// The invitee's seat this browser holds there.
    pub invitee: Option<InviteSeatFacts>,
}

/// What is known of the thing asked for. Absent facts are absent things.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The site's policy.
    pub policy: &'a SitePolicy,
    /// The item.
    pub item: Option<&'a ItemFacts>,
    /// The member's right at the item.
    pub right: Option<ItemRight>,
    /// Whether it is lent: then it gives no say over rights, its own least of all.
    pub is_right_lent: bool,
    /// The groups the member is in.
    pub groups: &'a [GroupId],
    /// The guest link: of the URL that is opened, or of the seat that asks.
    pub link: Option<&'a LinkFacts>,
    /// At a door: the link through which this browser's seat was made, when it is another than the URL's.
    pub seat_link: Option<&'a LinkFacts>,
    /// The invites of the invitee's seat that asks.
    pub invites: &'a [InviteFacts],
    /// At the door of an invite link: what is known there.
    pub lobby: Option<LobbyFacts<'a>>,
    /// The viewing that asks for renewal.
    pub viewing: Option<ViewingFacts>,
}

impl<'a> Facts<'a> {
    /// Nothing known but the policy.
    pub const fn of(policy: &'a SitePolicy) -> Self {
        Self {
            policy,
            item: None,
            right: None,
            is_right_lent: false,
            groups: &[],
            link: None,
            seat_link: None,
            invites: &[],
            lobby: None,
            viewing: None,
        }
    }
}

/// What is known at the door of an invite link.
#[derive(Debug, Clone, Copy)]
pub struct LobbyFacts<'a> {
    /// The invite of the URL.
    pub invite: &'a InviteFacts,
    /// All invites of that person to that item, this one too.
    pub invites: &'a [InviteFacts],
    /// The person's seat, whoever's browser holds it.
    pub seat: Option<&'a InviteSeatFacts>,
    /// The addresses that the signed-in member has verified.
    pub verified: &'a [Email],
    /// What was typed into the lobby.
    pub typed: Option<&'a Email>,
    /// What this browser has shown beyond an address: a right code, or the leave of the owner or the first device.
    pub shown: Option<Proof>,
    /// Whether this browser held the seat when the owner removed its person.
    pub comes_back: bool,
    /// Whether the seat may still move to another device today without spending a use.
    pub has_moves_left: bool,
    /// Whether a code can be mailed from here.
    pub mails_codes: bool,
    /// Failed tries so far.
    pub tries: LobbyTries,
}

/// What must happen before the door opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Type name and e-mail.
    Enter,
    /// Say whether the person of the seat is still the same.
    ContinueAs,
    /// Wait: the item is still processing.
    NotReady,
    /// Type the invited address.
    Lobby,
    /// Nothing typed opens it: a code is asked for, and none can be mailed. The owner may let the device in.
    AskOwner,
    /// Type the code that was mailed to the invited address.
    TypeCode,
    /// Nothing to type: the signed-in member is the invited person, and going on binds this browser.
    EnterDirectly,
    /// Sign in.
    SignIn,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Yes, with the proof that guarded use cases take.
    Allow(Grant),
    /// Not yet.
    Challenge(Step),
    /// No.
    Deny(Reason),
}

impl Decision {
    /// The grant, or the reason; a challenge is a refusal here because nothing can be asked back.
    ///
    /// # Errors
    /// The reason of the refusal.
    pub fn granted(self) -> Result<Grant, Reason> {
        match self {
            Self::Allow(grant) => Ok(grant),
            Self::Deny(reason) => Err(reason),
            Self::Challenge(Step::SignIn) => Err(Reason::NotSignedIn),
            Self::Challenge(_) => Err(Reason::NoRight),
        }
    }
}
