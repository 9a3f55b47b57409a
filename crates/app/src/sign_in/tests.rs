//! What a provider's word about somebody leads to, on SQLite.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::{Email, GroupId, Instant, MemberId, SiteRole};
use signin::oidc::{EmailProof, Identity};
use store::{Conn, StoreError, address, group, passkey};

use super::*;
use crate::accounts::{TypedMember, Visitor};
use crate::test_site::HERE;
use crate::{App, Caller, Config, Error, Outside, Secret};

struct World {
    app: App,
    _folder: tempfile::TempDir,
}

fn provider() -> ProviderSettings {
    ProviderSettings {
        name: "school".into(),
        label: "School".into(),
        client: Client {
            issuer: "http://127.0.0.1:9".into(),
            client_id: "anteroom".into(),
            client_secret: None,
            scopes: Vec::new(),
            groups_claim: Some("groups".into()),
        },
        trusted_domains: vec!["school.example".into()],
        assume_email_verified: false,
        groups: [("t".to_owned(), "Teachers".to_owned()), ("b".to_owned(), "Board".to_owned())].into(),
        roles: [("t".to_owned(), SiteRole::PrivateOnly), ("b".to_owned(), SiteRole::Admin)].into(),
        create_members: true,
    }
}

fn identity(subject: &str, email: &str, verified: bool, groups: &[&str]) -> Identity {
    Identity {
        subject: subject.into(),
        email: Some(email.into()),
        email_proof: if verified { EmailProof::Given } else { EmailProof::Denied },
        name: Some("Noa Bar".into()),
        groups: groups.iter().map(|&group| group.into()).collect(),
    }
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let counter = AtomicU64::new(1);
        let outside = Outside::new(
            || Instant::from_ms(1_800_000_000_000),
            move |bytes| {
                for piece in bytes.chunks_mut(8) {
                    let word = counter.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
                    let word = (word ^ word >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9).to_be_bytes();
                    piece.copy_from_slice(&word[..piece.len()]);
                }
            },
        );
        let app = App::open_beside(Config::for_folder(folder.path().to_owned()), outside).await;
        Self { app: app.expect("the app opens"), _folder: folder }
    }

    async fn member(&self, email: &str) -> MemberId {
        let typed =
            TypedMember { email: email.into(), name: "Somebody".into(), password: "quiet harbour".into() };
        self.app.create_member(typed, SiteRole::Viewer).await.expect("a member").facts.id
    }

    /// Signs in; the member's id and role.
    async fn welcome(
        &self,
        settings: &ProviderSettings,
        identity: Identity,
    ) -> Result<(MemberId, SiteRole), &'static str> {
        let secret = self.app.welcome(settings, "http://127.0.0.1:9", identity, &Visitor::at(HERE)).await;
        let secret = secret.map_err(|failure| failure.code().unwrap_or("other"))?;
        let credentials = crate::Credentials { session: Some(secret), ..Default::default() };
        let caller = self.app.know(credentials).await.expect("known");
        let facts = caller.member_facts().expect("a session");
        Ok((facts.id, facts.role))
    }

    async fn verified(&self, member: MemberId) -> Vec<Email> {
        let store = &self.app.inner.store;
        let list: Result<_, StoreError> =
            store.read(async move |conn: &mut Conn| conn.ask(address::verified_of(member)).await).await;
        list.expect("addresses")
    }

    async fn groups(&self, member: MemberId) -> Vec<GroupId> {
        let store = &self.app.inner.store;
        let list: Result<_, StoreError> =
            store.read(async move |conn: &mut Conn| conn.ask(group::of_member(member)).await).await;
        list.expect("groups")
    }
}

#[tokio::test]
async fn a_proved_address_of_a_trusted_domain_leads_to_its_member() {
    let world = World::new().await;
    let noa = world.member("noa@school.example").await;
    let (found, _) =
        world.welcome(&provider(), identity("1", "Noa@School.Example", true, &[])).await.unwrap();
    assert_eq!(found, noa);
    assert_eq!(world.verified(noa).await, [Email::new("noa@school.example").unwrap()]);
    // From now on by the provider's own name for her, whatever else it says.
    let again = world.welcome(&provider(), identity("1", "other@elsewhere.example", false, &[])).await;
    assert_eq!(again.map(|(id, _)| id), Ok(noa));
    // The provider gave her address to somebody else: that is not her.
    let heir = world.welcome(&provider(), identity("2", "noa@school.example", true, &[])).await;
    assert_eq!(heir, Err("email_taken"));
}

