//! What goes with each request: the body of a page, of a program, of an upload.

use axum::body::Body;
use http::{Request, header};

use crate::cases::Case;
use crate::cast::{Cast, Key, PASSWORD};
use crate::holder::Holder;
use crate::site::{Site, encoded};
use crate::stage::Stage;

/// What is sent.
pub(crate) enum Sent {
    Nothing,
    Json(serde_json::Value),
    Form(String),
    /// A tus request, with these headers.
    Tus(Vec<(&'static str, &'static str)>, &'static str),
}

impl Case {
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
            ("POST", "/left") => Sent::Form(encoded(&[("take_back", "AAAA")])),
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
            ("POST", "/api/items/{item}/people/export") => Sent::Json(json!({})),
            (_, path) if path.starts_with("/api/people/") => {
                Sent::Json(json!({ "email": "nobody@guests.example" }))
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
