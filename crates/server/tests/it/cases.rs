//! One case for each route: how it is asked, and who gets through. A new route needs a case here; a new door or
//! kind of key is one more `Holder`.

use app::domain::Scope;
use axum::body::Body;
use http::{Request, header};

use Holder::*;

use crate::cast::{Cast, Key, PASSWORD};
use crate::site::{Site, encoded};
use crate::stage::{FILES, Stage};

/// Everybody who tries every route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holder {
    Nobody,
    /// An API token that is none of ours.
    WrongToken,
    Owner,
    OtherOwner,
    /// Signed in, without a right at the item.
    Member,
    /// The same, with the lowest site role.
    Viewer,
    CoViewer,
    Administrator,
    /// Inside, with a good ticket.
    Guest,
    /// The good key of another item.
    OtherGuest,
    /// Of this item; the ticket ran out minutes ago, the seat is good.
    LateGuest,
    /// Of this item; their viewing was ended now, their link is gone.
    EndedGuest,
    /// Inside by an invite, with a good ticket.
    Invitee,
    /// The good key of an invitee of another item.
    OtherInvitee,
    TokenRead,
    TokenWrite,
    TokenUploads,
    TokenGuestAccess,
    TokenInvites,
    /// Every scope, of the other owner.
    OtherToken,
}

impl Holder {
    pub(crate) const ALL: [Self; 20] = [
        Nobody,
        WrongToken,
        Owner,
        OtherOwner,
        Member,
        Viewer,
        CoViewer,
        Administrator,
        Guest,
        OtherGuest,
        LateGuest,
        EndedGuest,
        Invitee,
        OtherInvitee,
        TokenRead,
        TokenWrite,
        TokenUploads,
        TokenGuestAccess,
        TokenInvites,
        OtherToken,
    ];

    /// What they carry.
    pub(crate) fn key(self, cast: &Cast, stage: &Stage, foreign: &Stage) -> Key {
        match self {
            Nobody => Key::nobody(),
            WrongToken => Key::token("A".repeat(43)),
            Owner => cast.owner.key.clone(),
            OtherOwner => cast.other_owner.key.clone(),
            Member => cast.member.key.clone(),
            Viewer => cast.viewer.key.clone(),
            CoViewer => cast.co_viewer.key.clone(),
            Administrator => cast.administrator.key.clone(),
            Guest => stage.guest.key.clone(),
            OtherGuest => foreign.guest.key.clone(),
            LateGuest => stage.late.key.clone(),
            EndedGuest => stage.ended.key.clone(),
            Invitee => stage.invitee.key.clone(),
            OtherInvitee => foreign.invitee.key.clone(),
            TokenRead => cast.token(Scope::ItemsRead).clone(),
            TokenWrite => cast.token(Scope::ItemsWrite).clone(),
            TokenUploads => cast.token(Scope::Uploads).clone(),
            TokenGuestAccess => cast.token(Scope::GuestAccess).clone(),
            TokenInvites => cast.token(Scope::Invites).clone(),
            OtherToken => cast.other_token.clone(),
        }
    }

    /// The viewing in the path: their own, and the guest's for whoever has none here.
    fn viewing(self, stage: &Stage) -> &str {
        match self {
            LateGuest => &stage.late.viewing,
            EndedGuest => &stage.ended.viewing,
            Invitee => &stage.invitee.viewing,
            _ => &stage.guest.viewing,
        }
    }

    /// The marks that an answer to somebody who got through may carry.
    pub(crate) fn may_read(self, about_the_item: bool) -> &'static [&'static str] {
        match self {
            // On pages that are not about the item they see what is theirs; the entry page fills in their name.
            OtherOwner if about_the_item => &["zqmark-own", "zqmark-other"],
            OtherOwner | OtherToken => &["zqmark-other"],
            Guest => &["zqmark-own", "zqmark-guest"],
            LateGuest => &["zqmark-own", "zqmark-late"],
            EndedGuest => &["zqmark-own", "zqmark-ended"],
            Invitee => &["zqmark-own", "zqmark-invitee"],
            _ => &["zqmark-own"],
        }
    }
}

