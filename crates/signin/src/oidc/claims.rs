//! What a provider says about a person, and whether it was said to us, now, for this very sign-in.

use serde_json::Value;

use super::OidcError;

/// Clocks may differ by this much.
const LEEWAY_S: i64 = 60;

/// What a provider says about whose an address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmailProof {
    /// It says that the address is the person's.
    Given,
    /// It says that it did not make sure.
    Denied,
    /// It says nothing.
    Missing,
}

impl EmailProof {
    /// `email_verified` (OpenID Connect Core 5.1), or Entra's `xms_edov`, which says that the domain's owner stands
    /// for the address. An explicit no of either weighs more than a yes.
    fn read(claims: &Value) -> Self {
        let said = ["email_verified", "xms_edov"].map(|name| Self::of(claims.get(name)));
        if said.contains(&Self::Denied) {
            Self::Denied
        } else if said.contains(&Self::Given) {
            Self::Given
        } else {
            Self::Missing
        }
    }

    /// Providers write it as true, "true", 1 and "1"; whatever cannot be read as that is no.
    fn of(value: Option<&Value>) -> Self {
        match value {
            None | Some(Value::Null) => Self::Missing,
            Some(Value::Bool(true)) => Self::Given,
            Some(Value::Number(number)) if number.as_u64() == Some(1) => Self::Given,
            Some(Value::String(text)) if text == "1" || text.eq_ignore_ascii_case("true") => Self::Given,
            Some(_) => Self::Denied,
        }
    }
}

/// A person as the provider knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The provider's own name for them; never changes.
    pub subject: String,
    /// Address, as said.
    pub email: Option<String>,
    /// Whether the provider says that the address is theirs.
    pub email_proof: EmailProof,
    /// Display name.
    pub name: Option<String>,
    /// What the groups' claim lists.
    pub groups: Vec<String>,
}

/// To whom a token must have been given.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    pub(super) now_s: i64,
}

fn text<'a>(claims: &'a Value, name: &str) -> Option<&'a str> {
    claims.get(name).and_then(Value::as_str)
}

fn seconds(claims: &Value, name: &str) -> Option<i64> {
    let value = claims.get(name)?;
    // Some providers write fractions.
    value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds as i64))
}

/// What a provider said, as it may stand in the log.
pub(super) fn shown(said: &str) -> String {
    said.chars().take(300).collect()
}

impl Expected<'_> {
    /// Checks the claims of a token whose signature is good.
    pub(super) fn check(&self, claims: &Value) -> Result<(), OidcError> {
        let lie = |what| Err(OidcError::Lies(what));
        if text(claims, "iss") != Some(self.issuer) {
            let said = claims.get("iss").unwrap_or(&Value::Null);
            return Err(OidcError::Foreign { said: shown(&said.to_string()), expected: self.issuer.into() });
        }
        let azp = text(claims, "azp");
        let for_us = match claims.get("aud") {
            Some(Value::String(one)) => one == self.client_id,
            Some(Value::Array(all)) => {
                let named = all.iter().any(|one| one.as_str() == Some(self.client_id));
                named && (all.len() == 1 || azp.is_some())
            }
            _ => false,
        };
        if !for_us {
            return lie("audience");
        }
        if claims.get("azp").is_some() && azp != Some(self.client_id) {
            return lie("authorized party");
        }
        if text(claims, "nonce") != Some(self.nonce) {
            return lie("nonce");
        }
        if text(claims, "sub").is_none_or(|subject| subject.is_empty() || subject.len() > 255) {
            return lie("subject");
        }
        let (Some(end), Some(made)) = (seconds(claims, "exp"), seconds(claims, "iat")) else {
            return lie("times");
        };
        let begins = seconds(claims, "nbf").unwrap_or(made);
        let is_now = self.now_s < end.saturating_add(LEEWAY_S)
            && made.saturating_sub(LEEWAY_S) <= self.now_s
            && begins.saturating_sub(LEEWAY_S) <= self.now_s;
        if is_now { Ok(()) } else { Err(OidcError::WrongTime) }
    }
}

