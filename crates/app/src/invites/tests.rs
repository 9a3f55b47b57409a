//! The owner's side of invites, on both engines. PostgreSQL is the server named by `ANTEROOM_TEST_POSTGRES`.

mod bulk;
mod policy;
mod told;
pub(crate) mod world;

use domain::{Closing, DeviceCost, InviteState, ItemKind, MarkTarget, Proof, Span};
use store::invite;
use store::invite_seat::{self, Binding};

use self::world::{World, both, code};
use super::*;
use crate::mail::MailState;
use crate::{Conflict, LinkToken};

const NO_CHANGE: TypedInviteChange = TypedInviteChange {
    role: None,
    lend: None,
    max_uses: None,
    extend_minutes: None,
    proves_by_code: None,
    first_name: None,
    last_name: None,
};

/// Binds a device to the person's seat through this invite, as the lobby does.
async fn bind(world: &World, made: &MadeInvite, cost: DeviceCost) -> SeatId {
    let facts = made.invite.row.invite.facts.clone();
    let (now, random): (_, [u8; 10]) = (world.app.now(), world.app.random());
    let (device, key): ([u8; 16], [u8; 32]) = (world.app.random(), world.app.random());
    world
        .app
        .inner
        .store
        .write(async move |conn: &mut Conn| {
            let email = facts.email.as_str();
            let before = conn.ask(invite_seat::of_person(facts.item, email)).await?;
            let seat = before.as_ref().map_or_else(|| SeatId::new(now, random), |seat| seat.facts.id);
            let binding = Binding {
                kind: None,
                seat,
                exists: before.is_some(),
                item: facts.item,
                email,
                first_name: "Anna",
                last_name: "Levi",
                key,
                proof: Proof::Address,
                device,
                invite: facts.id,
                cost,
                now,
            };
            invite_seat::bind(conn, &binding).await?;
            if cost == DeviceCost::Use {
                assert!(invite::spend(conn, facts.id).await?, "a use is left");
            }
            Ok::<_, StoreError>(seat)
        })
        .await
        .expect("a device is bound")
}

fn token(url: &str) -> LinkToken {
    LinkToken::from_text(url.rsplit('/').next().expect("a path")).expect("a token")
}

async fn is_known(world: &World, url: &str) -> bool {
    let hash = token(url).hash();
    let found: Result<_, StoreError> = world
        .app
        .inner
        .store
        .read(async move |conn: &mut Conn| invite::find_by_token(conn, hash).await)
        .await;
    found.expect("readable").is_some()
}

#[tokio::test]
async fn an_invite_is_made_listed_and_copied() {
    for world in both(ItemKind::Video).await {
        let made = world.invite("Anna@Example.org").await.expect("an invite");
        assert!(made.url.starts_with("http://localhost:8080/i/") && is_known(&world, &made.url).await);
        let facts = &made.invite.row.invite.facts;
        assert_eq!((facts.email.as_str(), facts.max_uses, facts.uses), ("anna@example.org", Some(1), 0));
        assert_eq!(facts.end, made.invite.row.invite.created_at.plus(Span::from_minutes(1_440)));
        assert_eq!((made.invite.state, made.hint), (InviteState::Created, None));
        let (item, id) = (world.item, facts.id);
        assert_eq!(world.app.reveal_invite(&world.owner, item, id).await.expect("a URL"), made.url);
        bind(&world, &made, DeviceCost::Use).await;
        world.invite("ben@example.org").await.expect("an invite");
        let page = world.list("").await;
        let states: Vec<_> = page.invites.iter().map(|invite| invite.state).collect();
        assert_eq!(states, [InviteState::Created, InviteState::Entered]);
        assert!(page.invites[1].row.is_bound && !page.invites[1].is_inside);
        assert_eq!((page.total, page.making_refused, page.roles.len()), (2, None, 1));
        for (query, count) in [("ANNA@", 1), ("klein", 2), ("%", 0), ("b_n", 0), ("example.org", 2)] {
            assert_eq!(world.list(query).await.total, count, "{query}");
        }
        let query = InviteQuery { limit: 1, ..InviteQuery::default() };
        let first = world.app.list_invites(&world.owner, item, query.clone()).await.expect("a page");
        let rest = InviteQuery { before: first.next, ..query };
        let second = world.app.list_invites(&world.owner, item, rest).await.expect("a page");
        assert_eq!((first.total, second.invites[0].row.invite.facts.id), (2, id));
        let did = world.activity().await;
        assert_eq!(did, ["invite_created", "invite_copied", "invite_created"], "{}", world.engine);
    }
}

