//! One message to one peer.

use std::time::Duration;

use domain::{Email, Instant};
use mail::{
    Conversation, Ending, Language, Letter, Schedule, Settings, TemplateError, TemplateName, Timeouts, Tls,
    Values, compose, default_template,
};
use testkit::SmtpPeer;

pub(crate) const LINK: &str = "https://media.example.org/i/8f3kq2n7v5x0m4c6?a=1&b=2";

pub(crate) fn settings(peer: &SmtpPeer) -> Settings {
    let mut settings = Settings::new("127.0.0.1", Tls::None, "anteroom@example.org").expect("settings");
    settings.port = peer.port();
    settings.from_name = "סלון Anteroom".into();
    // Long enough for a loaded machine where an answer is expected; see `impatient` for silence.
    let minute = Duration::from_secs(60);
    settings.timeouts = Timeouts { step: minute, before_message: minute, message: minute };
    settings
}

/// The proportions of the defaults, in less time.
pub(crate) fn impatient(mut settings: Settings) -> Settings {
    let ms = Duration::from_millis;
    settings.timeouts = Timeouts { step: ms(800), before_message: ms(1_000), message: ms(1_200) };
    settings
}

pub(crate) fn values() -> Values {
    Values {
        first_name: "Zoë <b>".into(),
        last_name: "Müller".into(),
        title: "Dr.".into(),
        email: "zoe@xn--bcher-kva.example".into(),
        link: LINK.into(),
        item: "Film & \"Licht\"\r\nBcc: all@example.org".into(),
        start: "Saturday, 21 November 2026, 18:00 (Europe/Berlin)".into(),
        site: "Anteroom".into(),
        ..Values::default()
    }
}

pub(crate) fn schedule() -> Schedule {
    Schedule {
        uid: "item-1@media.example.org".into(),
        sequence: 2,
        start: Instant::from_ms(1_795_276_800_000),
        end: Instant::from_ms(1_795_280_400_000),
        summary: "Film, Licht; und mehr: eine sehr lange Überschrift, die gefaltet werden muss".into(),
        location: LINK.into(),
    }
}

pub(crate) fn invite(settings: &Settings, language: Language, schedule: Option<&Schedule>) -> Vec<u8> {
    invite_to("zoe@bücher.example", settings, language, schedule).expect("composes")
}

pub(crate) fn invite_to(
    to: &str,
    settings: &Settings,
    language: Language,
    schedule: Option<&Schedule>,
) -> Result<Vec<u8>, TemplateError> {
    let to = Email::new(to).expect("an address");
    let template = default_template(TemplateName::Invite, language);
    let letter = Letter {
        from: settings,
        to: &to,
        to_name: "Zoë Müller, \"Z\"\r\nBcc: all@example.org",
        id: "01arz3ndektsv4rrffq69g5fav",
        host: "media.example.org",
        date: Instant::from_ms(1_795_276_800_000),
        template: &template,
        values: &values(),
        schedule,
    };
    compose(&letter)
}

pub(crate) async fn send(settings: &Settings, message: &[u8]) -> Ending {
    send_to("zoe@bücher.example", settings, message).await
}

pub(crate) async fn send_to(to: &str, settings: &Settings, message: &[u8]) -> Ending {
    let to = Email::new(to).expect("an address");
    match Conversation::begin(settings, "media.example.org", &to, message).await {
        Ok(conversation) => conversation.give(message).await,
        Err(ending) => ending,
    }
}