impl Identity {
    /// Reads checked claims, and what the userinfo endpoint added.
    pub(super) fn read(claims: &Value, more: Option<&Value>, groups_claim: Option<&str>) -> Self {
        // Address and its proof come from the same place.
        let about_email = if text(claims, "email").is_some() { claims } else { more.unwrap_or(claims) };
        let find = |name: &str| claims.get(name).or_else(|| more?.get(name));
        let groups = match groups_claim.and_then(find) {
            Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).map(Into::into).collect(),
            Some(Value::String(one)) => vec![one.clone()],
            _ => Vec::new(),
        };
        let name = ["name", "preferred_username"].into_iter().find_map(|name| find(name)?.as_str());
        Self {
            subject: text(claims, "sub").unwrap_or_default().into(),
            email: text(about_email, "email").map(Into::into),
            email_proof: EmailProof::read(about_email),
            name: name.map(Into::into),
            groups,
        }
    }

    /// Whether the userinfo endpoint has to be asked.
    pub(super) fn lacks(claims: &Value, groups_claim: Option<&str>) -> bool {
        text(claims, "email").is_none() || groups_claim.is_some_and(|name| claims.get(name).is_none())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(change: impl FnOnce(&mut Value)) -> Result<(), OidcError> {
        let mut claims = json!({
            "iss": "https://id.example.org", "aud": "anteroom", "sub": "7", "nonce": "n",
            "iat": 1_000, "exp": 1_300,
        });
        change(&mut claims);
        let expected =
            Expected { issuer: "https://id.example.org", client_id: "anteroom", nonce: "n", now_s: 1_100 };
        expected.check(&claims)
    }

    #[test]
    fn a_token_counts_for_us_and_for_now_alone() {
        assert_eq!(check(|_| ()), Ok(()));
        assert_eq!(check(|c| c["aud"] = json!(["anteroom"])), Ok(()));
        assert_eq!(check(|c| c["exp"] = json!(1_041)), Ok(()), "the leeway");
        assert_eq!(check(|c| c["iat"] = json!(1_160)), Ok(()), "the leeway");
        assert_eq!(check(|c| c["exp"] = json!(1_040)), Err(OidcError::WrongTime));
        assert_eq!(check(|c| c["iat"] = json!(1_161)), Err(OidcError::WrongTime));
        assert_eq!(check(|c| c["nbf"] = json!(1_161)), Err(OidcError::WrongTime));
        assert_eq!(check(|c| c["exp"] = json!(null)), Err(OidcError::Lies("times")));
        let slash = check(|c| c["iss"] = json!("https://id.example.org/")).unwrap_err().to_string();
        assert!(slash.contains("\"https://id.example.org/\""), "{slash}");
        assert!(slash.contains("\"https://id.example.org\""), "the log names both: {slash}");
        assert_eq!(check(|c| c["aud"] = json!("other")), Err(OidcError::Lies("audience")));
        assert_eq!(check(|c| c["aud"] = json!(["anteroom", "other"])), Err(OidcError::Lies("audience")));
        let both = |c: &mut Value| {
            c["aud"] = json!(["anteroom", "other"]);
            c["azp"] = json!("anteroom");
        };
        assert_eq!(check(both), Ok(()));
        assert_eq!(check(|c| c["azp"] = json!("other")), Err(OidcError::Lies("authorized party")));
        assert_eq!(check(|c| c["nonce"] = json!("m")), Err(OidcError::Lies("nonce")));
        assert_eq!(check(|c| c["sub"] = json!("")), Err(OidcError::Lies("subject")));
    }

    #[test]
    fn an_address_and_its_proof_come_from_one_place() {
        let token = json!({ "sub": "7", "email": "a@example.org" });
        let more = json!({ "sub": "7", "email": "b@example.org", "email_verified": true, "groups": ["x"] });
        let read = Identity::read(&token, Some(&more), Some("groups"));
        assert_eq!((read.email.as_deref(), read.email_proof), (Some("a@example.org"), EmailProof::Missing));
        assert_eq!(read.groups, ["x"]);
        let read = Identity::read(&json!({ "sub": "7" }), Some(&more), None);
        assert_eq!((read.email.as_deref(), read.email_proof), (Some("b@example.org"), EmailProof::Given));
        assert_eq!(read.groups, Vec::<String>::new());
    }

    #[test]
    fn a_provider_gives_denies_or_says_nothing_about_an_address() {
        use EmailProof::{Denied, Given, Missing};
        for (claims, expected) in [
            (json!({}), Missing),
            (json!({ "email_verified": null }), Missing),
            (json!({ "email_verified": true }), Given),
            (json!({ "email_verified": "true" }), Given),
            (json!({ "email_verified": "True" }), Given),
            (json!({ "email_verified": false }), Denied),
            (json!({ "email_verified": "false" }), Denied),
            (json!({ "email_verified": 0 }), Denied),
            (json!({ "email_verified": "" }), Denied),
            (json!({ "email_verified": ["true"] }), Denied),
            (json!({ "xms_edov": true }), Given),
            (json!({ "xms_edov": "1" }), Given),
            (json!({ "xms_edov": 1 }), Given),
            (json!({ "xms_edov": false }), Denied),
            (json!({ "xms_edov": "0" }), Denied),
            (json!({ "email_verified": false, "xms_edov": true }), Denied),
            (json!({ "email_verified": true, "xms_edov": false }), Denied),
        ] {
            assert_eq!(EmailProof::read(&claims), expected, "{claims}");
        }
    }
}
