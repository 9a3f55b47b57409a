//! Each setting of the site's policy has its effect when invites are made.

use domain::{Findable, ItemKind, Permission, SitePolicy, SiteRole};
use store::ToValue;

use super::world::{World, both, code};
use super::*;

async fn with(world: &World, change: impl FnOnce(&mut TypedInvite)) -> Result<MadeInvite, Error> {
    let mut typed = world.typed("anna@example.org");
    change(&mut typed);
    world.make(&world.owner, typed).await
}

fn reason(result: Result<MadeInvite, Error>) -> &'static str {
    match result {
        Err(Error::Refused(refusal)) => refusal.reason.code(),
        other => panic!("a refusal was expected, not {other:?}"),
    }
}

#[tokio::test]
async fn invite_minutes_bounds_the_duration() {
    for world in both(ItemKind::Video).await {
        world.set_policy(|policy| policy.invite_minutes = 90);
        assert_eq!(world.list("").await.limits.minutes_most, 90);
        for (minutes, wrong) in [
            (0, "minutes_range"),
            (-5, "minutes_range"),
            (91, "minutes_over_policy"),
            (i64::MAX, "minutes_range"),
        ] {
            assert_eq!(
                code(with(&world, |typed| typed.terms.minutes = Some(minutes)).await),
                wrong,
                "{minutes}"
            );
        }
        for (minutes, lasts) in [(None, 90), (Some(90), 90), (Some(1), 1)] {
            let made = with(&world, |typed| typed.terms.minutes = minutes)
                .await
                .expect("an invite")
                .invite
                .row
                .invite;
            assert_eq!(made.facts.end.since(made.created_at), Span::from_minutes(lasts));
        }
    }
}

#[tokio::test]
async fn invite_uses_bounds_the_devices() {
    for world in both(ItemKind::Video).await {
        let uses = async |uses: Option<Option<i64>>| {
            let made = with(&world, |typed| typed.terms.max_uses = uses).await;
            made.map(|made| made.invite.row.invite.facts.max_uses)
        };
        world.set_policy(|policy| policy.invite_uses = Some(3));
        assert_eq!(uses(None).await.expect("the policy's"), Some(3));
        assert_eq!(uses(Some(Some(2))).await.expect("fewer"), Some(2));
        for (typed, wrong) in [
            (Some(Some(4)), "uses_over_policy"),
            (Some(None), "uses_over_policy"),
            (Some(Some(-1)), "uses_over_policy"),
            (Some(Some(0)), "uses_range"),
            (Some(Some(-2)), "uses_range"),
        ] {
            assert_eq!(code(uses(typed).await), wrong, "{typed:?}");
        }
        world.set_policy(|policy| policy.invite_uses = None);
        for (typed, most) in
            [(None, None), (Some(None), None), (Some(Some(-1)), None), (Some(Some(7)), Some(7))]
        {
            assert_eq!(uses(typed).await.expect("unlimited"), most, "{typed:?}");
        }
    }
}

#[tokio::test]
async fn domains_hold_when_an_invite_is_made() {
    for world in both(ItemKind::Video).await {
        world.set_policy(|policy| policy.blocked_domains = vec!["bad.example".into()]);
        assert_eq!(code(world.invite("anna@deep.bad.example").await), "domain_refused");
        world.invite("anna@good.example").await.expect("not blocked");
        world.set_policy(|policy| policy.allowed_domains = vec!["good.example".into()]);
        world.invite("ben@deep.good.example").await.expect("allowed");
        assert_eq!(code(world.invite("ben@example.org").await), "domain_refused");
    }
}

