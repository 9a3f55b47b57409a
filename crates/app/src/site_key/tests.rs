//! Keys that are missing, mistaken, accepted; on both engines.

use std::fs;

use domain::{ItemFacts, ItemId, ItemKind, LinkId, SiteRole};
use store::item::NewItem;
use store::link::{self, NewLink};
use store::{Conn, StoreError, item};

use super::*;
use crate::App;
use crate::test_site::{SignedIn, TestSite};
use crate::{Conflict, Error, LinkToken};

/// An item with a guest link, sealed with the key of the moment.
async fn sealed_link(app: &App, owner: &SignedIn) -> (ItemId, LinkId) {
    let (now, token) = (app.now(), LinkToken::from_random(app.random()));
    let (item, id) = (ItemId::new(now, app.random()), LinkId::new(now, app.random()));
    let sealed = app.inner.keys.seal(token, id, item, &app.inner.outside).expect("sealed");
    let owner = owner.id;
    let made: Result<(), StoreError> = app
        .inner
        .store
        .write(async move |conn: &mut Conn| {
            let facts = ItemFacts::new(item, ItemKind::Video);
            item::insert(conn, &NewItem { facts: &facts, owner, title: "A film", size_bytes: 1, now })
                .await?;
            let (name, token_hash) = ("Friends", token.hash());
            let new =
                NewLink { id, item, name, token_hash, token_sealed: &sealed, max_uses: None, end: None, now };
            link::insert(conn, &new).await
        })
        .await;
    made.expect("a link");
    (item, id)
}

async fn reopen(site: &TestSite) -> Result<App, OpenError> {
    App::open_beside(site.app.config().clone(), site.app.inner.outside.clone()).await
}

async fn renew(site: &TestSite) -> Renewed {
    renew_keys(site.app.config().clone(), site.app.inner.outside.clone()).await.expect("renewed")
}

fn check_says(opened: Result<App, OpenError>, words: &str) {
    let Err(OpenError::Keys(text)) = opened else { panic!("it opened, or something else was wrong") };
    assert!(text.contains(words) && text.contains("anteroom keys renew"), "{text}");
}

#[tokio::test]
async fn a_database_opens_with_its_own_key_alone_until_the_loss_is_accepted() {
    for site in TestSite::both(false).await {
        let owner = site.member("olga@site.example", SiteRole::SiteAdministrator).await;
        let (item, old) = sealed_link(&site.app, &owner).await;
        let keys = site.app.config().data.join("keys");
        let right = fs::read_to_string(&keys).expect("a key");
        assert_eq!(renew(&site).await, Renewed::Fits);
        fs::remove_file(&keys).expect("removed");
        check_says(reopen(&site).await, "is missing");
        assert!(!keys.exists(), "none is made beside a database that has one");
        fs::write(&keys, "QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI\n").expect("another");
        fs::set_permissions(&keys, std::os::unix::fs::PermissionsExt::from_mode(0o600))
            .expect("for one user");
        check_says(reopen(&site).await, "is not the key");
        assert_eq!(renew(&site).await, Renewed::Accepted);
        let app = reopen(&site).await.map_err(|error| error.to_string()).expect("it opens now");
        let shown = app.reveal_guest_link(&owner.caller, item, old).await;
        assert!(matches!(shown, Err(Error::Conflict(Conflict::SealedBefore))), "{shown:?}");
        let new = sealed_link(&app, &owner).await;
        app.reveal_guest_link(&owner.caller, new.0, new.1).await.expect("what is made now can be copied");
        // The old key, put back too late, is another one now.
        fs::write(&keys, right).expect("the old one");
        let opened = App::open_beside(app.config().clone(), app.inner.outside.clone()).await;
        check_says(opened, "is not the key");
    }
}

#[tokio::test]
async fn a_folder_of_an_older_version_takes_the_key_that_it_has_when_that_fits() {
    for site in TestSite::both(false).await {
        let owner = site.member("olga@site.example", SiteRole::SiteAdministrator).await;
        sealed_link(&site.app, &owner).await;
        let forget = async || {
            let store = &site.app.inner.store;
            let sql = "DELETE FROM site_key";
            let forgot: Result<u64, StoreError> =
                store.write(async move |conn: &mut Conn| conn.execute(sql, &[]).await).await;
            assert_eq!(forgot.expect("forgotten"), 1);
        };
        forget().await;
        assert!(reopen(&site).await.is_ok());
        assert_eq!(site.number("SELECT COUNT(*) FROM site_key", Vec::new()).await, 1);
        forget().await;
        fs::remove_file(site.app.config().data.join("keys")).expect("removed");
        check_says(reopen(&site).await, "is missing");
        assert_eq!(renew(&site).await, Renewed::Made);
        assert!(reopen(&site).await.is_ok());
    }
}
