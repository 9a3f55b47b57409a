//! The daily mail about refusals, on both engines. PostgreSQL is the server named by `ANTEROOM_TEST_POSTGRES`.

use domain::{ItemKind, LinkId};
use store::{Row, ToValue};

use super::*;
use crate::invites::tests::world::{World, both, both_with_mail};

const DAY_MS: i64 = 86_400_000;

fn id(caller: &Caller) -> MemberId {
    caller.member_facts().expect("a member").id
}

impl World {
    /// Proves the member's address and switches the mail on, more than a day ago.
    async fn wish(&self, caller: &Caller, language: Language) {
        let sql = "UPDATE member_address SET verified_ms = 1 WHERE member_id = $1";
        self.run(sql, vec![id(caller).to_value()]).await;
        self.app.wish_refusals(caller, true, language).await.expect("switched on");
        self.a_day_passes().await;
    }

    async fn a_day_passes(&self) {
        self.run("UPDATE member SET refusals_told_ms = refusals_told_ms - $1", vec![(DAY_MS + 1).to_value()])
            .await;
        self.run("UPDATE refusal SET minute = minute - 1440", Vec::new()).await;
    }

    /// So many refusals, ten minutes ago.
    async fn refuse(&self, door: LinkId, cause: Reason, count: i64) {
        let minute = self.app.now().minute() - 10;
        let sql = "INSERT INTO refusal (link_id, cause, minute, count) VALUES ($1, $2, $3, $4)";
        self.run(sql, vec![door.to_value(), cause.to_value(), minute.to_value(), count.to_value()]).await;
    }

    async fn link(&self, name: &str) -> LinkId {
        let (door, token) = (LinkId::new(self.app.now(), self.app.random()), self.app.random::<32>());
        let sql = "INSERT INTO guest_link (id, item_id, name, token_hash, token_sealed, uses, created_ms)
            VALUES ($1, $2, $3, $4, $5, 0, 0)";
        let token = token.to_vec();
        self.run(
            sql,
            vec![door.to_value(), self.item.to_value(), name.to_value(), token.to_value(), token.to_value()],
        )
        .await;
        door
    }

    /// The messages that wait: to whom, and the text.
    async fn letters(&self) -> Vec<(String, String)> {
        let sql = "SELECT id, email, message_sealed FROM mail WHERE purpose = 'refusals' ORDER BY id";
        let store = &self.app.inner.store;
        let rows: Result<Vec<Row>, StoreError> =
            store.read(async move |conn: &mut Conn| conn.query(sql, &[]).await).await;
        let letter = |mut row: Row| {
            let (id, email): ([u8; 16], String) = (row.take().expect("an id"), row.take().expect("a text"));
            let sealed: Vec<u8> = row.take().expect("bytes");
            let message = self.app.inner.keys.open_bytes("mail", &sealed, &id).expect("ours");
            (email, String::from_utf8(message).expect("text"))
        };
        rows.expect("rows").into_iter().map(letter).collect()
    }

    async fn told(&self, caller: &Caller) -> Option<i64> {
        let id = id(caller);
        let store = &self.app.inner.store;
        let found: Result<_, StoreError> =
            store.read(async move |conn: &mut Conn| refused::find(conn, id).await).await;
        found.expect("readable").map(|wish| wish.told.as_ms())
    }

    async fn round(&self) -> u64 {
        self.app.mail_refusals().await.expect("a round")
    }
}

#[tokio::test]
async fn many_workers_at_once_queue_one_mail_a_day_and_none_without_refusals() {
    for world in both_with_mail(ItemKind::Video).await {
        let door = world.link("Parents").await;
        world.refuse(door, Reason::Expired, 3).await;
        world.wish(&world.owner, Language::English).await;
        // Only the wish is to be a day old.
        world.run("UPDATE refusal SET minute = minute + 1440", Vec::new()).await;
        let rounds = futures_util::future::join_all((0..12).map(|_| world.round())).await;
        assert_eq!(rounds.iter().sum::<u64>(), 1, "{}", world.engine);
        let letters = world.letters().await;
        assert_eq!(letters.len(), 1, "{}", world.engine);
        assert_eq!(letters[0].0, "owner@members.example");
        assert!(
            letters[0].1.contains("Guest link Parents: The link had expired. 3 times"),
            "{}",
            letters[0].1
        );
        assert!(letters[0].1.contains("?activity"), "{}", letters[0].1);
        assert_eq!(world.round().await, 0, "not again on the same day");
        world.a_day_passes().await;
        let before = world.told(&world.owner).await.expect("wished");
        assert_eq!(world.round().await, 0, "nobody was refused since");
        assert!(world.told(&world.owner).await.expect("wished") > before, "and the clock moves on");
        assert_eq!(world.letters().await.len(), 1);
    }
}