#[tokio::test]
async fn an_unproved_address_leads_to_nobody() {
    let world = World::new().await;
    let noa = world.member("noa@school.example").await;
    let unverified = world.welcome(&provider(), identity("1", "noa@school.example", false, &[])).await;
    assert_eq!(unverified, Err("email_taken"));
    let dana = world.member("dana@elsewhere.example").await;
    let untrusted = world.welcome(&provider(), identity("2", "dana@elsewhere.example", true, &[])).await;
    assert_eq!(untrusted, Err("email_taken"));
    assert_eq!((world.verified(noa).await, world.verified(dana).await), (vec![], vec![]));
    // A free one makes a member, unproved.
    let (new, _) =
        world.welcome(&provider(), identity("3", "free@school.example", false, &[])).await.unwrap();
    assert_eq!(world.verified(new).await, []);
    // Whoever really has that address does not come into an account that somebody else made.
    let owner = world.welcome(&provider(), identity("4", "free@school.example", true, &[])).await;
    assert_eq!(owner, Err("email_taken"));
    let nobody = ProviderSettings { create_members: false, ..provider() };
    let refused = world.welcome(&nobody, identity("5", "new@school.example", true, &[])).await;
    assert_eq!(refused, Err("no_member"));
    let silent = Identity { email: None, ..identity("6", "", true, &[]) };
    assert_eq!(world.welcome(&provider(), silent).await, Err("no_email"));
}

#[tokio::test]
async fn silence_about_an_address_proves_it_where_the_site_says_so() {
    let world = World::new().await;
    let noa = world.member("noa@school.example").await;
    let says = |subject: &str, email: &str, email_proof| Identity {
        email_proof,
        ..identity(subject, email, true, &[])
    };
    let silent = says("1", "noa@school.example", EmailProof::Missing);
    assert_eq!(world.welcome(&provider(), silent.clone()).await, Err("email_taken"), "the default");
    let assuming = ProviderSettings { assume_email_verified: true, ..provider() };
    let denied = says("1", "noa@school.example", EmailProof::Denied);
    assert_eq!(world.welcome(&assuming, denied).await, Err("email_taken"), "a no is a no");
    world.member("dana@elsewhere.example").await;
    let foreign = says("2", "dana@elsewhere.example", EmailProof::Missing);
    assert_eq!(world.welcome(&assuming, foreign).await, Err("email_taken"), "not a domain of theirs");
    assert_eq!(world.welcome(&assuming, silent).await.map(|(id, _)| id), Ok(noa));
    assert_eq!(world.verified(noa).await, [Email::new("noa@school.example").unwrap()]);
}

#[tokio::test]
async fn a_disabled_member_is_told_what_a_stranger_is_told() {
    let world = World::new().await;
    let (noa, _) = world.welcome(&provider(), identity("1", "noa@school.example", true, &[])).await.unwrap();
    let disabled: Result<_, StoreError> = world
        .app
        .inner
        .store
        .write(async move |conn: &mut Conn| {
            conn.execute("UPDATE member SET disabled_ms = $1", &[store::ToValue::to_value(&1_i64)]).await
        })
        .await;
    assert_eq!(disabled.expect("written"), 1);
    let by_name = world.welcome(&provider(), identity("1", "noa@school.example", true, &[])).await;
    let by_address = world.welcome(&provider(), identity("2", "noa@school.example", true, &[])).await;
    assert_eq!((by_name, by_address), (Err("no_member"), Err("no_member")), "{noa}");
}

#[tokio::test]
async fn groups_and_roles_follow_the_provider_and_what_was_made_by_hand_stays() {
    let world = World::new().await;
    let say = |groups: &'static [&str]| identity("1", "noa@school.example", true, groups);
    let (noa, role) = world.welcome(&provider(), say(&["t", "b", "x"])).await.unwrap();
    assert_eq!(role, SiteRole::Admin, "the highest");
    let both = world.groups(noa).await;
    assert_eq!(both.len(), 2);
    let by_hand = GroupId::from_bytes([9; 16]);
    let joined: Result<_, StoreError> = world
        .app
        .inner
        .store
        .write(async move |conn: &mut Conn| {
            let now = Instant::from_ms(1);
            store::oidc_identity::group(conn, "Choir", by_hand, now).await?;
            store::oidc_identity::set_groups(conn, noa, "hand", &[by_hand]).await
        })
        .await;
    joined.expect("joined");
    let (_, role) = world.welcome(&provider(), say(&["t"])).await.unwrap();
    assert_eq!(role, SiteRole::PrivateOnly);
    let left = world.groups(noa).await;
    assert_eq!(left.len(), 2);
    assert!(left.contains(&by_hand));
    let (_, role) = world.welcome(&provider(), say(&[])).await.unwrap();
    assert_eq!((role, world.groups(noa).await), (SiteRole::Viewer, vec![by_hand]));
    let without_roles = ProviderSettings { roles: BTreeMap::new(), ..provider() };
    assert_eq!(world.welcome(&without_roles, say(&["b"])).await.map(|(_, role)| role), Ok(SiteRole::Viewer));
}