#[tokio::test]
async fn hints_tell_what_the_owner_may_not_have_thought_of() {
    for world in both(ItemKind::Video).await {
        let own = world.owner.member.as_ref().expect("a member").email.clone();
        assert_eq!(world.invite(&own).await.expect("allowed").hint, Some(Hint::OwnAddress));
        let editor = world.member("editor@members.example", "private_only").await;
        for look_alike in ["\u{430}nna@example.org", "anna@ex\u{430}mple.org"] {
            let made = world.invite(look_alike).await.expect("allowed");
            assert_eq!(made.hint, Some(Hint::UnusualLetters), "{look_alike}");
        }
        world.give_right(&editor, "co_editor").await;
        assert_eq!(world.invite("editor@members.example").await.expect("allowed").hint, Some(Hint::HasRight));
    }
}

#[tokio::test]
async fn a_change_is_logged_and_never_takes_back_what_was_spent() {
    for world in both(ItemKind::Room).await {
        world.set_policy(|policy| policy.invite_uses = Some(5));
        let mut typed = world.typed("anna@example.org");
        (typed.terms.max_uses, typed.terms.minutes) = (Some(Some(3)), Some(60));
        let made = world.make(&world.owner, typed).await.expect("an invite");
        let id = made.invite.row.invite.facts.id;
        bind(&world, &made, DeviceCost::Use).await;
        bind(&world, &made, DeviceCost::Use).await;
        let change = async |typed| world.app.change_invite(&world.owner, world.item, id, typed).await;
        let spent = change(TypedInviteChange { max_uses: Some(Some(1)), ..NO_CHANGE }).await;
        assert!(matches!(spent, Err(Error::Conflict(Conflict::UsesBelowSpent { uses: 2 }))), "{spent:?}");
        let over = change(TypedInviteChange { max_uses: Some(Some(6)), ..NO_CHANGE }).await;
        assert_eq!(code(over), "uses_over_policy");
        let far = change(TypedInviteChange { extend_minutes: Some(1_440), ..NO_CHANGE }).await;
        assert_eq!(code(far), "minutes_over_policy");
        let shown = change(TypedInviteChange {
            max_uses: Some(Some(2)),
            extend_minutes: Some(30),
            lend: Some(Some(TypedLend { role: "moderator".into(), minutes: 10 })),
            last_name: Some("Katz".into()),
            ..NO_CHANGE
        });
        let shown = shown.await.expect("changed");
        assert_eq!(
            (shown.role_now, shown.row.invite.facts.role),
            (InviteRole::Moderator, InviteRole::Viewer)
        );
        assert_eq!(shown.row.invite.facts.end, made.invite.row.invite.facts.end.plus(Span::from_minutes(30)));
        let back = change(TypedInviteChange { lend: Some(None), ..NO_CHANGE }).await.expect("taken back");
        assert_eq!((back.role_now, back.row.invite.facts.lent), (InviteRole::Viewer, None));
        let lower = TypedLend { role: "viewer".into(), minutes: 10 };
        let lower = change(TypedInviteChange { lend: Some(Some(lower)), ..NO_CHANGE }).await;
        assert_eq!(code(lower), "lend_not_higher");
        let detail = world.details("invite_changed").await;
        assert!(detail[0].contains("devices: 3 -> 2") && detail[0].contains("name: Anna Klein -> Anna Katz"));
        assert!(detail[0].contains("lent: none -> moderator until_ms"), "{detail:?}");
        assert_eq!(detail.len(), 2, "a refused change is not logged");
        let seat = world.seat_name("anna@example.org").await;
        assert_eq!(seat.as_deref(), Some("Anna Katz"), "the person inside has the new name");
    }
}

