//! Uploads that do not go well leave nothing behind that nobody can name, and giving one up stops what is still coming.

use axum::body::Body;
use futures_util::StreamExt;
use http::Request;

use crate::answer::Answer;
use crate::cast::Key;
use crate::matrix::World;
use crate::site::Site;

const PIECE: &str = "application/offset+octet-stream";

fn request(key: &Key, method: &str, url: &str, headers: &[(&str, &str)], body: Body) -> Request<Body> {
    let request = key.request(method, url).header("tus-resumable", "1.0.0");
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    request.body(body).expect("a request")
}

async fn begin(world: &World, bytes: &str) -> Answer {
    let headers = [("upload-length", bytes)];
    world.site.send(request(&world.cast.owner.key, "POST", "/api/uploads", &headers, Body::empty())).await
}

fn address(answer: &Answer) -> String {
    answer.headers["location"].to_str().expect("an address").to_owned()
}

fn files(world: &World) -> usize {
    let folder = world.site.blobs.upload_path(app::domain::UploadId::from_bytes([0; 16]));
    std::fs::read_dir(folder.parent().expect("a folder")).expect("a folder").count()
}

#[tokio::test]
async fn a_creation_whose_piece_is_no_good_leaves_nothing() {
    let world = World::new(Site::sqlite().await).await;
    let owner = &world.cast.owner.key;
    let items =
        async || world.site.get(owner, "/api/items").await.json()["items"].as_array().expect("items").len();
    let (before, there) = (items().await, files(&world));
    let wrong_sum = "sha1 AAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    for (headers, body, status) in [
        (vec![("upload-checksum", wrong_sum)], "12345678", 460),
        (vec![("upload-checksum", "md5 AAAA")], "12345678", 400),
        (vec![], "123456789", 413),
    ] {
        let headers = [&[("upload-length", "8"), ("content-type", PIECE)][..], &headers[..]].concat();
        let answer =
            world.site.send(request(owner, "POST", "/api/uploads", &headers, Body::from(body))).await;
        assert_eq!(answer.status, status, "{headers:?}: {}", answer.text());
        assert!(!answer.headers.contains_key("location"), "there is nothing to go to");
        assert_eq!((items().await, files(&world)), (before, there), "{headers:?}");
    }
    // A sender that goes away in the middle never learns where it was.
    let broken = futures_util::stream::iter([Ok("1234"), Err(std::io::Error::other("gone"))]);
    let headers = [("upload-length", "8"), ("content-type", PIECE)];
    let answer =
        world.site.send(request(owner, "POST", "/api/uploads", &headers, Body::from_stream(broken))).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (400, "broke_off"));
    assert_eq!((items().await, files(&world)), (before, there));
    let whole = world.site.send(request(owner, "POST", "/api/uploads", &headers, Body::from("1234"))).await;
    assert_eq!((whole.status.as_u16(), &whole.headers["upload-offset"]), (201, &http::HeaderValue::from(4)));
    assert_eq!((items().await, files(&world)), (before + 1, there + 1));
}

#[tokio::test]
async fn a_member_has_twenty_unfinished_uploads_and_no_file_before_the_first_byte() {
    let world = World::new(Site::sqlite().await).await;
    let owner = &world.cast.owner.key;
    let there = files(&world);
    let mut begun = Vec::new();
    let full = loop {
        let answer = begin(&world, "8").await;
        if answer.status != 201 {
            break answer;
        }
        begun.push(address(&answer));
        assert!(begun.len() <= 20);
    };
    assert_eq!((full.status.as_u16(), full.code().as_str()), (409, "too_many_uploads"));
    assert_eq!(begun.len(), 19, "one lay about on the stage");
    assert_eq!(files(&world), there);
    let ended = world.site.send(request(owner, "DELETE", &begun[0], &[], Body::empty())).await;
    assert_eq!(ended.status, 204, "{}", ended.text());
    assert_eq!(begin(&world, "8").await.status, 201, "and there is a place again");
}

#[tokio::test]
async fn giving_up_stops_the_piece_that_is_coming_and_deleting_the_item_does_too() {
    let world = World::new(Site::sqlite().await).await;
    let owner = &world.cast.owner.key;
    for by_item in [false, true] {
        let begun = begin(&world, "8").await;
        let (upload, item) =
            (address(&begun), begun.headers["anteroom-item"].to_str().expect("an id").to_owned());
        let (tell, told) = tokio::sync::oneshot::channel::<()>();
        let begins = futures_util::stream::once(async move {
            drop(tell);
            Ok::<_, std::io::Error>("1234")
        });
        let body = Body::from_stream(begins.chain(futures_util::stream::pending()));
        let headers = [("upload-offset", "0"), ("content-type", PIECE)];
        let piece = world.site.send(request(owner, "PATCH", &upload, &headers, body));
        let end = async {
            let _ = told.await;
            let path = if by_item { format!("/api/items/{item}") } else { upload.clone() };
            world.site.send(request(owner, "DELETE", &path, &[], Body::empty())).await
        };
        let (piece, ended) = tokio::join!(piece, end);
        assert_eq!(ended.status, 204, "{}", ended.text());
        assert_eq!((piece.status.as_u16(), piece.code().as_str()), (410, "upload_gone"), "{}", piece.text());
        let after = world.site.send(request(owner, "HEAD", &upload, &[], Body::empty())).await;
        assert_eq!(after.status, 404);
    }
}

#[tokio::test]
async fn an_upload_whose_file_was_cut_is_gone_and_can_be_removed() {
    let world = World::new(Site::sqlite().await).await;
    let owner = &world.cast.owner.key;
    let upload = address(&begin(&world, "8").await);
    let headers = [("upload-offset", "0"), ("content-type", PIECE)];
    let sent = world.site.send(request(owner, "PATCH", &upload, &headers, Body::from("1234"))).await;
    assert_eq!(sent.status, 204, "{}", sent.text());
    let id = upload.rsplit('/').next().expect("an id").parse().expect("an id");
    std::fs::remove_file(world.site.blobs.upload_path(id)).expect("as when its rows could not be written");
    let headers = [("upload-offset", "4"), ("content-type", PIECE)];
    for (method, headers, body, status) in [
        ("HEAD", &[][..], "", 410),
        ("PATCH", &headers[..], "5678", 410),
        ("DELETE", &[][..], "", 204),
        ("HEAD", &[][..], "", 404),
    ] {
        let answer = world.site.send(request(owner, method, &upload, headers, Body::from(body))).await;
        assert_eq!(answer.status, status, "{method}: {}", answer.text());
    }
}
