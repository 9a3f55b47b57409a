//! Proving one's own addresses, and what ends with a session, on both engines.

use std::time::Duration;

use domain::{SiteRole, Span};
use mail::Language;

use super::Visitor;
use crate::test_site::{PASSWORD, SignedIn, TestSite, code};
use crate::{Conflict, Error};

const EN: Language = Language::English;

/// The code in the newest message, and where it went.
async fn newest(site: &TestSite) -> (String, String) {
    let (to, text) = site.letters().await.pop().expect("a message");
    let subject = text.lines().find_map(|line| line.strip_prefix("Subject: ")).expect("a subject");
    (to, subject.chars().take_while(char::is_ascii_digit).collect())
}

async fn ask(site: &TestSite, who: &SignedIn, email: &str) -> Result<String, Error> {
    let asked = site.app.ask_address_code(&who.caller, who.session, email, EN).await?;
    let (to, digits) = newest(site).await;
    assert_eq!((asked.email, digits.len()), (to, 8));
    Ok(digits)
}

async fn prove(site: &TestSite, who: &SignedIn, digits: &str) -> Result<(), Error> {
    site.app.prove_address(&who.caller, who.session, digits).await
}

async fn addresses(site: &TestSite, who: &SignedIn) -> Vec<(String, bool)> {
    let own = site.app.get_own_account(&who.caller, Some(who.session)).await.expect("an account");
    own.addresses.into_iter().map(|one| (one.email, one.verified_at.is_some())).collect()
}

fn other_than(digits: &str) -> String {
    format!("{:08}", (digits.parse::<u64>().expect("digits") + 1) % 100_000_000)
}

#[tokio::test]
async fn a_mailed_code_proves_an_address_once_at_the_place_that_asked() {
    for site in TestSite::both(true).await {
        let anna = site.member("anna@site.example", SiteRole::Viewer).await;
        let elsewhere = site.sign_in(anna.id).await;
        let digits = ask(&site, &anna, " Anna@Home.Example ").await.expect("asked");
        assert_eq!(addresses(&site, &anna).await.len(), 1, "nothing is theirs before it is proved");
        let own = site.app.get_own_account(&anna.caller, Some(anna.session)).await.expect("an account");
        assert_eq!(own.proving.map(|one| one.email).as_deref(), Some("anna@home.example"));
        assert_eq!(code(prove(&site, &elsewhere, &digits).await), "code_over", "asked for elsewhere");
        assert_eq!(code(prove(&site, &anna, &other_than(&digits)).await), "code_wrong");
        let spaced = format!("{} {}", &digits[..4], &digits[4..]);
        prove(&site, &anna, &spaced).await.expect("proved");
        let both = [("anna@site.example".to_owned(), false), ("anna@home.example".to_owned(), true)];
        assert_eq!(addresses(&site, &anna).await, both);
        assert_eq!(code(prove(&site, &anna, &digits).await), "code_over", "once");
        assert_eq!(code(ask(&site, &anna, "anna@home.example").await), "email_is_verified");
        // The address that an administrator wrote down is proved in the same way, and stays the one to sign in with.
        let digits = ask(&site, &anna, "anna@site.example").await.expect("asked");
        prove(&site, &anna, &digits).await.expect("proved");
        assert!(addresses(&site, &anna).await.iter().all(|(_, is_verified)| *is_verified));
        let logged = "SELECT COUNT(*) FROM site_log WHERE what = 'address_proved'";
        assert_eq!(site.number(logged, Vec::new()).await, 2);
    }
}

#[tokio::test]
async fn five_tries_a_code_and_the_newest_one_only() {
    for site in TestSite::both(true).await {
        let anna = site.member("anna@site.example", SiteRole::Viewer).await;
        let first = ask(&site, &anna, "one@home.example").await.expect("asked");
        let second = ask(&site, &anna, "two@home.example").await.expect("asked");
        if first != second {
            assert_eq!(code(prove(&site, &anna, &first).await), "code_wrong", "of the one before");
        }
        for _ in 0..4 {
            assert_eq!(code(prove(&site, &anna, &other_than(&second)).await), "code_wrong");
        }
        assert_eq!(code(prove(&site, &anna, &second).await), "code_over", "right, and too late");
        // All at once are no more than one after another.
        let third = ask(&site, &anna, "three@home.example").await.expect("asked");
        let wrong = other_than(&third);
        let tried = futures_util::future::join_all((0..12).map(|_| prove(&site, &anna, &wrong))).await;
        let wrong = tried.into_iter().map(code).filter(|code| *code == "code_wrong").count();
        assert_eq!(wrong, 5);
        assert_eq!(code(prove(&site, &anna, &third).await), "code_over");
        assert_eq!(addresses(&site, &anna).await.len(), 1);
    }
}

