//! The one place with status codes.

use app::domain::Reason;
use app::mail::Ceiling;
use app::{Conflict, Error};
use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use protocol::{ErrorBody, LinkName};

/// An error on its way out. The request's id and, for refusals, the reference are filled in by `security.rs`.
#[derive(Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    body: Box<ErrorBody>,
    retry_after_s: Option<u64>,
    refusal: Option<app::Refusal>,
    cause: Option<String>,
}

/// What the outer layer needs to finish an error's answer.
#[derive(Debug, Clone)]
pub(crate) struct Unfinished {
    pub(crate) body: Box<ErrorBody>,
    pub(crate) refusal: Option<app::Refusal>,
    /// For the log, once.
    pub(crate) cause: Option<String>,
}

impl ApiError {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        let body = ErrorBody { code, message: message.into(), ..ErrorBody::default() };
        Self { status, body: Box::new(body), retry_after_s: None, refusal: None, cause: None }
    }

    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is nothing here for you.")
    }

    /// For who watches the machine: in so many words what is in the way.
    pub(crate) fn not_ready(cause: String) -> Self {
        let error = Self::from(Error::Unavailable(cause.clone()));
        Self { body: Box::new(ErrorBody { message: cause, ..*error.body }), ..error }
    }

    pub(crate) const fn status(&self) -> StatusCode {
        self.status
    }

    fn refused(refusal: app::Refusal) -> Self {
        // These say something about the caller's own account or policy, so they may be plain.
        let plain = match refusal.reason {
            Reason::ScopeMissing => Some("An API token does not open this."),
            Reason::PolicyRefused => Some("The site's policy does not let you make links."),
            Reason::NoRight if refusal.link.is_none() => Some("Your role does not allow this."),
            _ => None,
        };
        match plain {
            Some(message) => Self::new(StatusCode::FORBIDDEN, refusal.reason.code(), message),
            None => {
                let text = "This is not open to you right now. The owner can read the reference.";
                Self { refusal: Some(refusal), ..Self::new(StatusCode::NOT_FOUND, "denied", text) }
            }
        }
    }

    fn conflict(conflict: Conflict) -> Self {
        let new = |code, message: &str| Self::new(StatusCode::CONFLICT, code, message);
        match conflict {
            Conflict::GuestAccessOff => new("guest_access_off", "Switch guest access on first."),
            Conflict::TooManyLinks { could_go, name } => {
                let mut error = new("too_many_links", "The item has all the guest links it may have.");
                error.body.could_go = Some(LinkName { id: could_go.to_string(), name });
                error
            }
            Conflict::UsesBelowSpent { uses } => {
                let mut error = new("uses_below_spent", "More people have entered than that.");
                error.body.uses = Some(uses);
                error
            }
            Conflict::MailOff => new("mail_off", "The site sends no such mail."),
            Conflict::InvitesOff => new("invites_off", "The site lets no invite in at items of this kind."),
            Conflict::CollaborationOff => new("collaboration_off", "Switch chat and collaboration on first."),
            Conflict::InviteOver => new("invite_over", "The invite is revoked or expired."),
            Conflict::MovesSpent => new("moves_spent", "The seat has moved three times in a day."),
            Conflict::TooMuchMail(ceiling) => {
                let whose = match ceiling {
                    Ceiling::Owner => "You have sent as much mail as one may in an hour or a day.",
                    Ceiling::Recipient => "As much mail went to this address as may in an hour or a day.",
                    Ceiling::Codes => "As many codes were mailed as may be in an hour.",
                    Ceiling::Site => "The site has sent as much mail as it may in an hour or a day.",
                };
                let mut error = new("too_much_mail", &format!("{whose} Nothing was sent. Try again later."));
                error.body.ceiling = Some(ceiling.code());
                error
            }
            Conflict::BadTemplate(fault) => {
                let mut error = new("bad_template", &fault.to_string());
                error.body.fields.insert(fault.part().code(), fault.code());
                error.body.line = fault.line();
                error.body.found = fault.found().map(str::to_owned);
                error
            }
            Conflict::WrongState => new("wrong_state", "The item is in another state."),
            Conflict::EmailTaken => new("email_taken", "A member has this address."),
            Conflict::NameTaken => new("name_taken", "There is one with this name already."),
            Conflict::GroupNamed => new("group_named", "The site's settings name this group."),
            Conflict::OwnersRight => {
                new("owners_right", "The owner's right changes only when the item is given to somebody else.")
            }
            Conflict::LastAdministrator => {
                new("last_administrator", "The site keeps at least one enabled site administrator.")
            }
            Conflict::SignInAddress => {
                new("sign_in_address", "Choose another address to sign in with first.")
            }
            Conflict::LinkSpent => new("link_spent", "This one-time link was used, replaced or is too old."),
            Conflict::SetupOver => {
                new("setup_over", "This one-time link was used, or is not the newest one.")
            }
            Conflict::SealedBefore => new(
                "sealed_before",
                "The link works, but the key it was sealed with is lost: it cannot be shown. Make a new one.",
            ),
            Conflict::Offset { .. }
            | Conflict::UploadBusy
            | Conflict::ChecksumMismatch
            | Conflict::TooManyUploads { .. }
            | Conflict::UploadGone => Self::upload_conflict(&conflict),
        }
    }
}

