//! One case for each route: how it is asked, and who gets through. A new route needs a case here; a new door or
//! kind of key is one more `Holder`.

use crate::holder::Holder::*;
use crate::holder::*;
use crate::props::FILES;
use crate::stage::Stage;

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
    of_pages_and_members(method, path)
        .or_else(|| of_the_doors(method, path))
        .or_else(|| of_the_item(method, path))
}

fn of_pages_and_members(method: &'static str, path: &'static str) -> Option<Case> {
    let case = |good, ok| case(method, path, good, ok);
    Some(match (method, path) {
        ("GET", "/" | "/media" | "/shared") => case(READERS, &[200]),
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
        // The stage has members, so no link for a first administrator is good; `app/src/accounts/set_up` and
        // `anteroom/tests/it/start_together.rs` use one where it is.
        ("GET", "/setup/{token}") => case(ANYBODY, &[404]),
        ("GET", "/left" | "/assets/{file}" | "/favicon.svg") => case(ANYBODY, &[200]),
        ("GET", "/healthz" | "/readyz") => case(ANYBODY, &[204]),
        ("GET", "/api" | "/api/openapi.json" | "/api/site") => case(ANYBODY, &[200]),
        _ => return None,
    })
}

fn of_the_doors(method: &'static str, path: &'static str) -> Option<Case> {
    let case = |good, ok| case(method, path, good, ok);
    Some(match (method, path) {
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
        // Asks whom it concerns; whoever has no seat is led to the page itself.
        ("GET", "/media/{item}/not-me") => case(INSIDE, &[200, 303]),
        ("POST", "/media/{item}/not-me") => case(ANYBODY, &[303]),
        // Nobody here has left a seat; `leaving.rs` asks.
        ("POST", "/left") => case(ANYBODY, &[404]),
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
        ("POST", "/api/sign-in") => case(ANYBODY, &[200]),
        ("POST", "/api/setup") => case(ANYBODY, &[409]),
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
        ("POST", "/api/items/{item}/processing/cancel") => case(CANCELLERS, &[200]),
        ("POST", "/api/items/{item}/processing/retry") => case(EDITORS, &[200]),
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
        ("POST", "/api/items/{item}/invites/{invite}/devices")
        | ("DELETE", "/api/items/{item}/invites/{invite}/devices/{device}") => case(INVITERS, &[200]),
        ("POST", "/api/items/{item}/invites/{invite}/token") => case(INVITERS, &[200]),
        // Here no mail is set up, which only those who may send are told.
        ("POST", "/api/items/{item}/invites/{invite}/send") => case(INVITERS, &[409]),
        ("GET", "/api/members/find") => case(FINDERS, &[200]),
        ("GET", "/api/items/{item}/activity" | "/api/items/{item}/activity/doors") => case(INSIGHT, &[200]),
        ("POST", "/api/items/{item}/refusals/lookup") => case(INSIGHT, &[200]),
        ("GET", "/media/{item}/people" | "/api/items/{item}/people") => case(HOSTS, &[200]),
        ("POST", "/api/items/{item}/people/export" | "/api/items/{item}/people/{person}/{act}") => {
            case(HOSTS, &[200])
        }
        ("POST", "/api/people/find" | "/api/people/export" | "/api/people/erase") => {
            case(ADMINISTRATORS, &[200])
        }
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

    /// What the path names of the stage.
    pub(crate) fn about(&self) -> About {
        match self.path {
            path if path.contains("{item}/people") => About::People,
            path if path.contains('{') => About::Item,
            _ => About::Site,
        }
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
            .replace("{device}", crate::stage::WAITING)
            .replace("{invite}", &stage.invite.to_string())
            .replace("{token}", &token)
            .replace("{viewing}", holder.viewing(stage))
            .replace("{upload}", &stage.upload.to_string())
            .replace("{name}/{language}", "test/he")
            .replace("{id}", &stage.item.to_string())
            .replace("{file}", &file)
            .replace("{person}/{act}", &format!("{}/remove", stage.person))
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
}

/// The name of one built file of the front end.
fn asset() -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/dist/assets");
    let files = std::fs::read_dir(folder).expect("the front end is built: run `cargo xtask prepare`");
    let names = files.filter_map(|file| file.ok()?.file_name().into_string().ok());
    names.filter(|name| name.ends_with(".js")).min().expect("a script")
}
