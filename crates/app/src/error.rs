//! How a use case can end other than well. Closed, and without a word of HTTP; `server/src/error.rs` alone knows
//! status codes.

use domain::{LinkId, Reason, Scope};
use store::StoreError;

/// What is wrong with one row of a list of people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRow {
    /// The line it begins on, counted from 1.
    pub row: u64,
    /// `email`, `first_name`, `last_name`, `name`, `role`, `groups` or `row`.
    pub field: &'static str,
    /// What is wrong, as a code.
    pub code: &'static str,
    /// What of the line it speaks of, where the line holds several people.
    pub part: Option<String>,
}

/// What is wrong with one field of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldError {
    /// The field, as the request names it.
    pub field: &'static str,
    /// What is wrong, as a code; the words live in the catalogue.
    pub code: &'static str,
}

/// A refusal, with the link it happened at if it is known. Its reason is for the owner and the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// Why.
    pub reason: Reason,
    /// At which link.
    pub link: Option<LinkId>,
}

/// Something is as it should not be for this request, and the caller can do something about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Conflict {
    /// Links can be made only while guest access is on.
    GuestAccessOff,
    /// The item has all the links it may have; this one could go.
    TooManyLinks {
        /// A link that could go: an expired or used-up one, else the oldest.
        could_go: LinkId,
        /// Its name.
        name: String,
    },
    /// The new limit lies below the uses already spent.
    UsesBelowSpent {
        /// Uses spent.
        uses: i64,
    },
    /// The site has no mail template for invites, or no mail at all.
    MailOff,
    /// The door table lets no invite in at items of this kind.
    InvitesOff,
    /// A room invites only while it has chat and collaboration.
    CollaborationOff,
    /// The invite is revoked or expired.
    InviteOver,
    /// The seat has moved as often as it may in a day.
    MovesSpent,
    /// As much mail was queued as may be in this time.
    TooMuchMail(store::mail::Ceiling),
    /// A mail template is wrong.
    BadTemplate(mail::TemplateError),
    /// The item is in another state than this needs.
    WrongState,
    /// The address is taken.
    EmailTaken,
    /// The name is taken.
    NameTaken,
    /// The site's settings name the group.
    GroupNamed,
    /// The owner's right changes only when the item is given to somebody else.
    OwnersRight,
    /// The site keeps at least one enabled site administrator.
    LastAdministrator,
    /// The address that one signs in with cannot be taken away.
    SignInAddress,
    /// The one-time link was used, replaced or is too old.
    LinkSpent,
    /// The site has its first administrator already, or the one-time link is not the right one.
    SetupOver,
    /// The link was sealed with a key that the site has no more: it works, but cannot be shown.
    SealedBefore,
    /// The upload is at another offset.
    Offset {
        /// Where it is.
        offset_bytes: u64,
    },
    /// Another request is writing this upload.
    UploadBusy,
    /// The bytes do not have the checksum that came with them.
    ChecksumMismatch,
    /// The upload was given up or is over.
    UploadGone,
    /// The member has as many unfinished uploads as one may.
    TooManyUploads {
        /// How many that is.
        most: i64,
    },
}

/// The end of a use case that did not go well.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// The decision said no.
    #[error("refused: {}", .0.reason)]
    Refused(Refusal),
    /// The API token does not open this; with the scope that would, if there is one.
    #[error("the token lacks {0:?}")]
    ScopeMissing(Option<Scope>),
    /// The decision asks for a sign-in first.
    #[error("not signed in")]
    SignInFirst,
    /// The decision asks to wait: the item is still processing.
    #[error("not ready yet")]
    NotReady,
    /// There is no such thing for this caller.
    #[error("not found")]
    NotFound,
    /// Fields of the request are wrong.
    #[error("invalid: {0:?}")]
    Invalid(Vec<FieldError>),
    /// Address or password do not fit.
    #[error("wrong address or password")]
    WrongCredentials,
    /// Too many failures from here; try again after these seconds.
    #[error("too many failures, again in {0} s")]
    TooManyFailures(u64),
    /// More requests than anybody needs; try again after these seconds.
    #[error("too many requests, again in {0} s")]
    TooManyRequests(u64),
    /// Rows of a sheet are wrong; nothing was made.
    #[error("{} rows are wrong", .0.len())]
    BadRows(Vec<BadRow>),
    /// The state of things is in the way.
    #[error("conflict: {0:?}")]
    Conflict(Conflict),
    /// Larger than allowed.
    #[error("larger than {limit_bytes} bytes")]
    TooLarge {
        /// The limit.
        limit_bytes: u64,
    },
    /// The disk has reached the floor that is kept free for entries and playback.
    #[error("the disk has reached its floor")]
    DiskFloor,
    /// Something that Anteroom needs does not answer; try again.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// A bug.
    #[error("bug: {0}")]
    Bug(String),
}

impl Error {
    /// One wrong field.
    pub fn invalid(field: &'static str, code: &'static str) -> Self {
        Self::Invalid(vec![FieldError { field, code }])
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        if error.passes() { Self::Unavailable(error.to_string()) } else { Self::Bug(error.to_string()) }
    }
}

impl From<Conflict> for Error {
    fn from(conflict: Conflict) -> Self {
        Self::Conflict(conflict)
    }
}
