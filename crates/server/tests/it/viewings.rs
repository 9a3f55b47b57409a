//! Many pages of one seat: how many live, how soon, and what stays of them.

use app::domain::Span;
use app::store::{Conn, StoreError};
use serde_json::json;

use crate::cast::Cast;
use crate::props::published;
use crate::site::{EARLIER, Site};
use crate::stage::{Stage, enter, link, seat_only, unlimited};

async fn number(site: &Site, sql: &'static str) -> i64 {
    let read: Result<_, StoreError> =
        site.store.read(async move |conn: &mut Conn| conn.value(sql, &[]).await).await;
    read.expect("readable")
}

const LIVING: &str = "SELECT COUNT(*) FROM viewing WHERE ended_ms IS NULL";

/// Finding F13: PostgreSQL lets many read at once what none of them has written yet.
async fn twenty_four_at_once(site: Site) {
    site.clock.advance(EARLIER);
    let cast = Cast::new(&site).await;
    let stage = Stage::fresh(&site, &cast).await;
    for (key, most) in [(&stage.guest.key, 3), (&stage.invitee.key, 2)] {
        let count = async || {
            let pages = (0..24)
                .map(|_| site.json(key, "POST", "/api/viewings", json!({ "item": stage.item.to_string() })));
            let opened = futures_util::future::join_all(pages).await;
            assert!(opened.iter().all(|answer| answer.status == 201), "{}", site.engine);
            let ids =
                opened.iter().map(|answer| answer.json()["viewing"].as_str().expect("an id").to_owned());
            let mut good = 0;
            for (id, answer) in ids.zip(&opened) {
                let mut own = seat_only(key);
                own.cookies.extend(answer.cookies());
                let media = site.get(&own, &format!("/m/{id}/master.m3u8")).await;
                good += usize::from(media.status == 200);
            }
            good
        };
        assert_eq!(count().await, most, "{}", site.engine);
    }
}

#[tokio::test]
async fn one_seats_pages_at_once_are_no_more_than_it_may_have_on_sqlite() {
    twenty_four_at_once(Site::sqlite().await).await;
}

#[tokio::test]
async fn one_seats_pages_at_once_are_no_more_than_it_may_have_on_postgres() {
    twenty_four_at_once(Site::postgres().await).await;
}

/// Finding F12.
#[tokio::test]
async fn one_seat_opens_pages_at_a_persons_pace_and_what_tells_nothing_is_forgotten() {
    let site = Site::sqlite().await;
    site.clock.advance(EARLIER);
    let cast = Cast::new(&site).await;
    let item = published(&site, &cast.owner, "own").await;
    let owner = cast.owner.caller(&site).await;
    site.app.switch_guest_access(&owner, item, true, app::domain::Closing::Finish).await.expect("on");
    let (_, token) = link(&site, &owner, item, unlimited("own")).await;
    let (anna, ben) = (enter(&site, &token, "Anna First").await, enter(&site, &token, "Ben Second").await);
    let open = |key| site.json(key, "POST", "/api/viewings", json!({ "item": item.to_string() }));
    let mut opened = 0;
    let slowed = loop {
        let answer = open(&anna).await;
        if answer.status != 201 {
            break answer;
        }
        opened += 1;
        assert!(opened <= 40, "no end");
    };
    assert_eq!((slowed.status.as_u16(), slowed.header("retry-after").is_empty()), (429, false));
    assert!(opened >= 30, "reloading now and then is no abuse: {opened}");
    assert_eq!(open(&ben).await.status, 201, "others are not slowed");
    assert_eq!(number(&site, LIVING).await, 4, "three of hers, one of his");

    // Pages that were left before their first renewal are forgotten when they can be over, the rest with the guests.
    const WATCHED: &str = "UPDATE viewing SET seen_ms = opened_ms + 60000 WHERE ended_ms IS NULL";
    let watched: Result<_, StoreError> =
        site.store.write(async move |conn: &mut Conn| conn.execute(WATCHED, &[]).await).await;
    watched.expect("written");
    site.clock.advance(Span::from_days(2));
    site.app.erase_due().await.expect("a run");
    assert_eq!(number(&site, "SELECT COUNT(*) FROM viewing").await, 4);
    site.clock.advance(Span::from_days(366));
    site.app.erase_due().await.expect("a run");
    assert_eq!(number(&site, "SELECT COUNT(*) FROM viewing").await, 0);
}