impl ApiError {
    fn upload_conflict(conflict: &Conflict) -> Self {
        let new = |code, message: &str| Self::new(StatusCode::CONFLICT, code, message);
        match conflict {
            Conflict::Offset { .. } => new("wrong_offset", "The upload is at another offset."),
            Conflict::UploadBusy => {
                Self::new(StatusCode::LOCKED, "upload_busy", "Another request is writing this upload.")
            }
            Conflict::ChecksumMismatch => {
                let status = StatusCode::from_u16(460).unwrap_or(StatusCode::CONFLICT);
                Self::new(
                    status,
                    "checksum_mismatch",
                    "The bytes do not have the checksum that came with them.",
                )
            }
            Conflict::TooManyUploads { most } => new(
                "too_many_uploads",
                &format!("Finish or give up one of your {most} unfinished uploads first."),
            ),
            Conflict::UploadGone => Self::new(StatusCode::GONE, "upload_gone", "The upload was given up."),
            _ => new("wrong_state", "The upload is in another state."),
        }
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(refusal) => Self::refused(refusal),
            Error::ScopeMissing(scope) => {
                let text = match scope {
                    Some(scope) => format!("The API token needs the scope {scope}."),
                    None => "No API token may do this: sign in in a browser.".into(),
                };
                let mut error = Self::new(StatusCode::FORBIDDEN, "scope_missing", text);
                error.body.scope = scope.map(Into::into);
                error
            }
            Error::SignInFirst => Self::new(StatusCode::UNAUTHORIZED, "sign_in_first", "Sign in first."),
            Error::NotReady => Self::new(StatusCode::CONFLICT, "not_ready", "The item is still processing."),
            Error::NotFound => Self::not_found(),
            Error::Invalid(fields) => {
                let mut error =
                    Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "Some fields are wrong.");
                error.body.fields = fields.into_iter().map(|f| (f.field, f.code)).collect();
                error
            }
            Error::WrongCredentials => {
                Self::new(StatusCode::UNAUTHORIZED, "wrong_credentials", "Address or password do not fit.")
            }
            Error::TooManyFailures(seconds) => {
                let text = format!("Too many failures. Try again in {seconds} seconds.");
                let error = Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_failures", text);
                Self { retry_after_s: Some(seconds), ..error }
            }
            Error::TooManyRequests(seconds) => {
                let text = format!("Too many requests. Try again in {seconds} seconds.");
                let error = Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", text);
                Self { retry_after_s: Some(seconds), ..error }
            }
            Error::BadRows(rows) => {
                let text = "Some rows are wrong; nothing was made.";
                let mut error = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_rows", text);
                error.body.bad_rows = bad_rows(rows);
                error
            }
            Error::Conflict(conflict) => Self::conflict(conflict),
            Error::TooLarge { limit_bytes } => {
                let mut error = Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "Larger than allowed.");
                error.body.limit_bytes = Some(limit_bytes);
                error
            }
            Error::DiskFloor => Self::new(
                StatusCode::INSUFFICIENT_STORAGE,
                "disk_floor",
                "The server's disk has no room for this.",
            ),
            Error::Unavailable(cause) => {
                let error =
                    Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Try again in a moment.");
                Self { retry_after_s: Some(2), cause: Some(cause), ..error }
            }
            Error::Bug(cause) => {
                let text = "Something went wrong on our side.";
                Self { cause: Some(cause), ..Self::new(StatusCode::INTERNAL_SERVER_ERROR, "broken", text) }
            }
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(&*self.body)).into_response();
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(Unfinished {
            body: self.body,
            refusal: self.refusal,
            cause: self.cause,
        });
        response
    }
}

/// Bad rows on the wire.
pub(crate) fn bad_rows(rows: Vec<app::invites::BadRow>) -> Vec<protocol::BadRow> {
    let row = |bad: app::invites::BadRow| protocol::BadRow {
        row: bad.row,
        field: bad.field,
        code: bad.code,
        part: bad.part,
    };
    rows.into_iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_table_of_errors_names_every_code() {
        let table = include_str!("../../../docs/errors.md");
        let sources = [
            include_str!("error.rs"),
            include_str!("routes.rs"),
            include_str!("routes/uploads.rs"),
            include_str!("security.rs"),
        ];
        let codes =
            sources.iter().flat_map(|source| source.split("StatusCode::").skip(1)).filter_map(|rest| {
                let (status, rest) = rest.split_once(", \"")?;
                status.bytes().all(|b| b.is_ascii_uppercase() || b == b'_').then_some(())?;
                let (code, _) = rest.split_once('"')?;
                code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_').then_some(code)
            });
        let codes: std::collections::BTreeSet<_> = codes.collect();
        assert!(codes.len() > 12, "{codes:?}");
        for code in codes {
            assert!(table.contains(&format!("`{code}`")), "docs/errors.md does not name {code}");
        }
    }
}
