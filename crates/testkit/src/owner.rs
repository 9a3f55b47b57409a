//! The owner of an item, as the guest access dialog acts for them.

use app::domain::ItemId;
use serde_json::{Value, json};

use crate::{Answer, Browser};

/// A guest link that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuestLink {
    /// Its id.
    pub id: String,
    /// The secret of its URL.
    pub token: String,
}

/// An invite that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InviteLink {
    /// Its id.
    pub id: String,
    /// The secret of its URL.
    pub token: String,
}

/// A signed-in owner of an item.
pub struct Owner {
    /// Their browser.
    pub browser: Browser,
    /// Their item.
    pub item: ItemId,
}

impl Owner {
    fn path(&self, rest: &str) -> String {
        format!("/api/items/{}/{rest}", self.item)
    }

    /// Switches guest access on, or off in the way that `closing` says (`finish`, `now`).
    ///
    /// # Panics
    /// When the answer was lost.
    pub fn switch(&mut self, on: bool, closing: &str) -> Answer {
        let path = self.path("guest-access");
        let body = json!({ "enabled": on, "closing": { "mode": closing } });
        self.browser.send_json("PUT", &path, &body).expect("the switch answers")
    }

    /// Asks for a guest link.
    ///
    /// # Panics
    /// When the answer was lost.
    pub fn ask_for_link(&mut self, name: &str, max_uses: Option<i64>) -> Answer {
        let path = self.path("guest-links");
        let body = json!({ "name": name, "max_uses": max_uses });
        self.browser.send_json("POST", &path, &body).expect("making a link answers")
    }

    /// Makes a guest link.
    ///
    /// # Panics
    /// When it was refused.
    pub fn make_link(&mut self, name: &str, max_uses: Option<i64>) -> GuestLink {
        let answer = self.ask_for_link(name, max_uses);
        assert_eq!(answer.status, 201, "a link is made: {}", answer.text());
        let said = answer.json();
        let url = said["url"].as_str().expect("a link has a URL");
        let token = url.rsplit('/').next().unwrap_or_default().to_owned();
        GuestLink { id: said["link"]["id"].as_str().expect("a link has an id").to_owned(), token }
    }

    /// Asks for an invite.
    ///
    /// # Panics
    /// When the answer was lost.
    pub fn ask_for_invite(&mut self, email: &str, more: &Value) -> Answer {
        let path = self.path("invites");
        let mut body =
            json!({ "email": email, "first_name": "Anna", "last_name": "Klein", "role": "viewer" });
        if let (Some(body), Some(more)) = (body.as_object_mut(), more.as_object()) {
            body.extend(more.clone());
        }
        self.browser.send_json("POST", &path, &body).expect("making an invite answers")
    }

    /// Makes an invite; `more` adds to what is sent.
    ///
    /// # Panics
    /// When it was refused.
    pub fn make_invite(&mut self, email: &str, more: &Value) -> InviteLink {
        let answer = self.ask_for_invite(email, more);
        assert_eq!(answer.status, 201, "an invite is made: {}", answer.text());
        let said = answer.json();
        let url = said["url"].as_str().expect("an invite has a URL");
        let token = url.rsplit('/').next().unwrap_or_default().to_owned();
        InviteLink { id: said["invite"]["id"].as_str().expect("an invite has an id").to_owned(), token }
    }

    /// Revokes an invite, closing it in the way that `closing` says.
    ///
    /// # Panics
    /// When the answer was lost.
    pub fn revoke(&mut self, invite: &InviteLink, closing: &str) -> Answer {
        let path = self.path(&format!("invites/{}?closing={closing}", invite.id));
        self.browser.send_bare("DELETE", &path).expect("revoking answers")
    }

    /// Deletes a guest link, closing it in the way that `closing` says.
    ///
    /// # Panics
    /// When the answer was lost.
    pub fn delete_link(&mut self, link: &GuestLink, closing: &str) -> Answer {
        let path = self.path(&format!("guest-links/{}?closing={closing}", link.id));
        self.browser.send_bare("DELETE", &path).expect("deleting answers")
    }

    /// The URL of a link again.
    ///
    /// # Panics
    /// When the answer was lost.
    pub fn reveal(&mut self, link: &GuestLink) -> Answer {
        let path = self.path(&format!("guest-links/{}/reveal", link.id));
        self.browser.send_bare("POST", &path).expect("revealing answers")
    }

    /// What the dialog shows.
    ///
    /// # Panics
    /// When the answer was lost.
    pub fn guest_access(&mut self) -> Value {
        let path = self.path("guest-access");
        self.browser.get(&path).expect("guest access answers").json()
    }
}