#[tokio::test]
async fn nothing_is_lent_by_an_invite_that_is_over() {
    for world in both(ItemKind::Room).await {
        let id = world.invite("anna@example.org").await.expect("an invite").invite.row.invite.facts.id;
        world.run_out(id).await;
        let lend = Some(Some(TypedLend { role: "moderator".into(), minutes: 10 }));
        let change = async |typed| world.app.change_invite(&world.owner, world.item, id, typed).await;
        let over = change(TypedInviteChange { lend: lend.clone(), ..NO_CHANGE }).await;
        assert!(matches!(over, Err(Error::Conflict(Conflict::InviteOver))), "{over:?}");
        let both = change(TypedInviteChange { lend, extend_minutes: Some(30), ..NO_CHANGE }).await;
        assert_eq!(both.expect("open again").role_now, InviteRole::Moderator);
    }
}

#[tokio::test]
async fn revoking_now_ends_the_seat_unless_another_door_is_left() {
    for world in both(ItemKind::Video).await {
        let first = world.invite("anna@example.org").await.expect("an invite");
        let second = world.invite("anna@example.org").await.expect("one more way to the same seat");
        let seat = bind(&world, &first, DeviceCost::Use).await;
        let id = |made: &MadeInvite| made.invite.row.invite.facts.id;
        let revoke = async |made, how| world.app.revoke_invite(&world.owner, world.item, id(made), how).await;
        let shown = revoke(&first, Closing::Now).await.expect("revoked").invite;
        assert_eq!(shown.state, InviteState::Revoked);
        assert_eq!(world.marks().await, [], "the other invite still holds the seat");
        revoke(&second, Closing::Finish).await.expect("revoked");
        assert_eq!(world.marks().await, [], "finish ends nothing");
        revoke(&second, Closing::Now).await.expect("closed sooner");
        assert_eq!(world.marks().await, [MarkTarget::Seat(seat)]);
        let over = world.app.reveal_invite(&world.owner, world.item, id(&first)).await;
        assert!(matches!(over, Err(Error::Conflict(Conflict::InviteOver))));
        let soon = world.app.now().plus(Span::from_secs(5));
        assert_eq!(code(revoke(&first, Closing::Until(soon)).await), "until_too_soon");
    }
}

#[tokio::test]
async fn a_new_link_kills_the_old_one_and_keeps_the_seat() {
    for world in both(ItemKind::Video).await {
        let made = world.invite("anna@example.org").await.expect("an invite");
        bind(&world, &made, DeviceCost::Use).await;
        let id = made.invite.row.invite.facts.id;
        let again = world.app.replace_invite_link(&world.owner, world.item, id).await.expect("a link");
        assert!(!is_known(&world, &made.url).await && is_known(&world, &again.url).await);
        assert_eq!(world.app.reveal_invite(&world.owner, world.item, id).await.expect("a URL"), again.url);
        assert!(again.invite.row.is_bound && again.invite.row.invite.facts.uses == 1);
    }
}

