//! One key a seat: what a browser holds, gives up by "Not you?", and may take back for a moment. The doors are tried as
//! people do who share a computer, and as somebody does who noted a key on it.

use app::domain::{ItemId, Span};
use app::guest_access::TypedLink;
use app::invites::{TypedInvite, TypedTerms};
use app::store::{Conn, StoreError, Value};
use http::StatusCode;

use crate::browsers::{Browser, entry_form};
use crate::cast::Cast;
use crate::props::published;
use crate::site::{EARLIER, Site};
use crate::stage::link;

const LASTING: &str = "__Host-anteroom-key";
const PASSING: &str = "__Host-anteroom-passing-key";
const LEFT: &str = "__Host-anteroom-left";
const ANNA: &str = "anna@guests.example";

struct World {
    site: Site,
    cast: Cast,
    item: ItemId,
    /// Of the item.
    token: String,
}

impl World {
    async fn new(site: Site) -> Self {
        // PostgreSQL's clock is the wall's.
        site.clock.advance(EARLIER);
        let cast = Cast::new(&site).await;
        let item = published(&site, &cast.owner, "own").await;
        let mut world = Self { site, cast, item, token: String::new() };
        world.token = world.open_door(item, None).await;
        world
    }

    async fn both() -> [Self; 2] {
        [Self::new(Site::sqlite().await).await, Self::new(Site::postgres().await).await]
    }

    async fn open_door(&self, item: ItemId, max_uses: Option<i64>) -> String {
        let owner = self.cast.owner.caller(&self.site).await;
        let finish = app::domain::Closing::Finish;
        self.site.app.switch_guest_access(&owner, item, true, finish).await.expect("switched on");
        let typed = TypedLink { name: "Link".into(), max_uses, days: None };
        link(&self.site, &owner, item, typed).await.1
    }

    /// Anna's invite for one device; the secret of its URL.
    async fn invite(&self) -> String {
        let terms = TypedTerms { role: "viewer".into(), ..TypedTerms::default() };
        let (first_name, last_name) = ("Anna".into(), "Levi".into());
        let typed = TypedInvite { email: ANNA.into(), first_name, last_name, terms };
        let owner = self.cast.owner.caller(&self.site).await;
        let made = self.site.app.make_invite(&owner, self.item, typed).await.expect("an invite");
        made.url.rsplit('/').next().expect("a path").to_owned()
    }

    async fn number(&self, sql: &'static str, item: ItemId) -> i64 {
        let values = [Value::Blob(item.as_bytes().to_vec())];
        let read: Result<_, StoreError> =
            self.site.store.read(async move |conn: &mut Conn| conn.value(sql, &values).await).await;
        read.expect("readable")
    }

    async fn living_seats(&self) -> i64 {
        self.number("SELECT COUNT(*) FROM seat WHERE item_id = $1 AND key_hash IS NOT NULL", self.item).await
    }

    async fn name(&self, browser: &Browser) -> Option<String> {
        browser.name_at(&self.site, self.item).await
    }
}

/// Finding F6: whoever noted the key of a browser that they left is nobody, whoever sits down there then.
#[tokio::test]
async fn a_noted_key_opens_nothing_of_whoever_sits_down_next() {
    for world in World::both().await {
        let (site, engine) = (&world.site, world.site.engine);
        let mut browser = Browser::default();
        browser.enter(site, &world.token, "Mallory", false).await;
        let noted = browser.clone();
        browser.leave(site, world.item).await;
        assert_eq!(browser.cookie(LASTING), None, "{engine}: the key goes with the seat");
        browser.enter(site, &world.token, "Vera Victim", false).await;
        assert_eq!(world.name(&browser).await.as_deref(), Some("Vera Victim"));
        assert_eq!(world.name(&noted).await, None, "{engine}");
        // Without "Not you?" the next person's seat has a key of its own all the same.
        let noted = browser.clone();
        browser.enter(site, &world.token, "Ulla Other", false).await;
        assert_ne!(noted.cookie(LASTING), browser.cookie(LASTING), "{engine}");
        assert_eq!(world.name(&noted).await, None, "{engine}: one seat a browser and item");
        assert_eq!(world.living_seats().await, 1, "{engine}");
    }
}

#[tokio::test]
async fn a_noted_key_opens_no_invitees_seat() {
    for world in World::both().await {
        let (site, engine) = (&world.site, world.site.engine);
        let invite = world.invite().await;
        let mut browser = Browser::default();
        browser.enter(site, &world.token, "Mallory", false).await;
        let noted = browser.clone();
        assert_eq!(browser.enter_invite(site, &invite, ANNA).await.status, 303);
        assert_eq!(world.name(&browser).await.as_deref(), Some("Anna Levi"));
        assert_eq!(world.name(&noted).await, None, "{engine}: the guest at this browser has left it");
        assert_eq!(world.living_seats().await, 0, "{engine}");
        browser.leave(site, world.item).await;
        assert_eq!(world.name(&browser).await, None, "{engine}: nobody is left under the invitee");
    }
}

