//! Guessers against a member who comes back to a browser of theirs (quality.md B1): nobody keeps them out of their own
//! account, and what a browser is known by opens nothing else.

use std::net::IpAddr;

use domain::Span;

use super::*;
use crate::Secret;
use crate::test_site::{PASSWORD, SignedIn, TestSite};

const ANNA: &str = "anna@site.example";
const BEN: &str = "ben@site.example";

fn address(number: u8) -> IpAddr {
    IpAddr::from([198, 51, 100, number])
}

/// Whoever holds what a browser kept of the session, at another address than before.
fn coming_back(session: Secret, from: u8) -> Visitor {
    Visitor { known: Some(session.of_known_browser()), ..Visitor::at(address(from)) }
}

async fn site_with_anna() -> (TestSite, SignedIn) {
    let site = TestSite::both(false).await.remove(0);
    let anna = site.member(ANNA, SiteRole::Viewer).await;
    (site, anna)
}

/// Somebody guesses at an account from many addresses, and never stops.
fn guess_without_end(app: &App, email: &str) {
    for _ in 0..1_000 {
        app.inner.account_failures.note_key(email.into(), app.now());
    }
}

async fn sign_in(app: &App, email: &str, password: &str, visitor: &Visitor) -> Result<Secret, Error> {
    app.sign_in(email, password.into(), visitor).await.map(|(session, _)| session)
}

#[tokio::test]
async fn b1_a_member_comes_back_while_their_account_is_guessed_at() {
    for site in TestSite::both(false).await {
        let anna = site.member(ANNA, SiteRole::Viewer).await;
        let app = &site.app;
        guess_without_end(app, ANNA);
        let new = sign_in(app, ANNA, PASSWORD, &Visitor::at(address(1))).await;
        assert!(matches!(new, Err(Error::TooManyFailures(_))), "a browser that nobody knows: {new:?}");
        let session =
            sign_in(app, ANNA, PASSWORD, &coming_back(anna.session, 1)).await.expect("her own browser");
        // And behind the address of a guesser, where a class sits.
        for _ in 0..50 {
            app.inner.failures.note(address(2), app.now());
        }
        let ben = sign_in(app, BEN, PASSWORD, &Visitor::at(address(2))).await;
        assert!(matches!(ben, Err(Error::TooManyFailures(_))), "the guesser's address is slowed: {ben:?}");
        sign_in(app, ANNA, PASSWORD, &coming_back(session, 2)).await.expect("her own browser");
    }
}

#[tokio::test]
async fn b1_a_known_browser_has_a_count_of_its_own() {
    let (site, anna) = site_with_anna().await;
    let (app, back) = (&site.app, coming_back(anna.session, 1));
    for _ in 0..10 {
        let wrong = sign_in(app, ANNA, "not her password", &back).await;
        assert!(matches!(wrong, Err(Error::WrongCredentials)), "{wrong:?}");
    }
    for _ in 0..30 {
        let slowed = sign_in(app, ANNA, PASSWORD, &back).await;
        assert!(
            matches!(slowed, Err(Error::TooManyFailures(1..=2))),
            "turned away, and not counted: {slowed:?}"
        );
    }
    sign_in(app, ANNA, PASSWORD, &Visitor::at(address(1))).await.expect("nobody else is slowed by it");
    site.advance(Span::from_secs(2));
    sign_in(app, ANNA, PASSWORD, &back).await.expect("nor is she, for long");
}

#[tokio::test]
async fn b1_tries_that_are_turned_away_count_nowhere() {
    let (site, _) = site_with_anna().await;
    let app = &site.app;
    guess_without_end(app, ANNA);
    for _ in 0..50 {
        let turned_away = sign_in(app, ANNA, "a guess", &Visitor::at(address(1))).await;
        assert!(matches!(turned_away, Err(Error::TooManyFailures(_))));
    }
    assert_eq!(app.inner.failures.check(address(1), app.now()), Ok(()));
}

#[tokio::test]
async fn a_browser_is_known_to_those_who_signed_in_there_alone() {
    let (site, anna) = site_with_anna().await;
    let app = &site.app;
    site.member(BEN, SiteRole::Viewer).await;
    guess_without_end(app, BEN);
    let back = coming_back(anna.session, 1);
    let ben = sign_in(app, BEN, PASSWORD, &back).await;
    assert!(matches!(ben, Err(Error::TooManyFailures(_))), "having an account opens no other: {ben:?}");
    // Both at one computer: it is known to both from then on, by what is there now and not by what was.
    site.advance(Span::from_secs(40));
    let session = sign_in(app, BEN, PASSWORD, &back).await.expect("in time");
    guess_without_end(app, BEN);
    guess_without_end(app, ANNA);
    let noted = sign_in(app, BEN, PASSWORD, &back).await;
    assert!(matches!(noted, Err(Error::TooManyFailures(_))), "what Anna noted before he came: {noted:?}");
    let after = sign_in(app, BEN, PASSWORD, &coming_back(session, 1)).await.expect("his browser");
    sign_in(app, ANNA, PASSWORD, &coming_back(after, 1)).await.expect("hers too");
}

#[tokio::test]
async fn a_reset_and_a_new_password_forget_browsers() {
    let (site, anna) = site_with_anna().await;
    let app = &site.app;
    let admin = site.member("root@site.example", SiteRole::SiteAdministrator).await;
    let there = site.sign_in(anna.id).await;
    let new = "another harbour".to_owned();
    app.change_own_password(&anna.caller, anna.session, PASSWORD.into(), new.clone()).await.expect("changed");
    guess_without_end(app, ANNA);
    let elsewhere = sign_in(app, ANNA, &new, &coming_back(there.session, 1)).await;
    assert!(matches!(elsewhere, Err(Error::TooManyFailures(_))), "{elsewhere:?}");
    let here = sign_in(app, ANNA, &new, &coming_back(anna.session, 1)).await.expect("where she changed it");
    let link = app.reset_member(&admin.caller, anna.id, Language::English).await.expect("reset");
    let OneTimeLink::Shown(url) = link else { panic!("mail is off") };
    let back = coming_back(here, 1);
    let forgotten = sign_in(app, ANNA, &new, &back).await;
    assert!(matches!(forgotten, Err(Error::TooManyFailures(_))), "{forgotten:?}");
    // The link is the way out for who is locked out, whatever is guessed meanwhile.
    let secret = url.rsplit('/').next().and_then(Secret::from_text).expect("a secret");
    let (session, _) = app.use_account_link(secret, new.clone(), &back).await.expect("signed in");
    sign_in(app, ANNA, &new, &coming_back(session, 1)).await.expect("known again");
}

#[tokio::test]
async fn a_members_browsers_are_bounded() {
    let (site, anna) = site_with_anna().await;
    for _ in 0..30 {
        site.sign_in(anna.id).await;
    }
    assert_eq!(site.number("SELECT COUNT(*) FROM known_browser", Vec::new()).await, 20);
    let newest = site.sign_in(anna.id).await;
    guess_without_end(&site.app, ANNA);
    sign_in(&site.app, ANNA, PASSWORD, &coming_back(newest.session, 1)).await.expect("the newest is known");
    site.advance(Span::from_days(401));
    let newest = coming_back(newest.session, 1);
    guess_without_end(&site.app, ANNA);
    assert!(sign_in(&site.app, ANNA, PASSWORD, &newest).await.is_err(), "not for ever");
}
