//! What no form can show from outside.

use domain::ItemKind;
use store::ToValue;

use super::code::Letter;
use super::*;
use crate::invites::MadeInvite;
use crate::invites::tests::world::{World, both_with_mail};

const RIGHT: &str = "anna@example.org";
const WRONG: &str = "mallory@example.org";
const NOBODY: &str = "192.0.2.7";

fn token_of(made: &MadeInvite) -> String {
    made.url.rsplit('/').next().expect("a path").to_owned()
}

fn form(made: &MadeInvite, typed: &str, browser: u8) -> Form {
    Form {
        door: Door::Invite(read_token(&token_of(made)).expect("a token").hash()),
        device: [0; 16],
        key: [browser; 32],
        shows: Shows::Address(Email::new(typed).ok()),
        block: NOBODY.into(),
        language: mail::Language::English,
        kind: None,
    }
}

/// Asks for a code without mailing it: its digits, as the mail would say them.
async fn ask(world: &World, form: Form) -> String {
    ask_as(world, Caller::default(), form).await
}

async fn ask_as(world: &World, caller: Caller, form: Form) -> String {
    let app = world.app.clone();
    let letter: Result<Letter, StoreError> = world
        .app
        .inner
        .store
        .write(async move |conn: &mut Conn| {
            let (at, now, _) = AtInvite::lock(conn, &caller, &form).await?.expect("an invite");
            app.begin_code(conn, &caller, &at, &form, now).await
        })
        .await;
    letter.expect("asked").digits().to_owned()
}

/// Whether these digits are this browser's code.
async fn opens(world: &World, made: &MadeInvite, browser: u8, digits: String) -> bool {
    let (app, invite) = (world.app.clone(), made.invite.row.invite.facts.id);
    let checked: Result<bool, StoreError> = world
        .app
        .inner
        .store
        .write(async move |conn: &mut Conn| {
            let now = conn.now().await?;
            app.check_code(conn, invite, [browser; 32], &digits, now).await
        })
        .await;
    checked.expect("checked")
}

async fn count(world: &World, made: &MadeInvite, sql: &'static str) -> i64 {
    let id = made.invite.row.invite.facts.id;
    let store = &world.app.inner.store;
    let counted: Result<i64, StoreError> =
        store.read(async move |conn: &mut Conn| conn.value(sql, &[id.to_value()]).await).await;
    counted.expect("counted")
}

/// Sends the form that asks for a code, from a browser without a cookie.
async fn send(world: &World, made: &MadeInvite, email: &str) {
    let form_key = FormKey::new(world.app.now(), world.app.random()).to_text();
    let how = (NOBODY.parse().expect("an address"), mail::Language::English);
    let typed = TypedLobby { email: email.into(), form_key };
    let asked = world.app.ask_for_code(&Caller::default(), how, &token_of(made), &typed).await;
    asked.expect("every answer is alike");
}

#[tokio::test]
async fn a_code_that_nobody_was_mailed_opens_nothing() {
    for world in both_with_mail(ItemKind::Video).await {
        let made = world.invite(RIGHT).await.expect("an invite");
        for (typed, right) in [(RIGHT, true), (WRONG, false)] {
            let browser = u8::from(right);
            let digits = ask(&world, form(&made, typed, browser)).await;
            assert_eq!(opens(&world, &made, browser, digits).await, right, "{}: {typed}", world.engine);
        }
    }
}

