//! What lies about on a stage: items that are ready, under way and failed, with their files and rows.

use app::Secret;
use app::domain::{
    Instant, ItemFacts, ItemId, ItemKind, ItemState, JobId, MemberId, Span, TokenId, UploadId,
};
use app::store::item::{self, NewItem, Publication, Rendition};
use app::store::upload::{self, Upload};
use app::store::{Conn, MediaVersion, StoreError, ToValue, account, job, setup_token};

use crate::cast::Person;
use crate::site::Site;

/// The beginning of every mark.
pub(crate) const MARK: &str = "zqmark";
/// Files of a published item.
pub(crate) const FILES: [&str; 4] = ["master.m3u8", "v0-00000.m4s", "poster.jpg", "poster-480.jpg"];

const END_UPLOADS: &str =
    "UPDATE upload SET finished_ms = created_ms WHERE owner_id = $1 AND finished_ms IS NULL";

fn facts(id: ItemId, state: ItemState) -> ItemFacts {
    ItemFacts { state, ..ItemFacts::new(id, ItemKind::Video) }
}

/// A ready film with files, its texts marked with `side`.
pub(crate) async fn published(site: &Site, owner: &Person, side: &str) -> ItemId {
    let rendition = Rendition { name: "v0".into(), width: 640, height: 360, bandwidth: 400_000 };
    let film = Publication {
        kind: ItemKind::Video,
        duration: Span::from_minutes(10),
        width: Some(640),
        height: Some(360),
        version: 1,
        renditions: vec![rendition],
    };
    publish(site, owner, side, film).await
}

/// The same without a picture.
pub(crate) async fn published_sound(site: &Site, owner: &Person, side: &str) -> ItemId {
    let sound = Publication {
        kind: ItemKind::Audio,
        duration: Span::from_minutes(10),
        width: None,
        height: None,
        version: 1,
        renditions: Vec::new(),
    };
    publish(site, owner, side, sound).await
}

async fn publish(site: &Site, owner: &Person, side: &str, made: Publication) -> ItemId {
    let (now, member) = (site.clock.now(), owner.id);
    let (id, work) = (ItemId::new(now, site.app.random()), JobId::new(now, site.app.random()));
    let folder = site.blobs.fresh_work(work).expect("a folder for work");
    for name in FILES.iter().filter(|name| made.width.is_some() || !name.ends_with(".jpg")) {
        std::fs::write(folder.join(name), format!("{MARK}-{side} bytes of {name}")).expect("a file");
    }
    site.blobs.publish(work, MediaVersion { item: id, version: 1 }).expect("published");
    let text = format!("{MARK}-{side}");
    let kept: Result<_, StoreError> = site
        .store
        .write(async move |conn: &mut Conn| {
            let facts = facts(id, ItemState::Uploading);
            let new = NewItem { facts: &facts, owner: member, title: &text, size_bytes: 9, now };
            item::insert(conn, &new).await?;
            item::update_details(conn, id, &format!("Title {text}"), &format!("About {text}")).await?;
            item::publish(conn, id, &made).await
        })
        .await;
    assert!(kept.expect("an item can be made"));
    id
}

/// What is under way at an owner's: an upload, an item in the queue, one that failed, a token, a one-time link.
pub(crate) async fn unfinished(
    site: &Site,
    owner: &Person,
    side: &str,
    token: TokenId,
    setup: Secret,
) -> (UploadId, ItemId, ItemId) {
    let (now, member, text) = (site.clock.now(), owner.id, format!("Unfinished {MARK}-{side}"));
    let ids: [ItemId; 3] = std::array::from_fn(|_| ItemId::new(now, site.app.random()));
    let [uploading, queued, failed] = ids;
    let uploads: [UploadId; 2] = std::array::from_fn(|_| UploadId::new(now, site.app.random()));
    let (work, secret) = (JobId::new(now, site.app.random()), Secret::from_random(site.app.random()));
    let made: Result<_, StoreError> = site
        .store
        .write(async move |conn: &mut Conn| {
            for id in ids {
                let facts = facts(id, ItemState::Uploading);
                item::insert(
                    conn,
                    &NewItem { facts: &facts, owner: member, title: &text, size_bytes: 8, now },
                )
                .await?;
            }
            // Those of earlier stages are over: a member may have only so many at once.
            conn.execute(END_UPLOADS, &[member.to_value()]).await?;
            upload::insert(conn, &new_upload(uploads[0], uploading, member, now), now).await?;
            upload::insert(conn, &new_upload(uploads[1], failed, member, now), now).await?;
            upload::finish(conn, uploads[1], now).await?;
            item::set_state(conn, queued, ItemState::Queued, None).await?;
            job::insert(conn, work, "transcode", queued, &uploads[1].to_string(), now).await?;
            item::set_state(conn, failed, ItemState::Failed, Some(("not_media", ""))).await?;
            let scopes = app::domain::Scopes::NONE.with(app::domain::Scope::ItemsRead);
            let row = account::ApiToken {
                id: token,
                name: text.clone(),
                scopes,
                created_at: now,
                expires_at: None,
            };
            account::insert_token(conn, member, secret.hash(), &row).await?;
            setup_token::put(conn, setup.hash(), now, now).await
        })
        .await;
    made.expect("unfinished things can be made");
    (uploads[0], queued, failed)
}

fn new_upload(id: UploadId, item: ItemId, owner: MemberId, now: Instant) -> Upload {
    Upload {
        id,
        owner,
        item,
        file_name: format!("{MARK}.mp4"),
        size_bytes: 8,
        offset_bytes: 0,
        expires_at: now.plus(Span::from_days(7)),
        finished_at: None,
    }
}