#[tokio::test]
async fn a_waiting_device_is_let_in_three_times_a_day() {
    for world in both(ItemKind::Video).await {
        let made = world.invite("anna@example.org").await.expect("an invite");
        bind(&world, &made, DeviceCost::Use).await;
        let id = made.invite.row.invite.facts.id;
        let allow = async |name: &str| {
            world.app.allow_device(&world.owner, world.item, id, Some(name.to_owned())).await
        };
        for (number, name) in ["ABCDEF", "GHJKLM", "NPQRST"].into_iter().enumerate() {
            world.ask(id, name).await;
            let waiting = world.list("").await.invites[0].asking.clone();
            assert_eq!(waiting.len(), 1, "{number}");
            assert!(matches!(allow("ZZZZZZ").await, Err(Error::NotFound)));
            let by_id = domain::JobId::from_bytes(waiting[0].id).to_string();
            let name = if number == 0 { by_id } else { name.to_lowercase() };
            assert!(allow(&name).await.expect("allowed").asking.is_empty());
            // The first two moved already, the third is still on its way.
            if number < 2 {
                bind(&world, &made, DeviceCost::Move).await;
                world.settle_moves().await;
            }
        }
        world.ask(id, "UVWXYZ").await;
        assert!(matches!(allow("UVWXYZ").await, Err(Error::Conflict(Conflict::MovesSpent))));
        let more = world.app.allow_device(&world.owner, world.item, id, None).await;
        assert_eq!(code(more), "uses_over_policy");
        world.set_policy(|policy| policy.invite_uses = Some(2));
        let more = world.app.allow_device(&world.owner, world.item, id, None).await.expect("one more device");
        assert_eq!(more.row.invite.facts.max_uses, Some(2));
        assert_eq!(world.details("invite_device_allowed").await.len(), 4);
    }
}

#[tokio::test]
async fn an_invite_of_another_item_is_none() {
    for world in both(ItemKind::Video).await {
        let made = world.invite("anna@example.org").await.expect("an invite");
        let (id, other) = (made.invite.row.invite.facts.id, world.one_more_item(ItemKind::Video).await);
        let (app, owner) = (&world.app, &world.owner);
        assert!(matches!(app.reveal_invite(owner, other, id).await, Err(Error::NotFound)));
        assert!(matches!(app.replace_invite_link(owner, other, id).await, Err(Error::NotFound)));
        assert!(matches!(app.change_invite(owner, other, id, NO_CHANGE).await, Err(Error::NotFound)));
        assert!(matches!(app.revoke_invite(owner, other, id, Closing::Now).await, Err(Error::NotFound)));
        assert!(matches!(app.allow_device(owner, other, id, None).await, Err(Error::NotFound)));
        assert!(is_known(&world, &made.url).await);
    }
}

#[tokio::test]
async fn without_mail_nothing_pretends_to_send() {
    for world in both(ItemKind::Room).await {
        let mut typed = world.typed("anna@example.org");
        typed.terms.send_mail = true;
        let refused = world.make(&world.owner, typed.clone()).await;
        assert!(matches!(refused, Err(Error::Conflict(Conflict::MailOff))), "{refused:?}");
        assert_eq!(world.list("").await.total, 0, "nothing was made");
        (typed.terms.send_mail, typed.terms.proves_by_code) = (false, Some(true));
        assert_eq!(code(world.make(&world.owner, typed.clone()).await), "mail_off");
        (typed.terms.proves_by_code, typed.terms.role) = (None, "moderator".into());
        let made = world.make(&world.owner, typed).await.expect("an invite");
        let facts = &made.invite.row.invite.facts;
        assert!(!facts.proves_by_code, "a code that nobody can mail is not asked for");
        let sent = world.app.send_invite(&world.owner, world.item, facts.id, None).await;
        assert!(matches!(sent, Err(Error::Conflict(Conflict::MailOff))));
    }
}