#[tokio::test]
async fn who_may_invite_is_a_role_a_member_or_a_group() {
    for world in both(ItemKind::Video).await {
        let owner = world.owner.member_facts().expect("a member").id;
        let other = world.member("other@members.example", "admin").await;
        let (group, empty) = (world.group_of(&world.owner).await, domain::GroupId::from_bytes([9; 16]));
        let named = |members: &[domain::MemberId], groups: &[domain::GroupId]| Permission::Named {
            members: members.to_vec(),
            groups: groups.to_vec(),
        };
        let others = other.member_facts().expect("a member").id;
        for (permission, may) in [
            (Permission::From(SiteRole::PrivateOnly), true),
            (Permission::From(SiteRole::Admin), false),
            (named(&[owner], &[]), true),
            (named(&[others], &[]), false),
            (named(&[], &[group]), true),
            (named(&[others], &[empty]), false),
        ] {
            world.set_policy(|policy| policy.invites_by = permission.clone());
            assert_eq!(world.list("").await.making_refused.is_none(), may, "{permission:?}");
            let made = world.invite("anna@example.org").await;
            if may {
                made.expect("an invite");
            } else {
                assert_eq!(reason(made), "policy_refused", "{permission:?}");
            }
            // A role on the site is no right at somebody's item.
            assert!(matches!(world.make(&other, world.typed("x@example.org")).await, Err(Error::NotFound)));
        }
    }
}

#[tokio::test]
async fn who_lost_the_permission_makes_no_new_link_and_keeps_the_rest() {
    for world in both(ItemKind::Room).await {
        let mut typed = world.typed("anna@example.org");
        typed.terms.role = "speaker".into();
        let made = world.make(&world.owner, typed).await.expect("an invite");
        let id = made.invite.row.invite.facts.id;
        world.set_policy(|policy| policy.invites_by = Permission::From(SiteRole::Admin));
        let role = async |role: &str| {
            let typed = TypedInviteChange { role: Some(role.into()), ..NO_CHANGE };
            world.app.change_invite(&world.owner, world.item, id, typed).await
        };
        assert_eq!(reason(world.invite("ben@example.org").await), "policy_refused");
        assert_eq!(role("moderator").await.expect("raised").role_now, InviteRole::Moderator);
        assert_eq!(role("viewer").await.expect("lowered").role_now, InviteRole::Viewer);
        world.set_policy(|policy| policy.invite_uses = Some(2));
        let more = world.app.allow_device(&world.owner, world.item, id, None).await.expect("one more device");
        assert_eq!(more.row.invite.facts.max_uses, Some(2));
        let again = world.app.replace_invite_link(&world.owner, world.item, id).await;
        assert!(matches!(again, Err(Error::Refused(_))), "a new link is a new link");
        // Who may not even see the invite's item raises nothing, and neither does who only watches over the site.
        let admin = world.member("admin@members.example", "site_administrator").await;
        let raise = TypedInviteChange { role: Some("speaker".into()), ..NO_CHANGE };
        let raised = world.app.change_invite(&admin, world.item, id, raise.clone()).await;
        assert!(matches!(raised, Err(Error::NotFound)), "{raised:?}");
        // What shuts the door for all stops raising too.
        for shut in [
            |policy: &mut SitePolicy| policy.enabled = false,
            |policy: &mut SitePolicy| {
                (policy.enabled, policy.doors.room.invites_allowed) = (true, false);
            },
        ] {
            world.set_policy(shut);
            let raised = world.app.change_invite(&world.owner, world.item, id, raise.clone()).await;
            assert!(
                matches!(raised, Err(Error::Refused(_) | Error::Conflict(Conflict::InvitesOff))),
                "{raised:?}"
            );
            let more = world.app.allow_device(&world.owner, world.item, id, None).await;
            assert!(
                matches!(more, Err(Error::Refused(_) | Error::Conflict(Conflict::InvitesOff))),
                "{more:?}"
            );
            role("viewer").await.expect("lowering is closing");
        }
        world.app.reveal_invite(&world.owner, world.item, id).await.expect("copying is not making");
        let revoked = world.app.revoke_invite(&world.owner, world.item, id, Closing::Finish).await;
        assert_eq!(revoked.expect("revoked").invite.state, InviteState::Revoked);
    }
}

