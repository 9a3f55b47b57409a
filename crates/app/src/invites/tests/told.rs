//! Whoever is inside hears at once that their role may be another one (access.md 4, table row 2, 4.5 and 4.8).

use domain::{Closing, ItemKind, News};

use super::world::both;
use super::*;

/// What was told since it was asked last.
fn told(changes: &mut tokio::sync::broadcast::Receiver<crate::Change>) -> Vec<News> {
    std::iter::from_fn(|| changes.try_recv().ok()).map(|change| change.what).collect()
}

#[tokio::test]
async fn whatever_may_change_a_role_is_told_to_open_pages() {
    for world in both(ItemKind::Room).await {
        let (app, owner, item) = (&world.app, &world.owner, world.item);
        let viewer = world.invite("anna@example.org").await.expect("an invite").invite.row.invite.facts.id;
        let mut changes = app.changes();
        let mut typed = world.typed("anna@example.org");
        typed.terms.role = "speaker".into();
        let speaker = world.make(owner, typed).await.expect("a higher one");
        let speaker = speaker.invite.row.invite.facts.id;
        assert!(told(&mut changes).contains(&News::Role), "one more invite");
        let text = "anna@example.org,Anna,Klein,moderator".to_owned();
        let terms = TypedTerms { role: "viewer".into(), ..TypedTerms::default() };
        let made = app
            .make_bulk(owner, item, TypedBulk { text, terms, ..TypedBulk::default() })
            .await
            .expect("a sheet");
        assert!(told(&mut changes).contains(&News::Role), "a sheet");
        let change = async |id, typed| app.change_invite(owner, item, id, typed).await.expect("changed");
        let lend = |role: &str| Some(Some(TypedLend { role: role.into(), minutes: 5 }));
        for (what, typed) in [
            ("lent", TypedInviteChange { lend: lend("moderator"), ..NO_CHANGE }),
            ("taken back", TypedInviteChange { lend: Some(None), ..NO_CHANGE }),
            ("raised", TypedInviteChange { role: Some("speaker".into()), ..NO_CHANGE }),
            ("lowered", TypedInviteChange { role: Some("viewer".into()), ..NO_CHANGE }),
        ] {
            change(viewer, typed).await;
            assert!(told(&mut changes).contains(&News::Role), "{what}");
        }
        change(viewer, TypedInviteChange { last_name: Some("Katz".into()), ..NO_CHANGE }).await;
        assert_eq!(told(&mut changes), [News::Invites], "a name is no role");
        for (id, how) in [(made.made[0].id, Closing::Finish), (speaker, Closing::Now)] {
            app.revoke_invite(owner, item, id, how).await.expect("revoked");
            assert!(told(&mut changes).contains(&News::Role), "{how:?}");
        }
    }
}
