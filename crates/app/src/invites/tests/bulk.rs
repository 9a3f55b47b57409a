//! Many invites at once.

use std::time::Duration;

use domain::ItemKind;

use super::world::{World, both, code};
use super::*;

fn typed(text: &str) -> TypedBulk {
    let terms = TypedTerms { role: "viewer".into(), ..TypedTerms::default() };
    TypedBulk { text: text.to_owned(), terms }
}

fn class(count: usize) -> String {
    (0..count).map(|n| format!("pupil{n}@class.example;Pupil;Number {n}\r\n")).collect()
}

async fn dry(world: &World, text: &str) -> BulkDone {
    world.app.try_bulk(&world.owner, world.item, typed(text)).await.expect("a dry run")
}

async fn real(world: &World, text: &str) -> Result<BulkDone, Error> {
    world.app.make_bulk(&world.owner, world.item, typed(text)).await
}

#[tokio::test]
async fn all_are_invited_or_nobody() {
    for world in both(ItemKind::Video).await {
        let text = "email,first,last\nanna@example.org,Anna,Levi\nben@example.org,=Ben,Katz\nanna@example.org,Anna,Levi";
        let tried = dry(&world, text).await;
        let bad: Vec<_> = tried.bad.iter().map(|bad| (bad.row, bad.field, bad.code)).collect();
        assert_eq!(bad, [(3, "first_name", "name_formula"), (4, "email", "duplicate")]);
        assert_eq!((tried.rows, tried.good, tried.made.len()), (3, 1, 0));
        let Err(Error::BadRows(rows)) = real(&world, text).await else { panic!("rows are bad") };
        assert_eq!(rows, tried.bad);
        assert_eq!((world.list("").await.total, world.activity().await.len()), (0, 0));
        let done =
            real(&world, "anna@example.org,Anna,Levi\nben@example.org,Ben,Katz").await.expect("invited");
        let urls: HashSet<_> = done.made.iter().map(|made| made.url.clone()).collect();
        assert_eq!((done.good, urls.len()), (2, 2));
        for made in &done.made {
            assert!(is_known(&world, &made.url).await);
            let url = world.app.reveal_invite(&world.owner, world.item, made.id).await.expect("a URL");
            assert_eq!(url, made.url);
        }
        let listed = world.list("").await.invites;
        let emails: Vec<_> = listed.iter().map(|invite| invite.row.invite.facts.email.as_str()).collect();
        assert_eq!(emails, ["anna@example.org", "ben@example.org"], "in the order of the sheet");
        assert_eq!(world.details("invite_created").await, ["invites: 2"]);
    }
}

#[tokio::test]
async fn who_is_invited_already_stays_as_they_are() {
    for world in both(ItemKind::Room).await {
        world.invite("anna@example.org").await.expect("an invite");
        let revoked = world.invite("cy@example.org").await.expect("an invite").invite.row.invite.facts.id;
        world.app.revoke_invite(&world.owner, world.item, revoked, Closing::Finish).await.expect("revoked");
        let text = "ANNA@example.org,Anna,Levi\nben@example.org,Ben,Katz\ncy@example.org,Cy,Katz\n";
        let tried = dry(&world, text).await;
        assert_eq!((tried.good, tried.invited, tried.bad.len()), (2, vec![1], 0));
        let done = real(&world, text).await.expect("invited");
        let rows: Vec<_> = done.made.iter().map(|made| made.row).collect();
        assert_eq!((rows, done.invited), (vec![2, 3], vec![1]));
        let higher = real(&world, "anna@example.org,Anna,Levi,moderator")
            .await
            .expect("a higher role is one more way");
        assert_eq!(higher.made.len(), 1);
        assert_eq!(real(&world, text).await.expect("nobody is new").made.len(), 0);
        assert_eq!(world.list("").await.total, 5);
    }
}

#[tokio::test]
async fn ten_thousand_rows_are_read_in_time_and_made_at_once() {
    for world in both(ItemKind::Video).await {
        let mut text = class(9_998);
        text.push_str("no address;Pupil;X\r\n");
        text.push_str("late@class.example;+1;X\r\n");
        let (tried, took) = timed(dry(&world, &text)).await;
        assert_eq!((tried.rows, tried.good, tried.bad.len(), tried.preview.len()), (10_000, 9_998, 2, 20));
        assert!(took < Duration::from_secs(5), "the dry run took {took:?}");
        assert_eq!(
            code(world.app.try_bulk(&world.owner, world.item, typed(&class(10_001))).await),
            "too_many_rows"
        );
        let (done, took) = timed(real(&world, &class(10_000))).await;
        assert_eq!(done.expect("invited").made.len(), 10_000);
        assert!(took < Duration::from_secs(60), "making them took {took:?}");
        assert_eq!(world.list("").await.total, 10_000);
    }
}

#[expect(clippy::disallowed_methods, reason = "what is measured is the time")]
async fn timed<T>(work: impl Future<Output = T>) -> (T, Duration) {
    let begun = std::time::Instant::now();
    let done = work.await;
    (done, begun.elapsed())
}