#[tokio::test]
async fn with_mail_and_a_template_an_invite_is_queued_once_for_each_wish() {
    for world in world::both_with_mail(ItemKind::Room).await {
        assert!(!world.list("").await.limits.mails, "no template, no box");
        let mut typed = world.typed("carl@example.org");
        typed.terms.proves_by_code = Some(true);
        assert_eq!(code(world.make(&world.owner, typed.clone()).await), "mail_off", "nor a code");
        (typed.terms.proves_by_code, typed.terms.role) = (None, "speaker".into());
        let made = world.make(&world.owner, typed).await.expect("an invite");
        let facts = &made.invite.row.invite.facts;
        assert!(!facts.proves_by_code, "off by itself");
        let wish = TypedInviteChange { proves_by_code: Some(true), ..NO_CHANGE };
        let changed = world.app.change_invite(&world.owner, world.item, facts.id, wish.clone()).await;
        assert_eq!(code(changed), "mail_off", "nor later");
        world.set_policy(|policy| policy.invite_template = Some("invite".into()));
        assert!(world.list("").await.limits.mails);
        let mut typed = world.typed("anna@example.org");
        (typed.terms.send_mail, typed.terms.role) = (true, "speaker".into());
        let made = world.make(&world.owner, typed).await.expect("an invite");
        let facts = &made.invite.row.invite.facts;
        assert!(facts.proves_by_code, "whoever gets powers types a code");
        assert_eq!((made.invite.state, world.queued(facts.id).await), (InviteState::Created, 1));
        let again = world.app.change_invite(&world.owner, world.item, facts.id, wish).await;
        assert!(again.is_ok(), "with mail it may be: {again:?}");
        world.app.send_invite(&world.owner, world.item, facts.id, Some("he")).await.expect("sent again");
        assert_eq!(world.queued(facts.id).await, 2);
        let unknown = world.app.send_invite(&world.owner, world.item, facts.id, Some("xx")).await;
        assert_eq!((code(unknown), world.queued(facts.id).await), ("language_unknown", 2));
        let settled = [
            ("sent", InviteState::Mailed, MailState::Sent),
            ("failed", InviteState::MailFailed, MailState::Failed),
            ("unknown", InviteState::MailFailed, MailState::Unknown),
        ];
        for (state, shown, exactly) in settled {
            world.settle_mail(state).await;
            let listed = world.list("").await.invites.remove(0);
            assert_eq!((listed.state, listed.mail.map(|mail| mail.state)), (shown, Some(exactly)));
        }
        let viewer = world.invite("ben@example.org").await.expect("an invite").invite.row.invite.facts;
        assert!(!viewer.proves_by_code && world.queued(viewer.id).await == 0);
        for (role, chosen, proves) in [
            ("speaker", None, true),
            ("viewer", None, true),
            ("viewer", Some(false), false),
            ("moderator", Some(false), false),
        ] {
            let typed = TypedInviteChange { role: Some(role.into()), proves_by_code: chosen, ..NO_CHANGE };
            let changed = world.app.change_invite(&world.owner, world.item, viewer.id, typed).await;
            assert_eq!(
                changed.expect("changed").row.invite.facts.proves_by_code,
                proves,
                "{role} {chosen:?}"
            );
        }
    }
}

#[tokio::test]
async fn members_are_found_by_the_beginning_of_a_name_and_not_endlessly() {
    for world in both(ItemKind::Video).await {
        world.member("dana.levi@members.example", "viewer").await;
        world.member("daniel@members.example", "viewer").await;
        let gone = world.member("dante@members.example", "viewer").await;
        world.disable(&gone).await;
        let find = async |text: &str| world.app.find_members(&world.owner, text).await.expect("an answer");
        let names = |found: Vec<FoundMember>| found.into_iter().map(|m| m.email).collect::<Vec<_>>();
        assert_eq!(names(find("dan").await), ["dana.levi@members.example", "daniel@members.example"]);
        assert_eq!(names(find("DANA").await), ["dana.levi@members.example"]);
        assert_eq!(names(find("person").await).len(), 2, "a later word of the name, too");
        let dana = find("dana").await.remove(0);
        assert_eq!((&*dana.first_name, &*dana.last_name), ("Dana.levi The", "Person"));
        for text in ["", "da", "  d ", "ana", "%an", "owner"] {
            assert_eq!(find(text).await, [], "{text:?}");
        }
        let mut asked = 0;
        let refused = loop {
            match world.app.find_members(&world.owner, "dan").await {
                Ok(_) => asked += 1,
                Err(error) => break error,
            }
        };
        assert!(matches!(refused, Error::TooManyRequests(1..=2)) && asked < 30, "{refused:?} after {asked}");
    }
}
