//! Posters are told of where there are any: only what has a picture has them (A2.18).

use app::domain::ItemId;
use serde_json::{Value as Json, json};

use crate::cast::Cast;
use crate::props::{published, published_sound};
use crate::site::{EARLIER, Site};

/// What the card, the page and a viewing say of an item's poster, and whether its document names one.
async fn told(site: &Site, cast: &Cast, item: ItemId) -> ([Json; 3], bool) {
    let key = &cast.owner.key;
    let cards = site.get(key, "/api/items").await.json();
    let card = cards["items"].as_array().expect("cards").iter().find(|card| card["id"] == item.to_string());
    let page = site.get(key, &format!("/api/items/{item}")).await.json();
    let opened = site.json(key, "POST", "/api/viewings", json!({ "item": item.to_string() })).await;
    assert_eq!((page["state"].as_str(), opened.status.as_u16()), (Some("ready"), 201), "{}", opened.text());
    let document = site.get(key, &format!("/media/{item}")).await.text().replace("\\/", "/");
    let urls = [card.expect("a card"), &page, &opened.json()].map(|said| said["poster_url"].clone());
    (urls, document.contains(&format!("/api/items/{item}/poster")))
}

#[tokio::test]
async fn sound_has_no_poster_and_nobody_is_told_of_one() {
    for site in [Site::sqlite().await, Site::postgres().await] {
        site.clock.advance(EARLIER);
        let cast = Cast::new(&site).await;
        let film = published(&site, &cast.owner, "own").await;
        let sound = published_sound(&site, &cast.owner, "own").await;
        let (of_film, is_named) = told(&site, &cast, film).await;
        assert!(of_film.iter().all(Json::is_string) && is_named, "{}: {of_film:?}", site.engine);
        let (of_sound, is_named) = told(&site, &cast, sound).await;
        assert!(of_sound.iter().all(Json::is_null) && !is_named, "{}: {of_sound:?}", site.engine);
        let poster = site.get(&cast.owner.key, &format!("/api/items/{sound}/poster")).await;
        assert_eq!(poster.status, 404);
    }
}
