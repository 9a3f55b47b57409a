//! Members from a sheet, on both engines.

use domain::MemberState;

use super::*;
use crate::Secret;
use crate::accounts::Visitor;
use crate::test_site::{HERE, SignedIn, TestSite, code};

const EN: Language = Language::English;

fn typed(text: &str) -> TypedImport {
    TypedImport { text: text.to_owned(), role: "viewer".into(), ..TypedImport::default() }
}

fn school(count: usize) -> String {
    (0..count).map(|n| format!("pupil{n}@school.example;Pupil;Number {n};;Pupils\r\n")).collect()
}

async fn with_admin(mail: bool) -> Vec<(TestSite, SignedIn)> {
    let mut all = Vec::new();
    for site in TestSite::both(mail).await {
        let admin = site.member("ada@site.example", SiteRole::SiteAdministrator).await;
        site.app.make_group(&admin.caller, "Pupils").await.expect("a group");
        all.push((site, admin));
    }
    all
}

async fn matching(site: &TestSite, admin: &SignedIn, matching: Matching) -> Vec<String> {
    let query = MemberQuery { matching, limit: 100, ..MemberQuery::default() };
    let page = site.app.list_members(&admin.caller, query).await.expect("a page");
    assert_eq!(page.total, page.members.len() as i64);
    page.members.into_iter().map(|shown| shown.listed.member.email).collect()
}

#[tokio::test]
async fn all_become_members_or_nobody() {
    for (site, admin) in with_admin(false).await {
        let app = &site.app;
        let text = "email,first,last,role,groups\nnoa@school.example,Noa,Bar,private_only,pupils\n\
            ADA@site.example,Ada,Admin\nben@school.example,=Ben,Katz\nnoa@school.example,Noa,Bar\n";
        let tried = app.try_import(&admin.caller, typed(text)).await.expect("a dry run");
        let bad: Vec<_> = tried.bad.iter().map(|bad| (bad.row, bad.field, bad.code)).collect();
        assert_eq!(bad, [(4, "first_name", "name_formula"), (5, "email", "duplicate")]);
        assert_eq!((tried.rows, tried.good, &*tried.known, tried.mails), (4, 1, &[3][..], false));
        let Err(Error::BadRows(rows)) = app.make_import(&admin.caller, typed(text), EN).await else {
            panic!("rows are bad")
        };
        assert_eq!(rows, tried.bad);
        assert_eq!(site.number("SELECT COUNT(*) FROM member", Vec::new()).await, 1, "nobody was made");
        let good = "noa@school.example,Noa,Bar,private_only,pupils\nada@site.example,Ada,Admin\n\
            ben@school.example,Ben\n";
        let done = app.make_import(&admin.caller, typed(good), EN).await.expect("made");
        let made: Vec<_> = done.made.iter().map(|one| (one.row, &*one.email, &*one.name)).collect();
        assert_eq!(made, [(1, "noa@school.example", "Noa Bar"), (3, "ben@school.example", "Ben")]);
        assert_eq!((done.good, &*done.known), (2, &[2][..]));
        let noa = app.get_member(&admin.caller, done.made[0].id).await.expect("a member");
        assert_eq!(noa.listed.member.facts.role, SiteRole::PrivateOnly);
        assert_eq!(noa.groups.iter().map(|group| &*group.name).collect::<Vec<_>>(), ["Pupils"]);
        assert_eq!(noa.listed.state(), MemberState::Invited);
        // The link is the one that the form for one person gives.
        let url = done.made[0].url.clone().expect("to be handed over");
        let secret = url.rsplit('/').next().and_then(Secret::from_text).expect("a secret");
        let read = app.read_account_link(secret).await.expect("a good link");
        assert_eq!(read, ("Noa Bar".to_owned(), "noa@school.example".to_owned()));
        let password = "a horse of another colour".to_owned();
        app.use_account_link(secret, password, &Visitor::at(HERE)).await.expect("signed in");
        let noa = app.get_member(&admin.caller, done.made[0].id).await.expect("a member");
        assert_eq!(noa.listed.state(), MemberState::Active);
        assert!(noa.addresses.iter().all(|one| one.verified_at.is_none()), "handed over proves nothing");
        let again = app.make_import(&admin.caller, typed(good), EN).await.expect("nobody is new");
        assert_eq!((again.made.len(), again.known.len()), (0, 3));
        let logged =
            "SELECT COUNT(*) FROM site_log WHERE what = 'members_imported' AND detail = 'members: 2'";
        assert_eq!(site.number(logged, Vec::new()).await, 1);
    }
}

#[tokio::test]
async fn of_two_administrators_who_lower_each_other_one_stays() {
    for (site, admin) in with_admin(false).await {
        for round in 0..8 {
            let [bea, cy] = [0, 1].map(|n| format!("admin{round}x{n}@site.example"));
            let bea = site.member(&bea, SiteRole::SiteAdministrator).await;
            let cy = site.member(&cy, SiteRole::SiteAdministrator).await;
            let lower = async |by: &SignedIn, whom: &SignedIn| {
                let change = MemberChange { role: Some("viewer".into()), ..MemberChange::default() };
                site.app.change_member(&by.caller, whom.id, change).await
            };
            let (one, other) = tokio::join!(lower(&bea, &cy), lower(&cy, &bea));
            assert_ne!(one.is_ok(), other.is_ok(), "{round}: {one:?} {other:?}");
            let stays = if one.is_ok() { &bea } else { &cy };
            lower(&admin, stays).await.expect("ada is left");
        }
        let last = MemberChange { role: Some("viewer".into()), ..MemberChange::default() };
        let last = site.app.change_member(&admin.caller, admin.id, last).await;
        assert!(matches!(last, Err(Error::Conflict(Conflict::LastAdministrator))), "{last:?}");
    }
}