const MEMBERS: &[Holder] = &[Owner, OtherOwner, Member, Viewer, CoViewer, Administrator];
const READERS: &[Holder] =
    &[Owner, OtherOwner, Member, Viewer, CoViewer, Administrator, TokenRead, OtherToken];
const UPLOADERS: &[Holder] = &[Owner, OtherOwner, Member, CoViewer, Administrator, TokenUploads, OtherToken];
/// The page of the item and what is about it: own rights, the site administrator for the links, seats.
const INSIDE: &[Holder] = &[Owner, CoViewer, Administrator, Guest, LateGuest, Invitee, TokenRead];
/// Media by one's own right or seat; a token is no browser and gets no viewing (T4).
const WATCHERS: &[Holder] = &[Owner, CoViewer, Guest, LateGuest, Invitee];
const ADMINISTRATORS: &[Holder] = &[Administrator];
const EDITORS: &[Holder] = &[Owner, TokenWrite];
/// May switch off and delete any link.
const CLOSERS: &[Holder] = &[Owner, Administrator, TokenGuestAccess];
/// May open doors too.
const SHARERS: &[Holder] = &[Owner, TokenGuestAccess];
/// May see, copy and revoke any invite.
const MANAGERS: &[Holder] = &[Owner, Administrator, TokenInvites];
/// May invite too.
const INVITERS: &[Holder] = &[Owner, TokenInvites];
const FINDERS: &[Holder] = &[Owner, OtherOwner, Member, CoViewer, Administrator, TokenInvites, OtherToken];
const INSIGHT: &[Holder] = &[Owner, Administrator, TokenRead];
/// Whoever has the link's URL; it is no door for programs.
const LINK_HOLDERS: &[Holder] = &[
    Nobody,
    Owner,
    OtherOwner,
    Member,
    Viewer,
    CoViewer,
    Administrator,
    Guest,
    OtherGuest,
    LateGuest,
    EndedGuest,
    Invitee,
    OtherInvitee,
];
/// Open routes say the same to all; these stand for all.
const ANYBODY: &[Holder] = &[Nobody, Owner, Guest];

/// What is sent.
pub(crate) enum Sent {
    Nothing,
    Json(serde_json::Value),
    Form(String),
    /// A tus request, with these headers.
    Tus(Vec<(&'static str, &'static str)>, &'static str),
}

/// How one route is asked.
pub(crate) struct Case {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) good: &'static [Holder],
    /// Statuses of a good answer.
    pub(crate) ok: &'static [u16],
    /// Answers everybody alike and does nothing for whoever has no key.
    pub(crate) silent: bool,
    /// Asked over a real connection, in `sockets.rs`.
    pub(crate) is_socket: bool,
}

fn case(method: &'static str, path: &'static str, good: &'static [Holder], ok: &'static [u16]) -> Case {
    Case { method, path, good, ok, silent: false, is_socket: false }
}

/// The case of a route of the table; none when somebody has still to write it.
pub(crate) fn of(method: &'static str, path: &'static str) -> Option<Case> {
    of_pages_and_members(method, path).or_else(|| of_the_item(method, path))
}