#[tokio::test]
async fn a_code_is_good_for_ten_minutes() {
    let site = TestSite::both(true).await.remove(0);
    assert!(site.is_sqlite);
    let anna = site.member("anna@site.example", SiteRole::Viewer).await;
    let digits = ask(&site, &anna, "anna@home.example").await.expect("asked");
    site.advance(Span::from_minutes(10));
    assert_eq!(code(prove(&site, &anna, &digits).await), "code_over");
    let digits = ask(&site, &anna, "anna@home.example").await.expect("asked");
    site.advance(Span::from_ms(10 * 60_000 - 1_000));
    prove(&site, &anna, &digits).await.expect("proved");
}

#[tokio::test]
async fn what_another_member_proved_stays_theirs_and_nobody_is_told() {
    for site in TestSite::both(true).await {
        let anna = site.member("anna@site.example", SiteRole::Viewer).await;
        let ben = site.member("ben@site.example", SiteRole::Viewer).await;
        let digits = ask(&site, &ben, "shared@home.example").await.expect("asked");
        prove(&site, &ben, &digits).await.expect("proved");
        // Asking is answered as for an address that nobody has; the code goes to whoever reads the mailbox.
        let digits = ask(&site, &anna, "shared@home.example").await.expect("the same answer");
        assert_eq!(code(prove(&site, &anna, &other_than(&digits)).await), "code_wrong", "and no word more");
        let taken = prove(&site, &anna, &digits).await;
        assert!(matches!(taken, Err(Error::Conflict(Conflict::EmailTaken))), "{taken:?}");
        assert_eq!(addresses(&site, &ben).await.len(), 2);
        // One that ben signs in with is his, proved or not.
        let digits = ask(&site, &anna, "ben@site.example").await.expect("the same answer");
        let taken = prove(&site, &anna, &digits).await;
        assert!(matches!(taken, Err(Error::Conflict(Conflict::EmailTaken))), "{taken:?}");
        // One that was only written down for him goes to whoever proves it.
        let admin = site.member("ada@site.example", SiteRole::SiteAdministrator).await;
        site.app.set_member_address(&admin.caller, ben.id, "loose@home.example", false).await.expect("set");
        let digits = ask(&site, &anna, "loose@home.example").await.expect("asked");
        prove(&site, &anna, &digits).await.expect("proved");
        assert_eq!(addresses(&site, &anna).await[1], ("loose@home.example".to_owned(), true));
        assert_eq!(addresses(&site, &ben).await.len(), 2);
    }
}

#[tokio::test]
async fn codes_are_no_way_to_mail_strangers() {
    for site in TestSite::both(true).await {
        let anna = site.member("anna@site.example", SiteRole::Viewer).await;
        for _ in 0..3 {
            ask(&site, &anna, "stranger@home.example").await.expect("asked");
        }
        let fourth = ask(&site, &anna, "stranger@home.example").await;
        assert!(matches!(fourth, Err(Error::Conflict(Conflict::TooMuchMail(_)))), "{fourth:?}");
        for number in 3..10 {
            ask(&site, &anna, &format!("stranger{number}@home.example")).await.expect("asked");
        }
        let more = ask(&site, &anna, "one.more@home.example").await;
        assert!(matches!(more, Err(Error::TooManyRequests(_))), "{more:?}");
        assert_eq!(site.letters().await.len(), 10);
    }
}

#[tokio::test]
async fn without_mail_only_an_administrator_confirms() {
    for site in TestSite::both(false).await {
        let anna = site.member("anna@site.example", SiteRole::Viewer).await;
        let asked = site.app.ask_address_code(&anna.caller, anna.session, "anna@home.example", EN).await;
        assert!(matches!(asked, Err(Error::Conflict(Conflict::MailOff))), "{asked:?}");
        let own = site.app.get_own_account(&anna.caller, Some(anna.session)).await.expect("an account");
        assert!(!own.mails_codes && own.proving.is_none());
    }
}

