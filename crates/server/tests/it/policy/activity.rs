//! One list of activity over both doors: who entered, who was refused and why, what was changed; filters and pages.

use std::collections::HashSet;

use app::store::{Conn, StoreError, Value};
use serde_json::{Value as Json, json};

use super::{House, INVITED, blob, both};
use crate::cast::Key;

async fn page(house: &House, query: &str) -> Json {
    let url = format!("/api/items/{}/activity{query}", house.item);
    let answer = house.site.get(&house.cast.owner.key, &url).await;
    assert_eq!(answer.status, 200, "{query}: {}", answer.text());
    answer.json()
}

async fn doors(house: &House, text: &str) -> Json {
    let url = format!("/api/items/{}/activity/doors?text={text}", house.item);
    let answer = house.site.get(&house.cast.owner.key, &url).await;
    assert_eq!(answer.status, 200, "{text}: {}", answer.text());
    answer.json()
}

async fn entries(house: &House, query: &str) -> Vec<Json> {
    page(house, query).await["entries"].as_array().expect("entries").clone()
}

fn whats(entries: &[Json]) -> Vec<&str> {
    entries.iter().map(|entry| entry["what"].as_str().unwrap_or_default()).collect()
}

#[tokio::test]
async fn one_list_tells_of_both_doors() {
    for house in both().await {
        house.guest("Gus").await;
        house.guest("Gwen").await;
        house.invitee().await;
        assert!(house.lobby(&house.invite_door, "wrong@invited.example").await.is_err());
        let entered = entries(&house, "?kind=entered").await;
        let guests: i64 = entered
            .iter()
            .filter(|entry| entry["what"] == "guest_entered")
            .filter_map(|entry| entry["count"].as_i64())
            .sum();
        assert_eq!(guests, 2, "{entered:?}");
        let by_invite: Vec<_> = entered.iter().filter(|entry| entry["what"] == "invite_entered").collect();
        assert!(by_invite.len() == 1 && by_invite[0]["actor"] == "Ina Levi", "{entered:?}");
        let refused = entries(&house, "?kind=refused").await;
        assert_eq!(whats(&refused), ["refused"]);
        assert_eq!(
            (refused[0]["door"]["kind"].as_str(), refused[0]["door"]["name"].as_str()),
            (Some("invite"), Some("Ina Levi"))
        );
        // A spent invite is refused before its address is looked at.
        assert_eq!(refused[0]["cause"], "other_device");
        let changes = entries(&house, "?kind=changes").await;
        for what in ["guest_access_on", "link_created", "invite_created"] {
            assert!(whats(&changes).contains(&what), "{changes:?}");
        }
        assert_eq!(entries(&house, "").await.len(), entered.len() + refused.len() + changes.len());
        let of_link = entries(&house, &format!("?door={}", house.link)).await;
        assert!(!of_link.is_empty());
        assert!(
            of_link.iter().all(|entry| entry["door"]["id"] == house.link.to_string().as_str()),
            "{of_link:?}"
        );
        let named = doors(&house, "").await;
        let names: Vec<_> =
            named["doors"].as_array().expect("doors").iter().map(|door| &door["name"]).collect();
        assert_eq!(names, ["Link zqmark-own", "Ina Levi"]);
        assert_eq!(named["has_more"], false);
        let url = format!("/api/items/{}/activity?kind=poems", house.item);
        assert_eq!(house.site.get(&house.cast.owner.key, &url).await.status, 422);
    }
}

#[tokio::test]
async fn guests_are_counted_by_the_minute_in_which_they_entered() {
    for house in both().await {
        let begin = house.site.clock.now().minute();
        let back = async |minutes: i64| {
            const BACK: &str = "UPDATE guest_link SET entered_minute = entered_minute - $1 WHERE id = $2";
            house.sql(BACK, vec![Value::Int(minutes), blob(house.link.as_bytes())]).await;
        };
        house.guest("Gus").await;
        house.guest("Gwen").await;
        back(120).await;
        house.guest("Gil").await;
        back(60).await;
        for name in ["Gaby", "Gero", "Gitta"] {
            house.guest(name).await;
        }
        // To the hour: PostgreSQL has a clock of its own, and minutes turn.
        let mut hours = [0; 3];
        for entry in entries(&house, "?kind=entered").await {
            let minute = entry["at_ms"].as_i64().expect("when") / 60_000;
            let ago = (begin - minute + 30).div_euclid(60);
            hours[ago as usize] += entry["count"].as_i64().expect("how many");
        }
        assert_eq!(hours, [3, 1, 2], "{}", house.site.engine);
    }
}

