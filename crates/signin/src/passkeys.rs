//! Passkeys: registering one and signing in by one without typing an address.
//!
//! What a ceremony remembers between its two requests goes out as text: the caller keeps it where no browser can
//! read or repeat it. The user handle is the member's id, never an address.

use webauthn_rs::prelude::{
    DiscoverableAuthentication, DiscoverableKey, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Url, Uuid, WebauthnError,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};

/// Why a passkey could not be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PasskeyError {
    /// The site's address is none that browsers allow passkeys at.
    #[error("browsers have no passkeys for {0}")]
    Address(String),
    /// What the browser sent is not the answer to what was asked, or is signed wrongly.
    #[error("not accepted: {0}")]
    NotAccepted(String),
    /// The authenticator counts backwards: a copy of it may be about.
    #[error("the authenticator's counter went back")]
    CounterWentBack,
    /// A bug.
    #[error("{0}")]
    Broken(String),
}

/// What begins a ceremony.
#[derive(Debug, Clone)]
pub struct Ceremony {
    /// For the browser: the JSON of `navigator.credentials`' options.
    pub options: String,
    /// For the other half, to be kept from everybody.
    pub state: String,
}

/// A passkey that was registered.
#[derive(Debug, Clone)]
pub struct NewPasskey {
    /// The authenticator's name for it.
    pub credential_id: Vec<u8>,
    /// All that must be kept to recognise it.
    pub credential: String,
}

/// A passkey that signed in.
#[derive(Debug, Clone)]
pub struct Recognised {
    /// The credential with its new counter.
    pub credential: String,
}

/// Passkeys of one site.
pub struct Passkeys {
    webauthn: Webauthn,
}

fn not_accepted(error: &WebauthnError) -> PasskeyError {
    match error {
        WebauthnError::CredentialPossibleCompromise => PasskeyError::CounterWentBack,
        other => PasskeyError::NotAccepted(other.to_string()),
    }
}

fn broken(error: impl std::fmt::Display) -> PasskeyError {
    PasskeyError::Broken(error.to_string())
}

fn read<T: serde::de::DeserializeOwned>(answer: &str) -> Result<T, PasskeyError> {
    serde_json::from_str(answer).map_err(|error| PasskeyError::NotAccepted(error.to_string()))
}

impl Passkeys {
    /// Passkeys for the site at this address; they are bound to its host name.
    ///
    /// # Errors
    /// `Address` for numbers instead of a name, and for plain http elsewhere than on localhost.
    pub fn new(public_url: &str, site_name: &str) -> Result<Self, PasskeyError> {
        let refuse = || PasskeyError::Address(public_url.to_owned());
        let url = Url::parse(public_url).map_err(|_| refuse())?;
        let host = url.domain().ok_or_else(refuse)?;
        if url.scheme() != "https" && host != "localhost" {
            return Err(refuse());
        }
        let builder = WebauthnBuilder::new(host, &url).map_err(|_| refuse())?;
        Ok(Self { webauthn: builder.rp_name(site_name).build().map_err(broken)? })
    }

    /// Begins to register a passkey for a member; `known` are those that they have.
    ///
    /// # Errors
    /// `Broken`.
    pub fn begin_registration(
        &self,
        member: [u8; 16],
        email: &str,
        name: &str,
        known: Vec<Vec<u8>>,
    ) -> Result<Ceremony, PasskeyError> {
        let known = known.into_iter().collect();
        let member = Uuid::from_bytes(member);
        let (options, state) =
            self.webauthn.start_passkey_registration(member, email, name, Some(known)).map_err(broken)?;
        let mut options = serde_json::to_value(options).map_err(broken)?;
        // Nobody types an address here, so the authenticator must find the passkey by itself.
        let selection = &mut options["publicKey"]["authenticatorSelection"];
        selection["residentKey"] = "required".into();
        selection["requireResidentKey"] = true.into();
        let state = serde_json::to_string(&state).map_err(broken)?;
        Ok(Ceremony { options: options.to_string(), state })
    }