fn of_pages_and_members(method: &'static str, path: &'static str) -> Option<Case> {
    let case = |good, ok| case(method, path, good, ok);
    Some(match (method, path) {
        ("GET", "/" | "/media") => case(READERS, &[200]),
        ("GET", "/settings") => case(&[Administrator], &[200]),
        ("GET" | "PATCH", "/api/site/policy") => case(&[Administrator], &[200]),
        ("GET", "/settings/mail" | "/api/mail" | "/api/mail/templates")
        | ("GET" | "PUT" | "DELETE", "/api/mail/templates/{name}/{language}")
        | ("POST", "/api/mail/templates/{name}/{language}/preview") => case(&[Administrator], &[200]),
        // No mail is set up here, and none was tried: only administrators are told so.
        ("POST", "/api/mail/templates/{name}/{language}/test") => case(&[Administrator], &[409]),
        ("GET", "/api/mail/tests/{id}") => case(&[Administrator], &[404]),
        ("GET", "/api/site/log") => case(&[Administrator], &[200]),
        ("GET", "/tokens") => case(MEMBERS, &[200]),
        ("GET", "/media/{item}" | "/api/items/{item}") => case(INSIDE, &[200]),
        // A still of the media: for those who may see it.
        ("GET", "/api/items/{item}/poster") => {
            case(&[Owner, CoViewer, Guest, LateGuest, Invitee, TokenRead], &[200])
        }
        ("GET", "/account" | "/api/account" | "/api/account/sessions") => case(MEMBERS, &[200]),
        ("PATCH", "/api/account") => case(MEMBERS, &[200]),
        ("DELETE", "/api/account/sessions") => case(MEMBERS, &[204]),
        // Nobody here has a password to change, an address or a session to spare: journeys do it.
        ("PUT", "/api/account/password") => case(MEMBERS, &[422]),
        // Here no mail is set up, so no code waits either.
        ("POST", "/api/account/addresses") => case(MEMBERS, &[409]),
        ("POST", "/api/account/addresses/code") => case(MEMBERS, &[422]),
        ("DELETE", "/api/account/sessions/{session}" | "/api/account/addresses/{email}") => case(&[], &[204]),
        ("GET", "/account/{token}") => case(ANYBODY, &[200]),
        ("POST", "/api/account-link") => case(ANYBODY, &[200]),
        ("GET", "/members" | "/groups" | "/api/members" | "/api/members/{member}" | "/api/groups") => {
            case(ADMINISTRATORS, &[200])
        }
        ("GET", "/api/members/{member}/sessions") => case(ADMINISTRATORS, &[200]),
        ("POST", "/api/members" | "/api/members/bulk" | "/api/groups") => case(ADMINISTRATORS, &[201]),
        ("POST", "/api/members/{member}/reset") => case(ADMINISTRATORS, &[200]),
        ("PATCH", "/api/members/{member}" | "/api/groups/{group}") => case(ADMINISTRATORS, &[200, 204]),
        ("PUT", "/api/members/{member}/addresses/{email}") => case(ADMINISTRATORS, &[200]),
        (
            "DELETE",
            "/api/members/{member}/sessions" | "/api/groups/{group}" | "/api/groups/{group}/members/{member}",
        ) => case(ADMINISTRATORS, &[204]),
        ("PUT", "/api/groups/{group}/members/{member}") => case(ADMINISTRATORS, &[204]),
        ("GET" | "POST", "/api/items/{item}/rights") => case(EDITORS, &[200]),
        ("PUT" | "DELETE", "/api/items/{item}/rights/{member}") => case(EDITORS, &[200, 204]),
        ("POST", "/api/items/{item}/transfer") => case(EDITORS, &[204]),
        ("GET", "/sign-in") => case(ANYBODY, &[200, 303]),
        ("GET", "/setup/{token}" | "/left" | "/assets/{file}" | "/favicon.svg") => case(ANYBODY, &[200]),
        ("GET", "/healthz" | "/readyz") => case(ANYBODY, &[204]),
        ("GET", "/api" | "/api/openapi.json" | "/api/site") => case(ANYBODY, &[200]),
        ("GET", "/g/{token}") => case(LINK_HOLDERS, &[200, 303]),
        ("POST", "/g/{token}/enter") => case(LINK_HOLDERS, &[303]),
        ("POST", "/g/{token}/opened") => case(ANYBODY, &[204]),
        // With mail off nobody is offered a code; with it on, `anteroom/tests/it/invite_devices.rs` asks.
        ("POST", "/i/{token}/code") => case(&[], &[200]),
        ("POST", "/i/{token}/prove") => case(LINK_HOLDERS, &[303, 422]),
        ("POST", "/i/{token}/ask" | "/i/{token}/wait") => case(LINK_HOLDERS, &[200]),
        ("GET", "/move/{token}") => case(LINK_HOLDERS, &[200]),
        ("POST", "/move/{token}/enter") => case(LINK_HOLDERS, &[200]),
        // Only the browser that used the URL waits at it.
        ("POST", "/move/{token}/wait") => case(&[], &[200]),
        ("POST", "/api/items/{item}/hand-over") => case(&[Invitee], &[201]),
        ("POST", "/api/items/{item}/hand-over/answer") => case(&[Invitee], &[204]),
        ("POST", "/media/{item}/not-me") => case(ANYBODY, &[303]),
        ("POST", "/api/viewings") => case(WATCHERS, &[201]),
        ("POST", "/m/{viewing}/renew") => case(&[Guest, Invitee], &[204]),
        _ => return None,
    })
}