/// Finding F7.
#[tokio::test]
async fn somebody_else_at_a_shared_computer_is_themselves() {
    for world in World::both().await {
        let (site, engine) = (&world.site, world.site.engine);
        let mut browser = Browser::default();
        browser.enter(site, &world.token, "Anna First", false).await;
        browser.enter(site, &world.token, "Ben Second", true).await;
        assert_eq!(world.name(&browser).await.as_deref(), Some("Ben Second"), "{engine}");
        assert_eq!(browser.cookie(LASTING), None, "{engine}: nobody else is left behind");
        assert!(browser.cookie(PASSING).is_some());
        assert_eq!(world.living_seats().await, 1, "{engine}");
        browser.enter(site, &world.token, "Cid Third", false).await;
        assert_eq!(world.name(&browser).await.as_deref(), Some("Cid Third"), "{engine}");
        assert_eq!((browser.cookie(PASSING), world.living_seats().await), (None, 1), "{engine}");
    }
}

/// Finding F7b: whichever of them is let in, one of them is, and its key is the one the browser has.
#[tokio::test]
async fn forty_forms_side_by_side_from_one_browser_end_with_one_seat() {
    for world in World::both().await {
        let (site, engine) = (&world.site, world.site.engine);
        let second = world.open_door(world.item, None).await;
        let mut browser = Browser::default();
        browser.enter(site, &world.token, "Anna First", false).await;
        let forms = (0..40).map(|number| {
            let (form, key) = (entry_form(site, &format!("Guest {number}")), browser.key());
            let token = if number % 2 == 0 { &world.token } else { &second };
            async move { site.form(&key, &format!("/g/{token}/enter"), &form.each()).await }
        });
        let answers = futures_util::future::join_all(forms).await;
        let in_by: Vec<_> = answers.iter().filter(|answer| answer.status == StatusCode::SEE_OTHER).collect();
        assert_eq!(in_by.len(), 1, "{engine}");
        let stale = answers.iter().filter(|answer| answer.status == StatusCode::CONFLICT).count();
        assert_eq!(stale, 39, "{engine}: the others are asked to send their form again");
        assert_eq!(world.living_seats().await, 1, "{engine}");
        answers.iter().for_each(|answer| browser.keep(answer));
        assert!(world.name(&browser).await.is_some(), "{engine}");
        // Knowing the new key, the browser may enter as somebody else at once.
        browser.enter(site, &world.token, "Dora Fourth", false).await;
        assert_eq!(world.name(&browser).await.as_deref(), Some("Dora Fourth"), "{engine}");
        browser.leave(site, world.item).await;
        assert_eq!((world.name(&browser).await, world.living_seats().await), (None, 0), "{engine}");
    }
}

/// A cookie of before: one key for the seats of many items.
#[tokio::test]
async fn one_key_at_many_items_goes_on_and_nothing_new_hangs_on_it() {
    for world in World::both().await {
        let (site, engine) = (&world.site, world.site.engine);
        let other = published(site, &world.cast.owner, "own").await;
        let other_token = world.open_door(other, None).await;
        let mut browser = Browser::default();
        browser.enter(site, &world.token, "Anna First", false).await;
        let old = browser.cookie(LASTING).expect("a key").to_owned();
        let mut elsewhere = Browser::default();
        elsewhere.enter(site, &other_token, "Anna First", false).await;
        const AS_BEFORE: &str =
            "UPDATE seat SET key_hash = (SELECT key_hash FROM seat s WHERE s.item_id = $1)";
        let item = Value::Blob(world.item.as_bytes().to_vec());
        let done: Result<_, StoreError> =
            site.store.write(async move |conn: &mut Conn| conn.execute(AS_BEFORE, &[item]).await).await;
        assert_eq!(done.expect("written"), 2);
        let browser = Browser::with(LASTING, &old);
        assert_eq!(world.name(&browser).await.as_deref(), Some("Anna First"), "{engine}");
        assert_eq!(browser.name_at(site, other).await.as_deref(), Some("Anna First"), "{engine}");
        let mut left = browser.clone();
        left.leave(site, world.item).await;
        assert_eq!(left.cookie(LASTING), Some(&*old), "{engine}: it holds the other item's seat");
        assert_eq!(left.name_at(site, other).await.as_deref(), Some("Anna First"), "{engine}");
        left.enter(site, &world.token, "Ben Second", false).await;
        assert_eq!(world.name(&browser).await, None, "{engine}: the old key opens no new seat");
        assert_eq!(world.name(&left).await.as_deref(), Some("Ben Second"), "{engine}");
        assert_eq!(left.cookie(LASTING).expect("keys").split('.').count(), 2);
    }
}

fn page_half(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"take_back\" value=\"").expect("the way back");
    rest.split('"').next().expect("a value").to_owned()
}

