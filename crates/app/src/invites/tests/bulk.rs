//! Many invites at once.

use domain::ItemKind;

use super::world::{World, both, both_with_mail, code, mail_server};
use super::*;
use crate::sheet::TypedName;

fn typed(text: &str) -> TypedBulk {
    let terms = TypedTerms { role: "viewer".into(), ..TypedTerms::default() };
    TypedBulk { text: text.to_owned(), terms, ..TypedBulk::default() }
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
async fn a_list_that_is_mailed_draws_nothing_while_others_wait_to_write() {
    for world in both_with_mail(ItemKind::Video).await {
        world.set_policy(|policy| policy.invite_template = Some("invite".into()));
        let terms = TypedTerms { role: "viewer".into(), send_mail: true, ..TypedTerms::default() };
        let mailed = |count| TypedBulk { text: class(count), names: Vec::new(), terms: terms.clone() };
        // One more than an owner may send in an hour, and nobody is invited either.
        let refused = world.app.make_bulk(&world.owner, world.item, mailed(201)).await;
        assert!(matches!(refused, Err(Error::Conflict(Conflict::TooMuchMail(_)))), "{refused:?}");
        assert_eq!((world.list("").await.total, world.count("SELECT COUNT(*) FROM mail").await), (0, 0));
        let done = world.app.make_bulk(&world.owner, world.item, mailed(200)).await.expect("invited");
        assert_eq!(done.made.len(), 200);
        let unwritten = "SELECT COUNT(*) FROM mail WHERE message_sealed IS NULL AND language = 'en' AND state = 'waiting'";
        assert_eq!(world.count(unwritten).await, 200);
        let more = world.app.make_bulk(
            &world.owner,
            world.item,
            TypedBulk { text: "z@class.example,Z,Z".into(), names: Vec::new(), terms: terms.clone() },
        );
        assert!(matches!(more.await, Err(Error::Conflict(Conflict::TooMuchMail(_)))));
    }
}

#[tokio::test]
async fn an_invite_is_written_when_it_is_sent_and_not_at_all_when_it_is_revoked() {
    for world in both_with_mail(ItemKind::Video).await {
        world.set_policy(|policy| policy.invite_template = Some("invite".into()));
        let terms = TypedTerms { role: "viewer".into(), send_mail: true, ..TypedTerms::default() };
        let bulk = TypedBulk { text: class(2), names: Vec::new(), terms };
        let made = world.app.make_bulk(&world.owner, world.item, bulk).await;
        let made = made.expect("invited").made;
        let revoked = world.app.revoke_invite(&world.owner, world.item, made[1].id, Closing::Finish).await;
        revoked.expect("revoked");
        let claimed = world.claim_mails().await;
        assert_eq!(claimed.len(), 2);
        for claimed in claimed {
            let written = world.app.message_of(&mail_server(), &claimed).await.expect("the rows answer");
            if claimed.about == Some(*made[0].id.as_bytes()) {
                let text = String::from_utf8(written.expect("a message")).expect("text");
                assert!(text.contains("pupil0@class.example") && text.contains("image/png"), "{text}");
            } else {
                let ending = written.expect_err("no message");
                assert!(
                    matches!(&ending, ::mail::Ending::Refused { permanent: true, answer } if answer.contains("revoked")),
                    "{ending:?}"
                );
            }
        }
    }
}

#[tokio::test]
async fn ten_thousand_rows_are_read_and_made_at_once() {
    for world in both(ItemKind::Video).await {
        let mut text = class(9_998);
        text.push_str("no address;Pupil;X\r\n");
        text.push_str("late@class.example;+1;X\r\n");
        let tried = dry(&world, &text).await;
        assert_eq!((tried.rows, tried.good, tried.bad.len(), tried.preview.len()), (10_000, 9_998, 2, 20));
        assert_eq!(
            code(world.app.try_bulk(&world.owner, world.item, typed(&class(10_001))).await),
            "too_many_rows"
        );
        let done = real(&world, &class(10_000)).await;
        assert_eq!(done.expect("invited").made.len(), 10_000);
        assert_eq!(world.list("").await.total, 10_000);
    }
}

#[tokio::test]
async fn names_that_are_missing_wait_and_can_be_typed() {
    for world in both(ItemKind::Video).await {
        let text = "\"Levi, Anna\" <anna@x.example>; Ben <ben@x.example>; cora@x.example";
        let tried = dry(&world, text).await;
        let waiting: Vec<_> = tried.waiting.iter().map(|row| (&*row.email, &*row.first_name)).collect();
        assert_eq!(waiting, [("ben@x.example", "Ben"), ("cora@x.example", "")]);
        assert_eq!((tried.rows, tried.good, tried.bad.len()), (3, 1, 0));
        let Err(Error::BadRows(rows)) = real(&world, text).await else { panic!("two have no name") };
        let told: Vec<_> = rows.iter().map(|bad| (bad.field, bad.code, bad.part.as_deref())).collect();
        assert_eq!(
            told,
            [
                ("last_name", "name_required", Some("Ben <ben@x.example>")),
                ("first_name", "name_required", Some("cora@x.example")),
            ]
        );
        assert_eq!(world.list("").await.total, 0, "nothing was made");
        let name = |email: &str, first: &str, last: &str| TypedName {
            email: email.into(),
            first_name: first.into(),
            last_name: last.into(),
        };
        let names = vec![name("Ben@X.example", "Ben", "Katz"), name("cora@x.example", " Cora ", "Bar")];
        let typed = TypedBulk { names, ..typed(text) };
        let done = world.app.make_bulk(&world.owner, world.item, typed).await.expect("invited");
        let made: Vec<_> =
            done.made.iter().map(|made| format!("{} {}", made.first_name, made.last_name)).collect();
        assert_eq!(made, ["Anna Levi", "Ben Katz", "Cora Bar"]);
    }
}