#[tokio::test]
async fn the_module_the_door_table_and_the_kind_have_their_say() {
    for world in both(ItemKind::Video).await {
        assert_eq!(
            code(with(&world, |typed| typed.terms.role = "moderator".into()).await),
            "role_not_for_kind"
        );
        assert_eq!(code(with(&world, |typed| typed.terms.role = "king".into()).await), "role_unknown");
        world.set_policy(|policy| policy.doors.media.invites_allowed = false);
        assert_eq!(world.list("").await.making_refused, Some("container_refused"));
        let refused = world.invite("anna@example.org").await;
        assert!(matches!(refused, Err(Error::Conflict(Conflict::InvitesOff))), "{refused:?}");
        world.set_policy(|policy| {
            *policy = SitePolicy { enabled: false, ..SitePolicy::default() };
        });
        assert_eq!(world.list("").await.making_refused, Some("module_off"));
        assert_eq!(reason(world.invite("anna@example.org").await), "module_off");
    }
}

#[tokio::test]
async fn wrong_fields_are_told_together() {
    for world in both(ItemKind::Video).await {
        let wrong = with(&world, |typed| {
            typed.email = "no address".into();
            typed.first_name = " ".into();
            typed.last_name = "x".repeat(81);
            typed.terms.role = "king".into();
            typed.terms.minutes = Some(0);
        });
        let Err(Error::Invalid(fields)) = wrong.await else { panic!("fields are wrong") };
        let codes: Vec<_> = fields.iter().map(|wrong| (wrong.field, wrong.code)).collect();
        let expected = [
            ("email", "email_invalid"),
            ("first_name", "name_required"),
            ("last_name", "name_too_long"),
            ("role", "role_unknown"),
            ("minutes", "minutes_range"),
        ];
        assert_eq!(codes, expected);
    }
}

#[tokio::test]
async fn type_ahead_says_who_is_found() {
    for world in both(ItemKind::Video).await {
        let dana = world.member("dana@members.example", "viewer").await;
        world.member("dan@members.example", "viewer").await;
        let root = world.member("root@members.example", "site_administrator").await;
        let found = async |by: &Caller| {
            let found = world.app.find_members(by, "dan").await.expect("an answer");
            found.into_iter().map(|found| found.email).collect::<Vec<_>>()
        };
        let both = ["dan@members.example", "dana@members.example"];
        assert_eq!(found(&world.owner).await, both, "a site without groups");
        // Dana and the owner are in one group, Dan is in none.
        let group = world.group_of(&dana).await;
        assert_eq!(found(&world.owner).await, Vec::<String>::new(), "groups, and none in common");
        let owner = world.owner.member_facts().expect("a member").id;
        let join = "INSERT INTO group_member (group_id, member_id, source) VALUES ($1, $2, 'site')";
        world.run(join, vec![group.to_value(), owner.to_value()]).await;
        assert_eq!(found(&world.owner).await, ["dana@members.example"]);
        assert_eq!(found(&root).await, both, "site administrators find everybody");
        // Names that a sheet lacks are filled in for nobody else.
        let text = "dan@members.example\ndana@members.example\n";
        let terms = TypedTerms { role: "viewer".into(), ..TypedTerms::default() };
        let typed = TypedBulk { text: text.into(), terms, ..TypedBulk::default() };
        let filled = async |typed: TypedBulk| {
            let tried = world.app.try_bulk(&world.owner, world.item, typed).await.expect("a dry run");
            let waiting: Vec<_> = tried.waiting.into_iter().map(|row| row.email).collect();
            (tried.preview.into_iter().map(|row| row.email).collect::<Vec<_>>(), waiting)
        };
        let (named, waiting) = filled(typed.clone()).await;
        assert_eq!((named, waiting), (vec![both[1].to_owned()], vec![both[0].to_owned()]));
        world.set_policy(|policy| policy.type_ahead = Findable::Nobody);
        assert_eq!((found(&world.owner).await.len(), found(&root).await.len()), (0, 2));
        assert_eq!(filled(typed.clone()).await.1, both, "nor then");
        world.set_policy(|policy| policy.type_ahead = Findable::Everybody);
        assert_eq!(found(&world.owner).await, both);
        assert_eq!(filled(typed).await.0, both);
    }
}
