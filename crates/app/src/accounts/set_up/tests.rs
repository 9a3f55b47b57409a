//! The link of the first administrator dies with the first member, on both engines.

use domain::{Instant, MemberId, SiteRole};
use store::account::{self, NewMember};
use store::{Conn, StoreError, setup_token};

use crate::accounts::{TypedMember, Visitor};
use crate::test_site::{PASSWORD, TestSite};
use crate::{Conflict, Error, Secret};

const TOKENS: &str = "SELECT COUNT(*) FROM setup_token";

fn typed() -> TypedMember {
    let (email, name) = ("mallory@site.example".into(), "Mallory".into());
    TypedMember { email, name, password: PASSWORD.into() }
}

async fn check_refused(site: &TestSite, secret: Secret) {
    assert!(!site.app.knows_setup(secret).await.expect("an answer"), "the page says that it is over");
    let refused = site.app.set_up(secret, typed(), &Visitor::at([127, 0, 0, 1].into())).await;
    assert!(matches!(refused, Err(Error::Conflict(Conflict::SetupOver))), "{refused:?}");
}

/// A first member by one of the store's two ways: alone, as pages, the command line and providers make them, or with
/// others, as a list does.
async fn insert(site: &TestSite, alone: bool) {
    let id = MemberId::from_bytes([9; 16]);
    let inserted: Result<(), StoreError> = site
        .app
        .inner
        .store
        .write(async move |conn: &mut Conn| {
            let (email, name, role) = ("first@site.example", "First", SiteRole::Viewer);
            let new = NewMember { id, email, name, role, password_hash: "-", now: Instant::from_ms(1) };
            if alone { account::insert(conn, &new).await } else { account::insert_all(conn, &[new]).await }
        })
        .await;
    inserted.expect("a member");
}

#[tokio::test]
async fn the_first_member_ends_the_set_up_link_however_they_are_made() {
    for alone in [true, false] {
        for site in TestSite::both(false).await {
            let secret = site.app.begin_setup().await.expect("an answer").expect("no member yet");
            assert!(site.app.knows_setup(secret).await.expect("an answer"));
            insert(&site, alone).await;
            assert_eq!(site.number(TOKENS, Vec::new()).await, 0);
            check_refused(&site, secret).await;
        }
    }
}

#[tokio::test]
async fn a_set_up_link_that_was_left_over_is_refused_and_cleared_at_the_next_start() {
    for site in TestSite::both(false).await {
        let secret = Secret::from_random([5; 32]);
        insert(&site, true).await;
        // As an older version left it behind.
        let left: Result<(), StoreError> = site
            .app
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                let now = Instant::from_ms(1);
                setup_token::put(conn, secret.hash(), now, now).await
            })
            .await;
        left.expect("left behind");
        check_refused(&site, secret).await;
        assert!(site.app.begin_setup().await.expect("an answer").is_none());
        assert_eq!(site.number(TOKENS, Vec::new()).await, 0);
    }
}