#[tokio::test]
async fn any_number_of_wrong_addresses_leaves_the_right_one_its_code() {
    for world in both_with_mail(ItemKind::Video).await {
        let made = world.invite(RIGHT).await.expect("an invite");
        for _ in 0..100 {
            send(&world, &made, WRONG).await;
        }
        send(&world, &made, RIGHT).await;
        let mails = "SELECT COUNT(*) FROM mail WHERE about_id = $1 AND purpose = 'code'";
        let mailed = async {
            while count(&world, &made, mails).await == 0 {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        };
        let waited = tokio::time::timeout(std::time::Duration::from_secs(30), mailed).await;
        assert!(waited.is_ok(), "{}: the right address was mailed no code", world.engine);
        let rows = count(&world, &made, "SELECT COUNT(*) FROM mail_code WHERE about_id = $1").await;
        assert!((1..=30).contains(&rows), "{}: {rows} rows of whoever asked", world.engine);
    }
}

#[tokio::test]
async fn wrong_addresses_never_push_a_mailed_code_out() {
    for world in both_with_mail(ItemKind::Video).await {
        let made = world.invite(RIGHT).await.expect("an invite");
        let digits = ask(&world, form(&made, RIGHT, 1)).await;
        for browser in 1..100 {
            ask(&world, form(&made, WRONG, browser)).await;
        }
        assert!(opens(&world, &made, 1, digits).await, "{}: typed from the mail", world.engine);
    }
}

#[tokio::test]
async fn a_fourth_code_in_an_hour_is_not_mailed_and_the_third_stays_good() {
    for world in both_with_mail(ItemKind::Video).await {
        let made = world.invite(RIGHT).await.expect("an invite");
        let mut codes = Vec::new();
        for _ in 0..4 {
            codes.push(ask(&world, form(&made, RIGHT, 1)).await);
        }
        let mut good = Vec::new();
        for digits in codes {
            good.push(opens(&world, &made, 1, digits).await);
        }
        assert_eq!(good, [false, false, true, false], "{}", world.engine);
    }
}

#[tokio::test]
async fn a_wrong_code_is_written_down_whether_or_not_its_browser_asked() {
    for world in both_with_mail(ItemKind::Video).await {
        let made = world.invite(RIGHT).await.expect("an invite");
        ask(&world, form(&made, RIGHT, 1)).await;
        for browser in 1..=40 {
            assert!(!opens(&world, &made, browser, "no digits".into()).await);
        }
        let tried = "SELECT COUNT(*) FROM mail_code WHERE about_id = $1 AND tries = 1";
        let tried = count(&world, &made, tried).await;
        assert!((2..=30).contains(&tried), "{}: {tried} tries", world.engine);
    }
}

/// Enters by the address alone; the browser that sits there then.
async fn enter(world: &World, made: &MadeInvite) -> Caller {
    let form_key = FormKey::new(world.app.now(), world.app.random()).to_text();
    let (from, typed) = (NOBODY.parse().expect("an address"), TypedLobby { email: RIGHT.into(), form_key });
    let (nobody, english) = (Caller::default(), mail::Language::English);
    let entered = world.app.enter_invite(&nobody, from, &token_of(made), &typed, english).await;
    match entered.expect("an answer") {
        InviteEntered::In { keys: KeyChange { given: Some((key, _)), .. }, .. } => {
            Caller { keys: vec![key.hash()], ..nobody }
        }
        other => panic!("{other:?}"),
    }
}

/// Whoever is inside by an invite that asks for nothing proves their address to a higher one: promoted in place.
#[tokio::test]
async fn who_types_a_code_inside_has_the_higher_role_in_the_same_seat() {
    for world in both_with_mail(ItemKind::LiveEvent).await {
        let caller = enter(&world, &world.invite(RIGHT).await.expect("an invite")).await;
        let higher = world.invite(RIGHT).await.expect("one more");
        let id = higher.invite.row.invite.facts.id;
        let raise = "UPDATE invite SET role = 'moderator', proves_by_code = 1 WHERE id = $1";
        world.run(raise, vec![id.to_value()]).await;
        let moderates = async || {
            let opened = world.app.grant_at_item(&caller, world.item, Action::OpenItem).await;
            opened.expect("inside").0.capabilities().has(domain::Capability::ModerateQa)
        };
        assert!(!moderates().await, "{}: who only knew the address", world.engine);
        let digits = ask_as(&world, caller.clone(), form(&higher, RIGHT, 1)).await;
        let sent = Form { shows: Shows::Code(digits), device: [1; 16], ..form(&higher, RIGHT, 1) };
        let (app, browser) = (world.app.clone(), caller.clone());
        let store = &world.app.inner.store;
        let taken: Result<_, StoreError> =
            store.write(async move |conn: &mut Conn| app.take_form(conn, &browser, &sent).await).await;
        assert!(matches!(taken, Ok(Outcome::Raised(_))), "{}", world.engine);
        assert!(moderates().await, "{}", world.engine);
        assert_eq!(count(&world, &higher, "SELECT uses FROM invite WHERE id = $1").await, 0, "no use");
    }
}