#[tokio::test]
async fn a_provider_takes_no_site_administrators_role() {
    let world = World::new().await;
    let typed = TypedMember {
        email: "root@school.example".into(),
        name: "Root".into(),
        password: "quiet harbour".into(),
    };
    let root = world.app.create_member(typed, SiteRole::SiteAdministrator).await.expect("made").facts.id;
    let welcomed = world.welcome(&provider(), identity("1", "root@school.example", true, &["t"])).await;
    assert_eq!(welcomed, Ok((root, SiteRole::SiteAdministrator)));
}

#[tokio::test]
async fn what_a_sign_in_remembers_is_for_one_browser_once_and_soon() {
    let world = World::new().await;
    let app = &world.app;
    let browser = app.begin_flow("oidc", "memory").await.expect("begun");
    let other = Secret::from_random([5; 32]);
    assert_eq!(app.take_flow("oidc", Some(other)).await.expect("asked"), None);
    assert_eq!(app.take_flow("oidc", None).await.expect("asked"), None);
    assert_eq!(app.take_flow("passkey_sign_in", Some(browser)).await.expect("asked"), None);
    let taken = app.take_flow("oidc", Some(browser)).await.expect("asked");
    assert_eq!(taken, Some(("memory".to_owned(), true)));
    assert_eq!(app.take_flow("oidc", Some(browser)).await.expect("asked"), None);
    // Too late.
    let (hash, then) = (browser.hash(), Instant::from_ms(1_700_000_000_000));
    let put: Result<_, StoreError> = app
        .inner
        .store
        .write(async move |conn: &mut Conn| {
            store::sign_in_flow::put(conn, hash, "oidc", b"old", then, then.plus(FLOW_LASTS)).await
        })
        .await;
    put.expect("kept");
    assert_eq!(app.take_flow("oidc", Some(browser)).await.expect("asked"), None);
}

#[tokio::test]
async fn the_eleventh_passkey_is_refused() {
    let world = World::new().await;
    let noa = world.member("noa@school.example").await;
    for number in 0_u8..11 {
        let kept: Result<bool, StoreError> = world
            .app
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                let key = Passkey {
                    id: domain::PasskeyId::from_bytes([number; 16]),
                    name: "Phone".into(),
                    created_at: Instant::from_ms(1),
                    used_at: None,
                };
                let new = passkey::NewPasskey { passkey: &key, credential_id: &[number], credential: "{}" };
                passkey::insert(conn, noa, &new, 10).await
            })
            .await;
        assert_eq!(kept.expect("asked"), number < 10, "{number}");
    }
    let typed = ("noa@school.example", "quiet harbour".into());
    let signed_in = world.app.sign_in(typed.0, typed.1, &Visitor::at(HERE)).await;
    let session = signed_in.expect("signed in").0;
    let credentials = crate::Credentials { session: Some(session), ..Default::default() };
    let caller: Caller = world.app.know(credentials).await.expect("known");
    assert!(matches!(world.app.begin_passkey(&caller).await, Err(Error::Invalid(_))));
}

#[tokio::test]
async fn beginning_to_sign_in_by_passkey_leaves_no_row_and_leads_in_once() {
    let world = World::new().await;
    let app = &world.app;
    let rows = async || {
        let sql = "SELECT COUNT(*) FROM sign_in_flow";
        let store = &app.inner.store;
        let read: Result<i64, StoreError> =
            store.read(async move |conn: &mut Conn| conn.value(sql, &[]).await).await;
        read.expect("a number")
    };
    for _ in 0..50 {
        app.begin_passkey_sign_in(HERE).expect("begun");
    }
    let flow = app.seal_flow("passkey_sign_in", "memory of it").expect("sealed");
    assert_eq!(rows().await, 0);
    let opened = app.open_flow("passkey_sign_in", &flow).expect("opened");
    assert_eq!(opened.state, "memory of it");
    assert!(app.open_flow("passkey", &flow).is_none() && app.open_flow("oidc", &flow).is_none());
    let torn = SealedFlow::from_text(&flow.as_text()[1..]).expect("a text");
    assert!(app.open_flow("passkey_sign_in", &torn).is_none());
    let spend = async || {
        let opened = app.open_flow("passkey_sign_in", &flow).expect("opened");
        let spent: Result<bool, StoreError> = app
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                let now = conn.now().await?;
                opened.spend(conn, now).await
            })
            .await;
        spent.expect("an answer")
    };
    assert!(spend().await && !spend().await, "once");
}
