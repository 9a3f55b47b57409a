//! Servers that refuse, hang, die, or speak TLS.

use std::time::Duration;

use mail::{Ending, Language, Settings, Tls};
use testkit::{SmtpPeer, moment};

use crate::sending::{impatient, invite, send, settings};

async fn ending(peer: &SmtpPeer, mode: &str, settings: &Settings) -> Ending {
    peer.behave(mode);
    send(settings, &invite(settings, Language::English, None)).await
}

#[tokio::test]
async fn refusals_tell_now_from_never() {
    let peer = SmtpPeer::start();
    let settings = settings(&peer);
    let refused = ending(&peer, "refuse", &settings).await;
    let answer = "550 5.1.1 No such person here".into();
    assert_eq!(refused, Ending::Refused { permanent: true, answer });
    let later = ending(&peer, "later", &settings).await;
    let answer = "451 4.7.1 Come back later".into();
    assert_eq!(later, Ending::Refused { permanent: false, answer });
    assert_eq!(peer.count(), 0);
}

#[tokio::test]
async fn a_connection_lost_behind_the_message_leaves_it_open() {
    let peer = SmtpPeer::start();
    let settings = settings(&peer);
    let lost = ending(&peer, "die", &settings).await;
    assert!(matches!(lost, Ending::Unknown(_)), "{lost:?}");
    assert_eq!(peer.count(), 1, "it had taken it");
    let silent = ending(&peer, "mute-data", &impatient(settings)).await;
    assert!(matches!(silent, Ending::Unknown(_)), "{silent:?}");
}

#[tokio::test]
async fn a_connection_lost_before_the_message_has_sent_nothing() {
    let peer = SmtpPeer::start();
    let settings = settings(&peer);
    let begun = moment();
    let mute = ending(&peer, "mute", &impatient(settings.clone())).await;
    assert!(matches!(mute, Ending::Unreachable(_)), "{mute:?}");
    assert!(begun.elapsed() < Duration::from_secs(20), "a silent server costs {:?}", begun.elapsed());
    drop(peer);
    let gone = send(&settings, b"Subject: x\r\n\r\nx").await;
    assert!(matches!(gone, Ending::Unreachable(_)), "{gone:?}");
}

#[tokio::test]
async fn a_slow_server_is_waited_for() {
    let peer = SmtpPeer::start();
    let settings = settings(&peer);
    let slow = ending(&peer, "slow", &settings).await;
    assert!(matches!(slow, Ending::Accepted(_)), "{slow:?}");
}

#[test]
fn a_silent_server_costs_less_than_a_minute() {
    let timeouts = mail::Timeouts::default();
    let most = timeouts.before_message + timeouts.step + timeouts.message + Duration::from_secs(1);
    assert!(most < Duration::from_secs(60), "{most:?}");
}

#[tokio::test]
async fn tls_is_used_and_certificates_are_looked_at() {
    let peer = SmtpPeer::start_with_tls();
    let mut trusting = settings(&peer);
    (trusting.host, trusting.tls) = ("localhost".into(), Tls::StartTls);
    trusting.authority = Some(std::fs::read(SmtpPeer::certificate()).expect("a certificate"));
    let sent = ending(&peer, "accept", &trusting).await;
    assert!(matches!(sent, Ending::Accepted(_)), "{sent:?}");
    assert_eq!(peer.message(1)["tls"], true);

    let strange = Settings { authority: None, ..trusting.clone() };
    let refused = ending(&peer, "accept", &strange).await;
    assert!(matches!(refused, Ending::Unreachable(_)), "{refused:?}");
    let plain = SmtpPeer::start();
    let stripped = Settings { port: plain.port(), ..trusting };
    let refused = ending(&plain, "accept", &stripped).await;
    assert!(matches!(refused, Ending::Unreachable(ref why) if why.contains("STARTTLS")), "{refused:?}");
    assert_eq!((peer.count(), plain.count()), (1, 0));
}

#[test]
fn settings_are_checked() {
    assert!(Settings::new("", Tls::None, "a@example.org").is_err());
    assert!(Settings::new("mail.example.org:25", Tls::None, "a@example.org").is_err());
    assert!(Settings::new("::1", Tls::None, "a@example.org").is_ok());
    assert!(Settings::new("mail.example.org", Tls::None, "nobody").is_err());
    let open = Settings::new("mail.example.org", Tls::None, "a@example.org").expect("settings");
    assert!(open.signing_in("a".into(), "b".into()).is_err(), "a password in the open");
}
