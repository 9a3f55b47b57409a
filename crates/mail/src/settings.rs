//! Which server takes the mail, who it is from, and how long each step may take. Checked here; read by the binary.

use std::time::Duration;

use domain::Email;
use lettre::Address;

/// How the conversation is kept secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// Begins in the open and must change over; a server that cannot is refused.
    StartTls,
    /// From the first byte.
    Implicit,
    /// Not at all: for a server on this very machine.
    None,
}

impl Tls {
    /// The usual port.
    pub const fn port(self) -> u16 {
        match self {
            Self::StartTls => 587,
            Self::Implicit => 465,
            Self::None => 25,
        }
    }
}

impl std::str::FromStr for Tls {
    type Err = SettingsError;

    fn from_str(text: &str) -> Result<Self, SettingsError> {
        match text {
            "starttls" => Ok(Self::StartTls),
            "implicit" => Ok(Self::Implicit),
            "none" => Ok(Self::None),
            _ => Err(SettingsError::Tls),
        }
    }
}

/// How long a message may take. Together they bound what a silent server costs: under a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Reaching the server and each of its answers up to the message.
    pub step: Duration,
    /// All of that together.
    pub before_message: Duration,
    /// Handing over the message and its answer: servers look for malware here.
    pub message: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { step: seconds(8), before_message: seconds(20), message: seconds(30) }
    }
}

/// Everything about sending. Hides the password in Debug.
#[derive(Clone, PartialEq, Eq)]
pub struct Settings {
    /// The server's name; its certificate must say the same.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Secrecy.
    pub tls: Tls,
    /// User and password, if the server wants them.
    pub sign_in: Option<(String, String)>,
    /// A certificate (PEM) to be trusted beside those of this machine.
    pub authority: Option<Vec<u8>>,
    /// The address that mail is from.
    pub from: Email,
    /// The name beside it.
    pub from_name: String,
    /// How long it may take.
    pub timeouts: Timeouts,
}

/// What is wrong with the settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// No such way.
    #[error("tls: must be \"starttls\", \"implicit\" or \"none\"")]
    Tls,
    /// Not a name.
    #[error("host: must be the name or the address of a mail server, without a port")]
    Host,
    /// A password in the open.
    #[error("tls: \"none\" would send the password in the open; use \"starttls\" or \"implicit\"")]
    OpenPassword,
    /// Not an address.
    #[error("from: must be an e-mail address, such as anteroom@example.org")]
    From,
}

impl Settings {
    /// Settings for a server; the rest may be set afterwards.
    ///
    /// # Errors
    /// See [`SettingsError`].
    pub fn new(host: &str, tls: Tls, from: &str) -> Result<Self, SettingsError> {
        let is_part = |c: char| c.is_ascii_alphanumeric() || ".-:".contains(c);
        let is_name = !host.contains(':') || host.parse::<std::net::Ipv6Addr>().is_ok();
        if host.is_empty() || !host.chars().all(is_part) || !is_name {
            return Err(SettingsError::Host);
        }
        let from = Email::new(from).map_err(|_| SettingsError::From)?;
        if from.as_str().parse::<Address>().is_err() {
            return Err(SettingsError::From);
        }
        Ok(Self {
            host: host.to_owned(),
            port: tls.port(),
            tls,
            sign_in: None,
            authority: None,
            from,
            from_name: String::new(),
            timeouts: Timeouts::default(),
        })
    }

    /// Signs in at the server.
    ///
    /// # Errors
    /// `OpenPassword` without TLS.
    pub fn signing_in(mut self, user: String, password: String) -> Result<Self, SettingsError> {
        if self.tls == Tls::None {
            return Err(SettingsError::OpenPassword);
        }
        self.sign_in = Some((user, password));
        Ok(self)
    }
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Settings({}:{}, {:?}, ..)", self.host, self.port, self.tls)
    }
}