#[tokio::test]
async fn who_owns_or_co_owns_is_told_and_nobody_else() {
    for world in both_with_mail(ItemKind::Video).await {
        let made = world.invite("anna@else.example").await.expect("an invite");
        let (partner, editor) = (
            world.member("partner@members.example", "private_only").await,
            world.member("editor@members.example", "private_only").await,
        );
        world.give_right(&partner, "co_owner").await;
        world.give_right(&editor, "co_editor").await;
        for who in [&partner, &editor] {
            world.wish(who, Language::Hebrew).await;
        }
        world.refuse(made.invite.row.invite.facts.id, Reason::EmailMismatch, 1).await;
        assert_eq!(world.round().await, 1, "{}", world.engine);
        let letters = world.letters().await;
        assert_eq!(letters[0].0, "partner@members.example", "the owner did not ask for it");
        assert!(letters[0].1.contains("Subject: Anteroom: =?utf-8?"), "in Hebrew: {}", letters[0].1);

        // A right that was lent and has fallen back tells nothing any more.
        world.run("UPDATE item_right SET until_ms = 1 WHERE item_right = 'co_owner'", Vec::new()).await;
        world
            .run("UPDATE member SET refusals_told_ms = 1 WHERE refusals_told_ms IS NOT NULL", Vec::new())
            .await;
        assert_eq!(world.round().await, 0, "{}", world.engine);
    }
}

#[tokio::test]
async fn nobody_is_told_who_does_not_want_it_or_cannot_be() {
    const DUE: &str = "UPDATE member SET refusals_told_ms = 1 WHERE refusals_told_ms IS NOT NULL";
    for world in both_with_mail(ItemKind::Video).await {
        let door = world.link("Parents").await;
        world.refuse(door, Reason::UsedUp, 1).await;
        assert_eq!(world.round().await, 0, "off as it comes");
        world.wish(&world.owner, Language::English).await;
        world.app.wish_refusals(&world.owner, false, Language::English).await.expect("switched off");
        assert_eq!((world.round().await, world.told(&world.owner).await), (0, None));

        world.wish(&world.owner, Language::English).await;
        for (without, with) in [
            ("UPDATE member_address SET verified_ms = NULL", "UPDATE member_address SET verified_ms = 1"),
            ("UPDATE member SET disabled_ms = 1", "UPDATE member SET disabled_ms = NULL"),
            ("UPDATE item SET deleted_ms = 1", "UPDATE item SET deleted_ms = NULL"),
        ] {
            world.run(DUE, Vec::new()).await;
            world.run(without, Vec::new()).await;
            assert_eq!(world.round().await, 0, "{}: {without}", world.engine);
            assert!(world.told(&world.owner).await.expect("wished") > 1, "the clock moves on: {without}");
            world.run(with, Vec::new()).await;
        }
        world.set_policy(|policy| policy.enabled = false);
        world.run(DUE, Vec::new()).await;
        assert_eq!(world.round().await, 0, "the module is off");
        world.set_policy(|policy| policy.enabled = true);
        world.run(DUE, Vec::new()).await;
        assert_eq!(world.round().await, 1, "{}: all is well again", world.engine);
    }
    for world in both(ItemKind::Video).await {
        let door = world.link("Parents").await;
        world.refuse(door, Reason::UsedUp, 1).await;
        world.wish(&world.owner, Language::English).await;
        let before = world.told(&world.owner).await;
        assert_eq!((world.round().await, world.told(&world.owner).await), (0, before), "mail is off");
    }
}

#[tokio::test]
async fn names_are_text_and_the_lines_are_bounded() {
    for world in both_with_mail(ItemKind::Video).await {
        // A title from before titles were cleaned when typed.
        world.run("UPDATE item SET title = $1", vec!["My \u{202e}film".to_value()]).await;
        let hostile = world.link("<b>x</b>").await;
        world.refuse(hostile, Reason::Expired, 9_000).await;
        for n in 0..60 {
            let door = world.link(&format!("Link {n}")).await;
            world.refuse(door, Reason::Expired, 100 + n).await;
        }
        world.wish(&world.owner, Language::English).await;
        world.run("UPDATE refusal SET minute = minute + 1440", Vec::new()).await;
        assert_eq!(world.round().await, 1);
        let text = world.letters().await.remove(0).1;
        let (plain, html) = text.split_once("text/html").expect("two parts");
        assert!(plain.contains("<b>x</b>: The link had expired. 9000 times"), "{plain}");
        assert!(!html.contains("<b>x"), "{html}");
        assert!(plain.contains("My film"), "{plain}");
        assert_eq!(plain.matches("- Guest link").count(), LINES);
        assert!(plain.contains("And 11 more."), "{plain}");
        assert!(plain.contains("Link 59:") && !plain.contains("Link 10:"), "the most frequent stay");
    }
}

#[tokio::test]
async fn a_reached_ceiling_puts_the_mail_off_and_loses_nothing() {
    for world in both_with_mail(ItemKind::Video).await {
        let door = world.link("Parents").await;
        world.wish(&world.owner, Language::English).await;
        world.refuse(door, Reason::Expired, 1).await;
        let sql = "INSERT INTO mail (id, purpose, about_id, owner_id, email, state, answer, attempts, run_after_ms, created_ms)
            VALUES ($1, 'test', $2, NULL, 'owner@members.example', 'sent', '', 0, 0, $3)";
        for n in 0..10_u8 {
            let id = [n; 16].as_slice().to_vec();
            world.run(sql, vec![id.to_value(), id.to_value(), world.app.now().to_value()]).await;
        }
        let before = world.told(&world.owner).await;
        assert_eq!((world.round().await, world.told(&world.owner).await), (0, before), "{}", world.engine);
        world.run("DELETE FROM mail", Vec::new()).await;
        assert_eq!(world.round().await, 1, "{}", world.engine);
    }
}