/// Walk A1.2.
#[tokio::test]
async fn who_pressed_not_you_by_mistake_takes_the_seat_back_once() {
    for world in World::both().await {
        let (site, engine) = (&world.site, world.site.engine);
        let invite = world.invite().await;
        let (mut guest, mut invitee) = (Browser::default(), Browser::default());
        guest.enter(site, &world.token, "Gita Guest", false).await;
        invitee.enter_invite(site, &invite, ANNA).await;
        for browser in [&mut guest, &mut invitee] {
            let name = world.name(browser).await;
            let before = browser.clone();
            browser.leave(site, world.item).await;
            let half = page_half(&browser.get(site, "/left").await.text());
            let mut left = browser.clone();
            // A page's half without the browser's, and the other way round, take nothing back.
            let mut foreign = Browser::default();
            assert_eq!(foreign.form(site, "/left", &[("take_back", &half)]).await.status, 404, "{engine}");
            let mut alone = browser.clone();
            assert_eq!(alone.form(site, "/left", &[("take_back", "AAAA")]).await.status, 404, "{engine}");
            let back = browser.form(site, "/left", &[("take_back", &half)]).await;
            assert_eq!(
                (back.status, back.header("location")),
                (StatusCode::SEE_OTHER, &*format!("/media/{}", world.item))
            );
            assert_eq!(world.name(browser).await, name, "{engine}");
            assert_eq!(world.name(&before).await, None, "{engine}: on a key of its own");
            let again = left.form(site, "/left", &[("take_back", &half)]).await;
            assert_eq!(
                (again.status, world.name(&left).await),
                (StatusCode::NOT_FOUND, None),
                "{engine}: once"
            );
        }
        let uses = "SELECT uses FROM guest_link WHERE item_id = $1";
        assert_eq!(world.number(uses, world.item).await, 1, "{engine}");
    }
}

#[tokio::test]
async fn after_ten_seconds_or_once_somebody_sat_down_it_is_too_late() {
    let world = World::new(Site::sqlite().await).await;
    let site = &world.site;
    let mut browser = Browser::default();
    browser.enter(site, &world.token, "Anna First", false).await;
    browser.leave(site, world.item).await;
    let half = page_half(&browser.get(site, "/left").await.text());
    let mut meanwhile = browser.clone();
    meanwhile.enter(site, &world.token, "Ben Second", false).await;
    assert_eq!(meanwhile.form(site, "/left", &[("take_back", &half)]).await.status, 404);
    assert_eq!(world.name(&meanwhile).await.as_deref(), Some("Ben Second"));
    site.clock.advance(Span::from_secs(10));
    assert!(browser.cookie(LEFT).is_some());
    let late = browser.form(site, "/left", &[("take_back", &half)]).await;
    assert_eq!(late.status, 404);
    assert!(!late.text().contains("take_back"), "nothing is offered any more");
    assert_eq!(world.name(&browser).await, None);
}

#[tokio::test]
async fn leaving_says_first_what_it_means() {
    let world = World::new(Site::sqlite().await).await;
    let site = &world.site;
    let (invite, last) = (world.invite().await, world.open_door(world.item, Some(1)).await);
    let (mut free, mut used_up, mut invitee) = (Browser::default(), Browser::default(), Browser::default());
    free.enter(site, &world.token, "Fay Free", false).await;
    used_up.enter(site, &last, "Uta Usedup", false).await;
    invitee.enter_invite(site, &invite, ANNA).await;
    for (browser, says, code) in [
        (&mut free, "it counts one person more then", "by_the_door"),
        (&mut used_up, "You would need a new link", "by_the_owner"),
        (&mut invitee, "or a new invite", "by_the_owner"),
    ] {
        let page = browser.get(site, &format!("/media/{}/not-me", world.item)).await;
        assert!(page.status == 200 && page.text().contains(says), "{}", page.text());
        let seen = browser.get(site, &format!("/api/items/{}", world.item)).await.json();
        assert_eq!(seen["as"]["coming_back"], code);
        assert!(world.name(browser).await.is_some(), "asking changes nothing");
    }
    assert_eq!(site.get(&world.cast.owner.key, &format!("/media/{}/not-me", world.item)).await.status, 303);
}

/// Access.md 3: a member or invitee with a right of their own needs no form.
#[tokio::test]
async fn an_invitee_who_sends_an_entry_form_stays_the_invitee() {
    let world = World::new(Site::sqlite().await).await;
    let invite = world.invite().await;
    let mut browser = Browser::default();
    browser.enter_invite(&world.site, &invite, ANNA).await;
    assert_eq!(browser.enter(&world.site, &world.token, "Gus Guest", false).await.status, 303);
    assert_eq!(world.name(&browser).await.as_deref(), Some("Anna Levi"));
    assert_eq!(world.living_seats().await, 0, "no use");
}