#[tokio::test]
async fn links_go_by_mail_or_are_handed_over() {
    for (site, admin) in with_admin(true).await {
        let text = "noa@school.example,Noa,Bar\nben@school.example,Ben,Katz\n";
        let done = site.app.make_import(&admin.caller, typed(text), EN).await.expect("made");
        assert!(done.mails && done.made.iter().all(|one| one.url.is_none()));
        let to: Vec<_> = site.letters().await.into_iter().map(|(to, _)| to).collect();
        assert_eq!(to, ["noa@school.example", "ben@school.example"]);
        let by_hand = TypedImport { send_mail: Some(false), ..typed("cy@school.example,Cy,Bar\n") };
        let done = site.app.make_import(&admin.caller, by_hand, EN).await.expect("made");
        assert!(!done.mails && done.made[0].url.is_some() && site.letters().await.len() == 2);
        // More than may be mailed in an hour: nobody is made, and the links can be had otherwise.
        let much = site.app.make_import(&admin.caller, typed(&school(2_001)), EN).await;
        assert!(matches!(much, Err(Error::Conflict(Conflict::TooMuchMail(_)))), "{much:?}");
        assert_eq!(site.number("SELECT COUNT(*) FROM member", Vec::new()).await, 4);
    }
    for (site, admin) in with_admin(false).await {
        let by_mail = TypedImport { send_mail: Some(true), ..typed("cy@school.example,Cy,Bar\n") };
        let refused = site.app.try_import(&admin.caller, by_mail).await;
        assert!(matches!(refused, Err(Error::Conflict(Conflict::MailOff))), "{refused:?}");
        let unknown = TypedImport { role: "king".into(), ..typed("cy@school.example,Cy,Bar\n") };
        assert_eq!(code(site.app.try_import(&admin.caller, unknown).await), "role_unknown");
        let viewer = site.member("vic@site.example", SiteRole::Viewer).await;
        let refused = site.app.make_import(&viewer.caller, typed("cy@school.example,Cy\n"), EN).await;
        assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
    }
}

#[tokio::test]
async fn the_same_list_twice_at_once_makes_everybody_once() {
    for (site, admin) in with_admin(true).await {
        let make = || site.app.make_import(&admin.caller, typed(&school(40)), EN);
        let done = tokio::join!(make(), make());
        for done in [done.0, done.1] {
            match done {
                Ok(done) => assert_eq!(done.good + done.known.len(), 40, "{done:?}"),
                Err(error) => {
                    assert!(matches!(error, Error::Conflict(Conflict::EmailTaken)), "{error:?}");
                }
            }
        }
        assert_eq!(site.number("SELECT COUNT(*) FROM member", Vec::new()).await, 41);
        assert_eq!(site.letters().await.len(), 40, "one letter each");
    }
}

#[tokio::test]
async fn ten_thousand_rows_are_read_and_made_at_once() {
    for (site, admin) in with_admin(false).await {
        let mut text = school(9_998);
        text.push_str("no address;Pupil;X\r\nlate@school.example;+1;X\r\n");
        let tried = site.app.try_import(&admin.caller, typed(&text)).await;
        let tried = tried.expect("a dry run");
        assert_eq!((tried.rows, tried.good, tried.bad.len(), tried.preview.len()), (10_000, 9_998, 2, 20));
        let over = site.app.try_import(&admin.caller, typed(&school(10_001))).await;
        assert_eq!(code(over), "too_many_rows");
        let done = site.app.make_import(&admin.caller, typed(&school(10_000)), EN).await;
        assert_eq!(done.expect("made").made.len(), 10_000);
        let members = "SELECT COUNT(*) FROM group_member g JOIN account_link l ON l.member_id = g.member_id";
        assert_eq!(site.number(members, Vec::new()).await, 10_000);
    }
}

#[tokio::test]
async fn members_are_found_by_role_state_and_group() {
    for (site, admin) in with_admin(false).await {
        let closed = site.member("closed@site.example", SiteRole::Admin).await;
        let close = MemberChange { disabled: Some(true), ..MemberChange::default() };
        site.app.change_member(&admin.caller, closed.id, close).await.expect("closed");
        let text = "noa@school.example,Noa,Bar,private_only,pupils\nben@school.example,Ben,100%\n";
        site.app.make_import(&admin.caller, typed(text), EN).await.expect("made");
        let group = site.app.list_groups(&admin.caller).await.expect("groups")[0].id;
        let find = async |wanted: Matching| matching(&site, &admin, wanted).await;
        let all = find(Matching::default()).await;
        let noa_first =
            ["noa@school.example", "ben@school.example", "closed@site.example", "ada@site.example"];
        assert_eq!(all, noa_first);
        let of = |state| Matching { state: Some(state), ..Matching::default() };
        assert_eq!(find(of(MemberState::Invited)).await, noa_first[..2]);
        assert_eq!(find(of(MemberState::Active)).await, noa_first[3..]);
        assert_eq!(find(of(MemberState::Disabled)).await, noa_first[2..3]);
        let role = Matching { role: Some(SiteRole::PrivateOnly), ..Matching::default() };
        assert_eq!(find(role).await, noa_first[..1]);
        assert_eq!(find(Matching { group: Some(group), ..Matching::default() }).await, noa_first[..1]);
        assert_eq!(find(Matching { text: "0%".into(), ..Matching::default() }).await, noa_first[1..2]);
        let both = Matching { text: "SCHOOL".into(), role: Some(SiteRole::Viewer), ..Matching::default() };
        assert_eq!(find(both).await, noa_first[1..2]);
    }
}
