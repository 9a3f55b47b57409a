//! Handing one message to the server, in two steps: everything up to the point where the server says "go ahead", and
//! the message itself. Between them nothing can have been taken; behind them, whoever loses the answer cannot know.

use std::time::Duration;

use domain::Email;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::Response;
use tokio::time::timeout;

use crate::{Settings, Tls};

/// Answers are kept and shown no longer than this.
const ANSWER_CHARS: usize = 300;

/// The answer to an address with other letters, where the server does not take them.
pub(crate) const LATIN_ONLY: &str =
    "the mail server takes only addresses in plain Latin letters (no SMTPUTF8)";
/// The answer that stands with mail to an address that no message can carry.
pub const NO_ADDRESS: &str = "this address cannot be written to";

/// How handing over a message ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// The server has taken it, and said so.
    Accepted(String),
    /// The server does not take it.
    Refused {
        /// Whether it never will.
        permanent: bool,
        /// Its words.
        answer: String,
    },
    /// The connection was lost after the message was begun: it may or may not have been taken.
    Unknown(String),
    /// The server was not reached, or was silent, before the message was begun: it has not been taken.
    Unreachable(String),
}

/// A conversation that has come to the point where the message itself would follow.
pub struct Conversation {
    connection: AsyncSmtpConnection,
    step: Duration,
    within: Duration,
}

impl std::fmt::Debug for Conversation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Conversation(..)")
    }
}

impl Conversation {
    /// Connects, signs in, names sender and recipient. Dropping it at any point sends nothing.
    ///
    /// # Errors
    /// `Refused` or `Unreachable`.
    pub async fn begin(settings: &Settings, host: &str, to: &Email, message: &[u8]) -> Result<Self, Ending> {
        let all = settings.timeouts.before_message;
        let silent = |_| Err(Ending::Unreachable(format!("no answer within {} s", all.as_secs_f32())));
        let begun = timeout(all, Self::begin_unbounded(settings, host, to, message));
        let connection = begun.await.unwrap_or_else(silent)?;
        Ok(Self { connection, step: settings.timeouts.step, within: settings.timeouts.message })
    }

    async fn begin_unbounded(
        settings: &Settings,
        host: &str,
        to: &Email,
        message: &[u8],
    ) -> Result<AsyncSmtpConnection, Ending> {
        let mut connection = connect(settings, host).await?;
        let step = settings.timeouts.step;
        if let Some((user, password)) = &settings.sign_in {
            let credentials = Credentials::new(user.clone(), password.clone());
            let ways = [Mechanism::Plain, Mechanism::Login];
            // Wrong credentials are the administrator's slip, not this recipient's: they may be mended.
            let refused = |ending| match ending {
                Ending::Refused { answer, .. } => {
                    Ending::Unreachable(format!("the server refuses the password: {answer}"))
                }
                other => other,
            };
            answered(step, connection.auth(&ways, &credentials)).await.map_err(refused)?;
        }
        let (from, to) = (settings.from.as_str(), to.as_str());
        let mut parameters = Vec::new();
        if !(from.is_ascii() && to.is_ascii()) {
            if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
                return Err(Ending::Refused { permanent: true, answer: LATIN_ONLY.into() });
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        if !message.is_ascii() && connection.server_info().supports_feature(Extension::EightBitMime) {
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        let parse = |text: &str| crate::address(text).ok_or_else(no_address);
        let (from, to) = (parse(from)?, parse(to)?);
        answered(step, connection.command(Mail::new(Some(from), parameters))).await?;
        answered(step, connection.command(Rcpt::new(to, Vec::new()))).await?;
        Ok(connection)
    }

    /// Sends the message. From here on a lost connection leaves everything open.
    pub async fn give(mut self, message: &[u8]) -> Ending {
        match timeout(self.step, self.connection.command(Data)).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => return before(&error),
            Err(_) => return Ending::Unreachable("no answer to DATA".into()),
        }
        let given = timeout(self.within, self.connection.message(message)).await;
        let ending = match given {
            Ok(Ok(response)) => Ending::Accepted(words(&response)),
            Ok(Err(error)) => after(&error),
            Err(_) => {
                return Ending::Unknown(format!(
                    "the server did not answer within {} s",
                    self.within.as_secs_f32()
                ));
            }
        };
        // The message is settled; a server that is slow to say goodbye is left alone.
        let _ = timeout(Duration::from_secs(1), self.connection.quit()).await;
        ending
    }
}

async fn connect(settings: &Settings, host: &str) -> Result<AsyncSmtpConnection, Ending> {
    let tls = match settings.tls {
        Tls::None => None,
        _ => Some(tls(settings).map_err(|error| Ending::Unreachable(error.to_string()))?),
    };
    let step = settings.timeouts.step;
    let hello = ClientId::Domain(host.to_owned());
    let implicit = tls.clone().filter(|_| settings.tls == Tls::Implicit);
    let server = (settings.host.as_str(), settings.port);
    let connected = AsyncSmtpConnection::connect_tokio1(server, Some(step), &hello, implicit, None);
    let mut connection = answered(step, connected).await.map_err(|ending| match ending {
        // A server that greets with a refusal refuses us, not this recipient.
        Ending::Refused { answer, .. } => Ending::Unreachable(answer),
        other => other,
    })?;
    if let Some(tls) = tls.filter(|_| settings.tls == Tls::StartTls) {
        if !connection.can_starttls() {
            return Err(Ending::Unreachable("the server offers no STARTTLS; see the setting tls".into()));
        }
        answered(step, connection.starttls(tls, &hello)).await?;
    }
    Ok(connection)
}

fn tls(settings: &Settings) -> Result<TlsParameters, Error> {
    let mut builder = TlsParameters::builder(settings.host.clone());
    if let Some(pem) = &settings.authority {
        builder = builder.add_root_certificate(Certificate::from_pem(pem)?);
    }
    builder.build()
}

/// One step before the message.
async fn answered<T>(step: Duration, work: impl Future<Output = Result<T, Error>>) -> Result<T, Ending> {
    match timeout(step, work).await {
        Ok(done) => done.map_err(|error| before(&error)),
        Err(_) => Err(Ending::Unreachable(format!("no answer within {} s", step.as_secs_f32()))),
    }
}

fn before(error: &Error) -> Ending {
    match refusal(error) {
        Some(refused) => refused,
        None => Ending::Unreachable(cut(&error.to_string())),
    }
}

fn after(error: &Error) -> Ending {
    match refusal(error) {
        Some(refused) => refused,
        None => Ending::Unknown(cut(&error.to_string())),
    }
}

/// What the server itself said, when it said no.
fn refusal(error: &Error) -> Option<Ending> {
    let code = error.status()?;
    let said = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    let answer = cut(&format!("{code} {said}"));
    Some(Ending::Refused { permanent: error.is_permanent(), answer })
}

fn words(response: &Response) -> String {
    cut(&format!("{} {}", response.code(), response.message().collect::<Vec<_>>().join(" ")))
}

fn cut(text: &str) -> String {
    crate::plain::one_line(text).chars().take(ANSWER_CHARS).collect()
}

fn no_address() -> Ending {
    Ending::Refused { permanent: true, answer: NO_ADDRESS.into() }
}
