//! Passwords against those who are many, or quick: what was true before the hashing may not be true behind it.

use std::time::Duration;

use futures_util::future::join_all;
use store::member_admin;

use super::*;
use crate::Secret;
use crate::test_site::{HERE, PASSWORD, TestSite};

const EMAIL: &str = "noa@school.example";

/// A site with one member, and the administrator.
struct World {
    site: TestSite,
    noa: MemberId,
    root: Caller,
}

impl World {
    async fn both() -> Vec<Self> {
        let mut worlds = Vec::new();
        for site in TestSite::both(false).await {
            let noa = site.member(EMAIL, SiteRole::Viewer).await.id;
            let root = site.member("root@school.example", SiteRole::SiteAdministrator).await.caller;
            worlds.push(Self { site, noa, root });
        }
        worlds
    }

    async fn sign_in(&self, password: &str) -> Result<(Secret, Member), Error> {
        self.site.app.sign_in(EMAIL, password.into(), &Visitor::at(HERE)).await
    }

    async fn reset(&self) {
        self.site.app.reset_member(&self.root, self.noa, Language::English).await.expect("reset");
    }

    async fn close(&self) {
        let change = crate::members::MemberChange { disabled: Some(true), ..Default::default() };
        self.site.app.change_member(&self.root, self.noa, change).await.expect("closed");
    }

    /// Nothing is hashed before `meanwhile` is done; what `work` reads before hashing it has read by then.
    async fn while_waiting_to_hash<T>(
        &self,
        work: impl Future<Output = T>,
        meanwhile: impl AsyncFnOnce(),
    ) -> T {
        let turns = self.site.app.inner.hashing.acquire_many(2).await.expect("both turns");
        let meanwhile = async {
            for _ in 0..8 {
                self.site.app.check_ready().await.expect("readable");
            }
            meanwhile().await;
            drop(turns);
        };
        tokio::join!(work, meanwhile).0
    }
}

#[tokio::test]
async fn a_password_that_is_void_by_now_opens_nothing() {
    for world in World::both().await {
        let late = world.while_waiting_to_hash(world.sign_in(PASSWORD), async || world.reset().await).await;
        assert!(matches!(late, Err(Error::WrongCredentials)), "{late:?}");
    }
}

#[tokio::test]
async fn an_account_that_is_closed_by_now_is_not_signed_in() {
    for world in World::both().await {
        let late = world.while_waiting_to_hash(world.sign_in(PASSWORD), async || world.close().await).await;
        assert!(matches!(late, Err(Error::WrongCredentials)), "{late:?}");
    }
}

#[tokio::test]
async fn who_was_reset_meanwhile_chooses_no_password() {
    for world in World::both().await {
        let session = world.sign_in(PASSWORD).await.expect("signed in").0;
        let (app, caller) = (&world.site.app, world.site.caller(session).await);
        let own = app.change_own_password(&caller, session, PASSWORD.into(), "another harbour".into());
        let late = world.while_waiting_to_hash(own, async || world.reset().await).await;
        assert!(late.is_err(), "{late:?}");
        let (store, noa) = (&app.inner.store, world.noa);
        let kept: Result<_, StoreError> =
            store.read(async move |conn: &mut Conn| member_admin::find_password(conn, noa).await).await;
        assert_eq!(kept.expect("readable"), None, "the reset holds");
    }
}

#[tokio::test]
async fn b1_guesses_that_come_all_at_once_are_counted_too() {
    for world in World::both().await {
        let app = &world.site.app;
        let here = Visitor::at(HERE);
        let guess = |password| app.sign_in(EMAIL, password, &here);
        let guesses = join_all((0..40).map(|number| guess(format!("guess {number}"))));
        let answers = world.while_waiting_to_hash(guesses, async || ()).await;
        let compared = answers.iter().filter(|answer| matches!(answer, Err(Error::WrongCredentials))).count();
        // Two are hashed side by side.
        assert!((10..=11).contains(&compared), "{compared}");
        let elsewhere = Visitor::at([192, 0, 2, 8].into());
        let right = app.sign_in(EMAIL, PASSWORD.into(), &elsewhere).await;
        assert!(right.is_ok(), "elsewhere nobody is slowed");
    }
}

#[tokio::test]
async fn b1_a_class_behind_one_address_signs_in_all_at_once() {
    for world in World::both().await {
        let class = join_all((0..30).map(|_| world.sign_in(PASSWORD)));
        let answers = world.while_waiting_to_hash(class, async || ()).await;
        assert!(answers.iter().all(Result::is_ok));
    }
}

#[tokio::test]
async fn a_wrong_one_time_link_costs_no_hashing() {
    for world in World::both().await {
        let _turns = world.site.app.inner.hashing.acquire_many(2).await.expect("both turns");
        let typed = TypedMember { email: EMAIL.into(), name: "Noa".into(), password: PASSWORD.into() };
        let here = Visitor::at(HERE);
        let set_up = world.site.app.set_up(Secret::from_random([7; 32]), typed, &here);
        let refused = tokio::time::timeout(Duration::from_secs(20), set_up).await.expect("at once");
        assert!(matches!(refused, Err(Error::Conflict(Conflict::SetupOver))), "{refused:?}");
    }
}