fn of_the_item(method: &'static str, path: &'static str) -> Option<Case> {
    let case = |good, ok| case(method, path, good, ok);
    Some(match (method, path) {
        ("POST", "/m/{viewing}/leave") => Case { silent: true, ..case(&[Guest, Invitee], &[204]) },
        ("GET", "/m/{viewing}/{file}") => case(&[Guest, Invitee], &[200]),
        ("GET", "/m/{viewing}/socket") => Case { is_socket: true, ..case(&[Guest, Invitee], &[101]) },
        ("GET", "/api/socket") => Case { is_socket: true, ..case(READERS, &[101]) },
        ("POST", "/api/sign-in" | "/api/setup") => case(ANYBODY, &[200]),
        // The provider of the tests does not answer, and nobody here has a passkey at hand.
        ("GET", "/sign-in/oidc/{provider}/callback") => case(ANYBODY, &[200]),
        ("POST", "/sign-in/oidc/{provider}/finish") => case(ANYBODY, &[303]),
        ("POST", "/api/sign-in/oidc/{provider}") => case(ANYBODY, &[502]),
        ("POST", "/api/sign-in/passkey") => case(ANYBODY, &[200]),
        ("POST", "/api/sign-in/passkey/finish") => case(ANYBODY, &[401]),
        ("GET", "/api/passkeys") => case(MEMBERS, &[200]),
        ("POST", "/api/passkeys/begin") => case(MEMBERS, &[200]),
        ("POST", "/api/passkeys") => case(MEMBERS, &[422]),
        ("DELETE", "/api/passkeys/{passkey}") => case(&[Owner], &[204]),
        ("POST", "/api/sign-out") => case(&[Nobody, Guest, EndedGuest], &[204]),
        ("GET", "/api/me" | "/api/items") => case(READERS, &[200]),
        ("PATCH" | "DELETE", "/api/items/{item}") => case(EDITORS, &[200, 204]),
        ("POST", "/api/items/{item}/processing/cancel" | "/api/items/{item}/processing/retry") => {
            case(EDITORS, &[200])
        }
        ("GET" | "PUT", "/api/items/{item}/guest-access") => case(CLOSERS, &[200]),
        ("POST", "/api/items/{item}/guest-links") => case(SHARERS, &[201]),
        ("PATCH", "/api/items/{item}/guest-links/{link}") => case(SHARERS, &[200]),
        ("DELETE", "/api/items/{item}/guest-links/{link}") => case(CLOSERS, &[200]),
        (
            "POST",
            "/api/items/{item}/guest-links/{link}/reveal" | "/api/items/{item}/guest-links/{link}/qr",
        ) => case(CLOSERS, &[200]),
        ("GET", "/i/{token}") => case(LINK_HOLDERS, &[200, 303]),
        ("POST", "/i/{token}/enter") => case(LINK_HOLDERS, &[303]),
        ("POST", "/i/{token}/opened") => case(ANYBODY, &[204]),
        ("GET", "/api/items/{item}/invites") => case(MANAGERS, &[200]),
        ("POST", "/api/items/{item}/invites") => case(INVITERS, &[201]),
        ("POST", "/api/items/{item}/invites/bulk") => case(INVITERS, &[201]),
        // The case extends it, which needs the site's leave; lowering does not.
        ("PATCH", "/api/items/{item}/invites/{invite}") => case(INVITERS, &[200]),
        ("DELETE", "/api/items/{item}/invites/{invite}") => case(MANAGERS, &[200]),
        ("POST", "/api/items/{item}/invites/{invite}/reveal" | "/api/items/{item}/invites/{invite}/qr") => {
            case(MANAGERS, &[200])
        }
        ("POST", "/api/items/{item}/invites/{invite}/devices") => case(INVITERS, &[200]),
        ("POST", "/api/items/{item}/invites/{invite}/token") => case(INVITERS, &[200]),
        // Here no mail is set up, which only those who may send are told.
        ("POST", "/api/items/{item}/invites/{invite}/send") => case(INVITERS, &[409]),
        ("GET", "/api/members/find") => case(FINDERS, &[200]),
        ("GET", "/api/items/{item}/activity") => case(INSIGHT, &[200]),
        ("POST", "/api/items/{item}/refusals/lookup") => case(INSIGHT, &[200]),
        ("GET", "/api/tokens") => case(MEMBERS, &[200]),
        ("POST", "/api/tokens") => case(MEMBERS, &[201]),
        ("DELETE", "/api/tokens/{token}") => case(&[Owner], &[204]),
        ("OPTIONS", "/api/uploads") => case(ANYBODY, &[204]),
        ("POST", "/api/uploads") => case(UPLOADERS, &[201]),
        ("HEAD" | "PATCH" | "DELETE", "/api/uploads/{upload}") => case(&[Owner, TokenUploads], &[200, 204]),
        _ => return None,
    })
}

