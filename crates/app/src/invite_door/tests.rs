//! What no form can show from outside.

use domain::ItemKind;

use super::*;
use crate::invites::tests::world::both_with_mail;

#[tokio::test]
async fn a_code_that_nobody_was_mailed_opens_nothing() {
    for world in both_with_mail(ItemKind::Video).await {
        let made = world.invite("anna@example.org").await.expect("an invite");
        let token = read_token(made.url.rsplit('/').next().expect("a path")).expect("a token");
        for (typed, opens) in [("anna@example.org", true), ("mallory@example.org", false)] {
            let form = Form {
                door: Door::Invite(token.hash()),
                device: [0; 16],
                key: [7; 32],
                shows: Shows::Address(Email::new(typed).ok()),
                block: "192.0.2.7".into(),
                language: mail::Language::English,
            };
            let (app, nobody) = (world.app.clone(), Caller::default());
            let is_right: Result<bool, StoreError> = world
                .app
                .inner
                .store
                .write(async move |conn: &mut Conn| {
                    let now = conn.now().await?;
                    let at =
                        AtInvite::load(conn, &nobody, form.door, Some(form.key), &form.block, now).await?;
                    let at = at.expect("an invite");
                    let letter = app.begin_code(conn, &nobody, &at, &form, now).await?;
                    app.check_code(conn, at.invite.facts.id, form.key, letter.digits(), now).await
                })
                .await;
            assert_eq!(is_right.expect("checked"), opens, "{}: {typed}", world.engine);
        }
    }
}
