//! A browser with its cookies, as a person at a door has one; several people may sit down at one.

use std::collections::BTreeMap;

use app::domain::ItemId;
use http::{StatusCode, header};

use crate::answer::Answer;
use crate::cast::Key;
use crate::site::Site;

/// Cookies by name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Browser {
    cookies: BTreeMap<String, String>,
}

impl Browser {
    /// One that has this cookie.
    pub(crate) fn with(name: &str, value: &str) -> Self {
        Self { cookies: BTreeMap::from([(name.to_owned(), value.to_owned())]) }
    }

    pub(crate) fn key(&self) -> Key {
        let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        Key { cookies, bearer: None }
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    pub(crate) fn keep(&mut self, answer: &Answer) {
        for line in answer.headers.get_all(header::SET_COOKIE) {
            let line = line.to_str().expect("text");
            let (name, value) =
                line.split(';').next().and_then(|pair| pair.split_once('=')).expect("a cookie");
            self.cookies.remove(name);
            if !line.contains("Max-Age=0") {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    pub(crate) async fn get(&mut self, site: &Site, url: &str) -> Answer {
        let answer = site.get(&self.key(), url).await;
        self.keep(&answer);
        answer
    }

    pub(crate) async fn form(&mut self, site: &Site, url: &str, fields: &[(&str, &str)]) -> Answer {
        let answer = site.form(&self.key(), url, fields).await;
        self.keep(&answer);
        answer
    }

    /// Enters through a guest link under this name.
    pub(crate) async fn enter(&mut self, site: &Site, token: &str, name: &str, shared: bool) -> Answer {
        let form = entry_form(site, name);
        let mut fields = form.each();
        if shared {
            fields.push(("shared", "on"));
        }
        self.form(site, &format!("/g/{token}/enter"), &fields).await
    }

    /// Types the invited address into a lobby.
    pub(crate) async fn enter_invite(&mut self, site: &Site, token: &str, email: &str) -> Answer {
        let form_key = site.app.new_form_key().to_text();
        self.form(site, &format!("/i/{token}/enter"), &[("email", email), ("form_key", &form_key)]).await
    }

    /// "Not you?", pressed for good.
    pub(crate) async fn leave(&mut self, site: &Site, item: ItemId) -> Answer {
        let answer = self.form(site, &format!("/media/{item}/not-me"), &[]).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/left"));
        answer
    }

    /// As whom the item's page knows this browser; none when it lets it not in.
    pub(crate) async fn name_at(&self, site: &Site, item: ItemId) -> Option<String> {
        let page = site.get(&self.key(), &format!("/api/items/{item}")).await;
        (page.status == StatusCode::OK)
            .then(|| page.json()["as"]["name"].as_str().expect("a name").to_owned())
    }
}

/// The fields of an entry form.
pub(crate) struct EntryForm([(&'static str, String); 3]);

impl EntryForm {
    pub(crate) fn each(&self) -> Vec<(&str, &str)> {
        self.0.iter().map(|(name, value)| (*name, &**value)).collect()
    }
}

pub(crate) fn entry_form(site: &Site, name: &str) -> EntryForm {
    // What hides in a name is no part of an address.
    let plain: String = name.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '.')).collect();
    let email = format!("{}@guests.example", plain.replace(' ', ".").to_lowercase());
    let form_key = site.app.new_form_key().to_text();
    EntryForm([("name", name.to_owned()), ("email", email), ("form_key", form_key)])
}