impl Case {
    /// Whether anybody may ask it, so that nobody is refused.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.good, [Nobody, ..]) && self.good != LINK_HOLDERS
    }

    /// Whether the path names something of the stage.
    pub(crate) fn is_about_the_item(&self) -> bool {
        self.path.contains('{')
    }

    /// The path for one stage, as this holder asks it.
    pub(crate) fn url(&self, stage: &Stage, holder: Holder) -> String {
        let item = match self.path {
            path if path.ends_with("/cancel") => stage.queued,
            path if path.ends_with("/retry") => stage.failed,
            _ => stage.item,
        };
        let token = match self.path {
            path if path.starts_with("/setup") => stage.setup.clone(),
            path if path.starts_with("/account") => stage.account_link.clone(),
            path if path.starts_with("/move/") => stage.hand_over.clone(),
            path if path.starts_with("/i/") => stage.invite_token.clone(),
            path if path.starts_with("/api/tokens") => stage.api_token.to_string(),
            _ => stage.link_token.clone(),
        };
        let file = if self.path.starts_with("/assets") { asset() } else { FILES[1].to_owned() };
        // The whole list names everybody on the site.
        let path = match (self.method, self.path) {
            ("GET", "/api/members") => "/api/members?q=spare",
            (_, path) => path,
        };
        path.replace("{item}", &item.to_string())
            .replace("{provider}", "school")
            .replace("{passkey}", &stage.passkey.to_string())
            .replace("{link}", &stage.link.to_string())
            .replace("{invite}", &stage.invite.to_string())
            .replace("{token}", &token)
            .replace("{viewing}", holder.viewing(stage))
            .replace("{upload}", &stage.upload.to_string())
            .replace("{name}/{language}", "test/he")
            .replace("{id}", &stage.item.to_string())
            .replace("{file}", &file)
            .replace("{group}", &stage.group.to_string())
            .replace("{member}", &self.member(stage))
            .replace("{session}", &stage.api_token.to_string())
            .replace("{email}", "spare@addresses.example")
    }

    /// The member in the path: a collaborator of the item, or one whom nothing else needs.
    fn member(&self, stage: &Stage) -> String {
        let about_rights = self.path.starts_with("/api/items/");
        if about_rights { stage.collaborator.to_string() } else { stage.spare.to_string() }
    }

    /// What is sent with it.
    pub(crate) fn sent(&self, site: &Site, cast: &Cast, stage: &Stage) -> Sent {
        let ways = [Self::sent_at_doors, Self::sent_by_owners];
        ways.iter().find_map(|way| way(self, site, cast, stage)).unwrap_or(Sent::Nothing)
    }

    fn sent_at_doors(&self, site: &Site, cast: &Cast, stage: &Stage) -> Option<Sent> {
        use serde_json::json;
        let form_key = site.app.new_form_key().to_text();
        Some(match (self.method, self.path) {
            ("POST", "/g/{token}/enter") => {
                let fields = [("name", "Nora"), ("email", "nora@guests.example"), ("form_key", &*form_key)];
                Sent::Form(encoded(&fields))
            }
            ("POST", "/api/viewings") => Sent::Json(json!({ "item": stage.item.to_string() })),
            ("POST", "/api/sign-in") => Sent::Json(json!({ "email": cast.sign_in, "password": PASSWORD })),
            ("POST", "/api/setup") => {
                let email = format!("{}@members.example", stage.item);
                Sent::Json(
                    json!({ "token": stage.setup, "name": "First", "email": email, "password": PASSWORD }),
                )
            }
            ("PATCH", "/api/items/{item}") => Sent::Json(json!({ "description": "zqmark-own changed" })),
            ("POST", "/api/mail/templates/{name}/{language}/test") => Sent::Json(json!({})),
            (_, path) if path.starts_with("/api/mail/templates/") && self.method.starts_with('P') => {
                Sent::Json(
                    json!({ "subject": "A try", "text": "Hello {{first_name}}", "html": "<p>Hello</p>" }),
                )
            }
            ("PATCH", "/api/account") => Sent::Json(json!({})),
            ("PUT", "/api/account/password") => {
                Sent::Json(json!({ "old": PASSWORD, "new": "another horse battery" }))
            }
            ("POST", "/api/account-link") => {
                Sent::Json(json!({ "token": stage.account_link, "password": PASSWORD }))
            }
            ("POST", "/api/members") => {
                let email = format!("{}@new.example", form_key.to_lowercase());
                Sent::Json(json!({ "name": "Newcomer", "email": email, "role": "viewer" }))
            }
            ("POST", "/api/members/bulk") => {
                let text = format!("{}@new.example,Newcomer,Novak", form_key.to_lowercase());
                Sent::Json(json!({ "text": text, "role": "viewer", "dry_run": false }))
            }
            ("POST", "/api/account/addresses") => Sent::Json(json!({ "email": "one@addresses.example" })),
            ("POST", "/api/account/addresses/code") => Sent::Json(json!({ "code": "1234 5678" })),
            ("PATCH", "/api/members/{member}") => Sent::Json(json!({ "name": "Spare", "role": "viewer" })),
            ("PUT", "/api/members/{member}/addresses/{email}") => Sent::Json(json!({ "verified": true })),
            ("POST", "/api/groups") => Sent::Json(json!({ "name": form_key })),
            ("PATCH", "/api/groups/{group}") => Sent::Json(json!({ "name": form_key })),
            ("PUT", "/api/groups/{group}/members/{member}") => Sent::Nothing,
            ("POST", "/api/items/{item}/rights") => {
                let email = format!("{}@members.example", stage.spare);
                Sent::Json(json!({ "email": email, "right": "co_editor", "minutes": 5 }))
            }
            ("PUT", "/api/items/{item}/rights/{member}") => Sent::Json(json!({ "right": "co_publisher" })),
            ("POST", "/api/items/{item}/transfer") => {
                Sent::Json(json!({ "member": stage.collaborator.to_string(), "keep": "none" }))
            }
            ("PUT", _) => Sent::Json(json!({ "enabled": false, "closing": { "mode": "finish" } })),
            ("POST", "/api/items/{item}/guest-links") => {
                Sent::Json(json!({ "name": "Class", "max_uses": 4, "days": 2 }))
            }
            ("PATCH", "/api/items/{item}/guest-links/{link}") => {
                Sent::Json(json!({ "name": "Class", "max_uses": 99 }))
            }
            ("POST", "/i/{token}/enter") => {
                Sent::Form(encoded(&[("email", crate::stage::INVITED), ("form_key", &*form_key)]))
            }
            ("POST", "/i/{token}/prove") => {
                Sent::Form(encoded(&[("code", "12345678"), ("form_key", &*form_key)]))
            }
            _ => return None,
        })
    }

    fn sent_by_owners(&self, site: &Site, _: &Cast, stage: &Stage) -> Option<Sent> {
        use serde_json::json;
        let form_key = site.app.new_form_key().to_text();
        Some(match (self.method, self.path) {
            ("POST", "/move/{token}/enter") => {
                Sent::Form(encoded(&[("email", crate::stage::INSIDE), ("form_key", &*form_key)]))
            }
            ("POST", path) if path.starts_with("/i/") || path.starts_with("/move/") => {
                Sent::Form(encoded(&[("email", crate::stage::INVITED), ("form_key", &*form_key)]))
            }
            ("POST", "/api/items/{item}/hand-over/answer") => {
                Sent::Json(json!({ "reference": "ABCDEF", "allow": false }))
            }
            ("POST", "/api/items/{item}/invites") => Sent::Json(json!({
                "email": "nina@guests.example", "first_name": "Nina", "last_name": "Novak", "role": "viewer",
            })),
            ("POST", "/api/items/{item}/invites/bulk") => Sent::Json(json!({
                "text": "nina@guests.example,Nina,Novak\nnoah@guests.example,Noah,Novak\n",
                "role": "viewer", "dry_run": false,
            })),
            ("PATCH", "/api/items/{item}/invites/{invite}") => Sent::Json(json!({ "extend_minutes": 5 })),
            ("POST", "/api/items/{item}/invites/{invite}/devices") => {
                Sent::Json(json!({ "move": crate::stage::WAITING }))
            }
            ("POST", "/api/items/{item}/refusals/lookup") => {
                Sent::Json(json!({ "reference": stage.reference }))
            }
            ("PATCH", "/api/site/policy") => Sent::Json(json!({ "retention_days": 364 })),
            ("POST", "/api/passkeys") => Sent::Json(json!({ "name": "Phone", "answer": {} })),
            ("POST", "/api/sign-in/passkey/finish") => Sent::Json(json!({ "answer": {} })),
            ("POST", "/api/sign-in/oidc/{provider}") => Sent::Json(json!({ "next": "/media" })),
            ("POST", "/sign-in/oidc/{provider}/finish") => {
                Sent::Form(encoded(&[("code", "c"), ("state", "s")]))
            }
            ("POST", "/api/tokens") => Sent::Json(json!({ "name": "Script", "scopes": ["items:read"] })),
            ("POST", "/api/uploads") => Sent::Tus(vec![("upload-length", "8")], ""),
            ("PATCH", "/api/uploads/{upload}") => Sent::Tus(
                vec![("upload-offset", "0"), ("content-type", "application/offset+octet-stream")],
                "four",
            ),
            (_, "/api/uploads/{upload}") => Sent::Tus(Vec::new(), ""),
            _ => return None,
        })
    }

    /// The whole request, as one of our own pages or a program would send it.
    pub(crate) fn request(
        &self,
        site: &Site,
        cast: &Cast,
        stage: &Stage,
        holder: Holder,
        key: &Key,
    ) -> Request<Body> {
        let request = key.request(self.method, &self.url(stage, holder));
        let (request, body) = match self.sent(site, cast, stage) {
            Sent::Nothing => (request, String::new()),
            Sent::Json(body) => (request.header(header::CONTENT_TYPE, "application/json"), body.to_string()),
            Sent::Form(body) => {
                (request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded"), body)
            }
            Sent::Tus(headers, body) => {
                let request = request.header("tus-resumable", "1.0.0");
                (
                    headers.into_iter().fold(request, |request, (name, value)| request.header(name, value)),
                    body.into(),
                )
            }
        };
        request.body(Body::from(body)).expect("a request")
    }
}

/// The name of one built file of the front end.
fn asset() -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/dist/assets");
    let files = std::fs::read_dir(folder).expect("the front end is built: run `cargo xtask prepare`");
    let names = files.filter_map(|file| file.ok()?.file_name().into_string().ok());
    names.filter(|name| name.ends_with(".js")).min().expect("a script")
}