/// Whether a page of theirs hears that they are signed out.
async fn is_told(watch: &mut super::SessionWatch) -> bool {
    tokio::time::timeout(Duration::from_millis(300), watch.over()).await.is_ok()
}

#[tokio::test]
async fn pages_hear_that_their_session_is_over_and_others_do_not() {
    for site in TestSite::both(false).await {
        let app = &site.app;
        let admin = site.member("ada@site.example", SiteRole::SiteAdministrator).await;
        let here = site.member("anna@site.example", SiteRole::Viewer).await;
        let there = site.sign_in(here.id).await;
        let mut at_here = app.watch_session(&here.caller).await.expect("signed in");
        let mut at_there = app.watch_session(&there.caller).await.expect("signed in");
        let mut at_admin = app.watch_session(&admin.caller).await.expect("signed in");
        app.end_other_sessions(&here.caller, here.session).await.expect("ended");
        assert!(is_told(&mut at_there).await && !is_told(&mut at_here).await);
        assert!(matches!(app.watch_session(&there.caller).await, Err(Error::SignInFirst)));
        let there = site.sign_in(here.id).await;
        let mut at_there = app.watch_session(&there.caller).await.expect("signed in");
        app.sign_out(there.session).await.expect("signed out");
        assert!(is_told(&mut at_there).await && !is_told(&mut at_here).await);
        let there = site.sign_in(here.id).await;
        let mut at_there = app.watch_session(&there.caller).await.expect("signed in");
        let name = super::session_name(&there.session.hash());
        app.end_own_session(&here.caller, name).await.expect("ended");
        assert!(is_told(&mut at_there).await && !is_told(&mut at_here).await);
        let there = site.sign_in(here.id).await;
        let mut at_there = app.watch_session(&there.caller).await.expect("signed in");
        let new = "a horse of another colour".to_owned();
        app.change_own_password(&here.caller, here.session, PASSWORD.into(), new).await.expect("changed");
        assert!(is_told(&mut at_there).await && !is_told(&mut at_here).await);
        app.end_member_sessions(&admin.caller, here.id).await.expect("ended");
        assert!(is_told(&mut at_here).await && !is_told(&mut at_admin).await);
        // Whoever signs in again is not told of what was before.
        let again = site.sign_in(here.id).await;
        let mut at_again = app.watch_session(&again.caller).await.expect("signed in");
        assert!(!is_told(&mut at_again).await);
    }
}

#[tokio::test]
async fn b1_every_way_to_sign_in_is_slowed_by_failures_from_its_address_or_at_its_account() {
    let site = TestSite::both(false).await.remove(0);
    let app = &site.app;
    site.member("anna@site.example", SiteRole::Viewer).await;
    site.member("ben@site.example", SiteRole::Viewer).await;
    let address = |number: u8| std::net::IpAddr::from([192, 0, 2, number]);
    let sign_in = async |email: &str, password: &str, from: u8| {
        app.sign_in(email, password.into(), &Visitor::at(address(from))).await.map(drop)
    };
    // Ten from each of ten addresses: none of them is slowed by itself.
    for from in 0..10 {
        for _ in 0..9 {
            let wrong = sign_in("Anna@site.example", "not her password", from).await;
            assert!(matches!(wrong, Err(Error::WrongCredentials)), "{wrong:?}");
        }
    }
    for _ in 0..10 {
        app.inner.account_failures.note_key("anna@site.example".into(), app.now());
    }
    let slowed = sign_in("anna@site.example", PASSWORD, 77).await;
    assert!(matches!(slowed, Err(Error::TooManyFailures(1..=2))), "{slowed:?}");
    sign_in("ben@site.example", PASSWORD, 77).await.expect("other accounts are not");
    site.advance(Span::from_secs(2));
    sign_in("anna@site.example", PASSWORD, 77).await.expect("nor is she, for long");
    // By its address, whichever way.
    assert!(!matches!(app.begin_passkey_sign_in(address(99)), Err(Error::TooManyFailures(_))));
    for _ in 0..10 {
        app.inner.failures.note(address(99), app.now());
    }
    assert!(matches!(app.begin_passkey_sign_in(address(99)), Err(Error::TooManyFailures(_))));
    let finished = app.finish_passkey_sign_in(None, "{}", &Visitor::at(address(99))).await;
    assert!(matches!(finished, Err(Error::TooManyFailures(_))));
    assert!(matches!(sign_in("ben@site.example", PASSWORD, 99).await, Err(Error::TooManyFailures(_))));
}