    /// Ends a registration.
    ///
    /// # Errors
    /// `NotAccepted`.
    pub fn finish_registration(&self, answer: &str, state: &str) -> Result<NewPasskey, PasskeyError> {
        let state: PasskeyRegistration = serde_json::from_str(state).map_err(broken)?;
        let answer: RegisterPublicKeyCredential = read(answer)?;
        let passkey =
            self.webauthn.finish_passkey_registration(&answer, &state).map_err(|e| not_accepted(&e))?;
        let credential = serde_json::to_string(&passkey).map_err(broken)?;
        Ok(NewPasskey { credential_id: passkey.cred_id().to_vec(), credential })
    }

    /// Begins to sign somebody in: whoever it is.
    ///
    /// # Errors
    /// `Broken`.
    pub fn begin_sign_in(&self) -> Result<Ceremony, PasskeyError> {
        let (mut options, state) = self.webauthn.start_discoverable_authentication().map_err(broken)?;
        // It begins at the press of a button, not by the browser's autofill.
        options.mediation = None;
        let options = serde_json::to_string(&options).map_err(broken)?;
        Ok(Ceremony { options, state: serde_json::to_string(&state).map_err(broken)? })
    }

    /// Whose passkey an answer claims to be of, and which one. Proves nothing yet.
    ///
    /// # Errors
    /// `NotAccepted`.
    pub fn identify(&self, answer: &str) -> Result<([u8; 16], Vec<u8>), PasskeyError> {
        let answer: PublicKeyCredential = read(answer)?;
        let (member, credential) =
            self.webauthn.identify_discoverable_authentication(&answer).map_err(|e| not_accepted(&e))?;
        Ok((*member.as_bytes(), credential.to_vec()))
    }

    /// Ends a sign-in with the credential that [`Self::identify`] led to.
    ///
    /// # Errors
    /// `NotAccepted`, `CounterWentBack`.
    pub fn finish_sign_in(
        &self,
        answer: &str,
        state: &str,
        credential: &str,
    ) -> Result<Recognised, PasskeyError> {
        let state: DiscoverableAuthentication = serde_json::from_str(state).map_err(broken)?;
        let mut passkey: Passkey = serde_json::from_str(credential).map_err(broken)?;
        let answer: PublicKeyCredential = read(answer)?;
        let result = self
            .webauthn
            .finish_discoverable_authentication_v2(&answer, state, DiscoverableKey::from(&passkey))
            .map_err(|e| not_accepted(&e))?;
        passkey.update_credential(&result);
        Ok(Recognised { credential: serde_json::to_string(&passkey).map_err(broken)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_secure_names_have_passkeys() {
        for good in ["https://media.example.org", "http://localhost:8080", "https://media.example.org:8443"] {
            assert!(Passkeys::new(good, "Site").is_ok(), "{good}");
        }
        for bad in ["http://media.example.org", "https://192.0.2.7", "http://127.0.0.1:8080", ""] {
            assert!(matches!(Passkeys::new(bad, "Site"), Err(PasskeyError::Address(_))), "{bad}");
        }
    }

    #[test]
    fn the_browser_is_told_what_makes_a_passkey_findable_and_no_address_is_the_handle() {
        let site = Passkeys::new("https://media.example.org", "Site").expect("an address");
        let ceremony = site.begin_registration([7; 16], "dana@example.org", "Dana", vec![vec![1, 2]]);
        let ceremony = ceremony.expect("begins");
        let options: serde_json::Value = serde_json::from_str(&ceremony.options).expect("json");
        let options = &options["publicKey"];
        assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
        assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
        assert_eq!(options["rp"]["id"], "media.example.org");
        assert_eq!(options["user"]["id"], "BwcHBwcHBwcHBwcHBwcHBw");
        assert_eq!(options["excludeCredentials"][0]["id"], "AQI");
        assert!(matches!(
            site.finish_registration(r#"{ "id": "x" }"#, &ceremony.state),
            Err(PasskeyError::NotAccepted(_))
        ));
    }
}