#[tokio::test]
async fn pages_hold_everything_once_and_in_order() {
    for house in both().await {
        let link = blob(house.link.as_bytes());
        let begin = house.site.clock.now().minute();
        for back in 0..70 {
            let minute = Value::Int(begin - back / 2);
            let cause = if back % 2 == 0 { "used_up" } else { "expired" };
            let values = vec![link.clone(), Value::Text(cause.into()), minute.clone()];
            house
                .sql("INSERT INTO refusal (link_id, cause, minute, count) VALUES ($1, $2, $3, 2)", values)
                .await;
            if back % 2 == 0 {
                let values = vec![link.clone(), minute];
                house
                    .sql("INSERT INTO link_entered (link_id, minute, count) VALUES ($1, $2, 1)", values)
                    .await;
            }
        }
        let (mut seen, mut last, mut cursor, mut pages) = (HashSet::new(), i64::MAX, String::new(), 0);
        loop {
            let page = page(&house, &cursor).await;
            for entry in page["entries"].as_array().expect("entries") {
                let at = entry["at_ms"].as_i64().expect("when");
                assert!(at <= last, "newest first");
                last = at;
                let key = format!("{} {} {} {}", at, entry["what"], entry["cause"], entry["detail"]);
                let is_counted = entry["what"] == "refused" || entry["what"] == "guest_entered";
                assert!(!is_counted || seen.insert(key), "twice: {entry}");
            }
            pages += 1;
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("?cursor={next}"),
                None => break,
            }
        }
        assert_eq!(seen.len(), 105, "{}", house.site.engine);
        assert_eq!(pages, 3);
    }
}

#[tokio::test]
async fn a_reference_of_an_invite_is_explained() {
    for house in both().await {
        house.set(json!({ "blocked_domains": ["invited.example"] })).await;
        let denied = house.site.get(&Key::nobody(), &house.invite_door).await.text();
        let at = denied.find("data-copy=\"").expect("a reference") + "data-copy=\"".len();
        let reference = denied[at..].split('"').next().expect("quoted");
        let told = house.own("POST", "refusals/lookup", json!({ "reference": reference })).await.json();
        assert_eq!(
            (told["cause"].as_str(), told["link"].as_str()),
            (Some("domain_refused"), Some("Ina Levi"))
        );
        assert!(!denied.contains(INVITED));
    }
}

/// As many invites as a school makes, all to this item.
async fn invite_many(house: &House, count: u32) {
    const ADD: &str =
        "INSERT INTO invite (id, item_id, email, first_name, last_name, role, token_hash, token_sealed,
            uses, proves_by_code, made_by, created_ms, end_ms)
        VALUES ($1, $2, $3, $4, 'Levi', 'viewer', $5, $6, 0, 0, $7, 0, 1)";
    let (item, by) = (blob(house.item.as_bytes()), blob(house.cast.owner.id.as_bytes()));
    let written: Result<(), StoreError> = house
        .site
        .store
        .write(async move |conn: &mut Conn| {
            for number in 0..count {
                let mut bytes = [0; 16];
                bytes[..4].copy_from_slice(&number.to_be_bytes());
                let email = Value::Text(format!("pupil{number}@invited.example"));
                let name = Value::Text(format!("Pupil {number}"));
                let hash = Value::Blob([bytes, bytes].concat());
                let values = [blob(&bytes), item.clone(), email, name, hash, blob(&bytes), by.clone()];
                conn.execute(ADD, &values).await?;
            }
            Ok(())
        })
        .await;
    written.expect("invites");
}

#[tokio::test]
async fn five_thousand_invites_make_no_answer_long() {
    for house in both().await {
        invite_many(&house, 5_000).await;
        let url = format!("/api/items/{}/activity", house.item);
        let size = house.site.get(&house.cast.owner.key, &url).await.text().len();
        assert!(size < 16 << 10, "{}: {size} bytes of activity", house.site.engine);
        let count = |found: &Json| found["doors"].as_array().map_or(0, Vec::len);
        let newest = doors(&house, "").await;
        assert_eq!((count(&newest), &newest["has_more"]), (21, &json!(true)), "the link, and some invites");
        for typed in ["pupil%201", "PUPIL1", "Levi"] {
            let some = doors(&house, typed).await;
            assert!(count(&some) == 20 && some["has_more"] == true, "{typed}: {some}");
        }
        for (typed, name) in [
            ("pupil%204321", "Pupil 4321 Levi"),
            ("Pupil17@", "Pupil 17 Levi"),
            ("MARK-OW", "Link zqmark-own"),
        ] {
            let one = doors(&house, typed).await;
            assert!(count(&one) == 1 && one["has_more"] == false, "{typed}: {one}");
            assert_eq!(one["doors"][0]["name"], name);
        }
        let found = doors(&house, "pupil%204321").await;
        let id = found["doors"][0]["id"].as_str().expect("an id");
        assert_eq!(entries(&house, &format!("?door={id}")).await.len(), 0, "it was made by hand");
        assert_eq!(count(&doors(&house, "%25").await), 0, "no letter stands for others");
    }
}
