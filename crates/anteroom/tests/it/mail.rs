//! The real binary and a real SMTP server: retries, refusals, stops and kills. Mail is queued beside the server, as
//! another process of the site would.

use std::time::Duration;

use app::domain::{Email, MemberFacts, SiteRole};
use app::mail::{Ceilings, Language, NewLetter, Settings, Template, TemplateName, Tls, Values};
use app::store::Conn;
use app::store::account::{self, Member, NewMember};
use app::{App, Caller, Config, Conflict, Error, Outside};
use testkit::{Kind, Rows, Server, Site, SmtpPeer, now_ms, pause, random, wait_for};
use tokio::runtime::Runtime;

use crate::{PROGRAM, on_both};

/// Longer than two looks at the queue and at dead leases, on a busy machine.
const SOON: Duration = Duration::from_secs(90);
const SECRET: &str = "SECRETTOKEN8f3kq2n7v5x0m4c6";

on_both!(
    a_refusal_for_now_is_tried_again,
    a_refusal_for_good_is_final,
    what_could_not_be_marked_is_sent_as_soon_as_it_can,
    killed_between_answer_and_commit_is_unknown_and_not_sent_again,
    a_stop_waits_for_what_is_under_way_and_gives_the_rest_back,
    ceilings_hold_for_letters,
    templates_are_checked_kept_and_tried_out,
);

/// A site that sends to a peer, and a hand in its queue.
struct Post {
    site: Site,
    peer: SmtpPeer,
    rows: Rows,
    runtime: Runtime,
    app: App,
}

impl Post {
    fn open(kind: Kind) -> Self {
        Self::with(kind, Ceilings::default())
    }

    fn with(kind: Kind, mail_ceilings: Ceilings) -> Self {
        let (site, peer) = (Site::fresh(PROGRAM, kind), SmtpPeer::start());
        let mut settings = Settings::new("127.0.0.1", Tls::None, "anteroom@example.org").expect("settings");
        settings.port = peer.port();
        let config = Config {
            engine: site.engine().clone(),
            mail: Some(settings),
            mail_ceilings,
            ..Config::for_folder(site.data().to_owned())
        };
        let outside = Outside::new(
            || app::domain::Instant::from_ms(now_ms()),
            |bytes| bytes.iter_mut().for_each(|byte| *byte = random::<1>()[0]),
        );
        let runtime = Runtime::new().expect("a runtime");
        let app = runtime.block_on(App::open_beside(config, outside)).expect("the site opens");
        let rows = site.rows();
        Self { site, peer, rows, runtime, app }
    }

    fn start(&self) -> Server {
        let start = self.site.prepare().with("mail_host", "127.0.0.1").with("mail_tls", "none");
        let start = start.with("mail_port", &self.peer.port().to_string());
        let start = start.with("mail_from", "anteroom@example.org").flag("--listen", "127.0.0.1:0");
        start.run().expect("the server starts")
    }

    fn queue(&self, about: u8) -> Result<(), Error> {
        let app = self.app.clone();
        let queued = self.site_write(async move |conn: &mut Conn| {
            let to = Email::new("zoe@example.org").map_err(|_| Error::NotFound)?;
            let letter = NewLetter {
                template: TemplateName::Invite,
                language: Language::English,
                to: &to,
                to_name: "Zo\u{eb}",
                about: Some([about; 16]),
                owner: None,
                values: Values { link: format!("https://example.org/i/{SECRET}"), ..Values::default() },
                schedule: None,
            };
            app.queue_mail(conn, letter).await.map(drop)
        });
        self.app.wake_mail();
        queued
    }

    fn site_write<T, F>(&self, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: AsyncFnOnce(&mut Conn) -> Result<T, Error> + Send + 'static,
    {
        let now = std::sync::Arc::new(|| app::domain::Instant::from_ms(now_ms()));
        self.runtime.block_on(async {
            let store = app::store::Store::open(self.site.engine(), now).await?;
            store.write(work).await
        })
    }

    /// Somebody who is kept: whoever writes is looked at again where it is written.
    fn administrator(&self) -> Caller {
        let caller = member(SiteRole::SiteAdministrator);
        let Member { facts, email, name } = caller.member.clone().expect("a member");
        self.rows.write(async move |conn: &mut Conn| {
            let now = conn.now().await?;
            let (id, role) = (facts.id, facts.role);
            let new = NewMember { id, email: &email, name: &name, role, password_hash: "none", now };
            account::insert(conn, &new).await
        });
        caller
    }

    fn count(&self, sql: &'static str) -> i64 {
        self.rows.number(sql, vec![])
    }

    fn wait(&self, what: &str, sql: &'static str) {
        wait_for(what, SOON, || (self.count(sql) > 0).then_some(()));
    }
}

fn a_refusal_for_now_is_tried_again(kind: Kind) {
    let post = Post::open(kind);
    post.peer.behave("later");
    let _server = post.start();
    post.queue(1).expect("queued");
    post.wait("a try", "SELECT COUNT(*) FROM mail WHERE attempts = 1 AND lease_until_ms IS NULL");
    let waits = "SELECT COUNT(*) FROM mail WHERE state = 'waiting' AND answer LIKE '451%'
        AND run_after_ms >= created_ms + 60000 AND run_after_ms <= created_ms + 150000";
    assert_eq!(post.count(waits), 1, "it waits a minute and shows the answer");
    if kind == Kind::Sqlite {
        for file in ["anteroom.sqlite3", "anteroom.sqlite3-wal"] {
            let bytes = std::fs::read(post.site.data().join(file)).unwrap_or_default();
            let found = bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes());
            assert!(!found, "{file} holds the link in the open");
        }
    }
    post.peer.behave("accept");
    post.rows.run("UPDATE mail SET run_after_ms = 0", vec![]);
    let sent =
        "SELECT COUNT(*) FROM mail WHERE state = 'sent' AND message_sealed IS NULL AND sent_ms IS NOT NULL";
    post.wait("the second try", sent);
    assert!(post.peer.message(1).to_string().contains(SECRET), "the link is in the message");
    assert_eq!(post.peer.count(), 1);
}

fn a_refusal_for_good_is_final(kind: Kind) {
    let post = Post::open(kind);
    post.peer.behave("refuse");
    let _server = post.start();
    post.queue(1).expect("queued");
    let failed =
        "SELECT COUNT(*) FROM mail WHERE state = 'failed' AND answer LIKE '550%' AND message_sealed IS NULL";
    post.wait("the end", failed);
    assert_eq!(post.peer.count(), 0);
}

fn what_could_not_be_marked_is_sent_as_soon_as_it_can(kind: Kind) {
    let post = Post::open(kind);
    post.peer.behave("slow");
    let server = post.start();
    post.queue(1).expect("queued");
    post.wait("its claim", "SELECT COUNT(*) FROM mail WHERE lease_until_ms IS NOT NULL");
    let standing = post.rows.stand_with("UPDATE mail SET answer = answer");
    wait_for("the failed mark", SOON, || server.log().contains("could not be marked").then_some(()));
    post.peer.behave("accept");
    drop(standing);
    // A third of the lease that it had.
    let soon = Duration::from_secs(60);
    let sent = || (post.count("SELECT COUNT(*) FROM mail WHERE state = 'sent'") == 1).then_some(());
    wait_for("the mail", soon, sent);
    assert_eq!(post.peer.count(), 1);
}

fn killed_between_answer_and_commit_is_unknown_and_not_sent_again(kind: Kind) {
    let post = Post::open(kind);
    post.peer.behave("wait");
    let server = post.start();
    post.queue(1).expect("queued");
    post.peer.message(1);
    assert_eq!(
        post.count("SELECT COUNT(*) FROM mail WHERE state = 'sending'"),
        1,
        "marked before the message"
    );
    let standing = match kind {
        Kind::Sqlite => post.rows.stand_in_the_way(),
        Kind::Postgres => post.rows.stand_with("UPDATE mail SET answer = answer"),
    };
    post.peer.go();
    wait_for("the answer", SOON, || server.log().contains("mail sent").then_some(()));
    server.kill();
    drop(standing);

    post.peer.behave("accept");
    let _server = post.start();
    if kind == Kind::Postgres {
        // Another process might still have it: its lease must run out.
        post.rows.run("UPDATE mail SET lease_until_ms = 0 WHERE state = 'sending'", vec![]);
    }
    let unknown =
        "SELECT COUNT(*) FROM mail WHERE state = 'unknown' AND message_sealed IS NULL AND answer <> ''";
    post.wait("its fate", unknown);
    post.queue(2).expect("queued");
    post.wait("another mail", "SELECT COUNT(*) FROM mail WHERE state = 'sent'");
    assert_eq!(post.peer.count(), 2, "the first was not sent again");
    assert_eq!(post.count(unknown), 1);
}

fn a_stop_waits_for_what_is_under_way_and_gives_the_rest_back(kind: Kind) {
    let post = Post::open(kind);
    post.peer.behave("wait");
    let server = post.start();
    post.queue(1).expect("queued");
    post.peer.message(1);
    post.peer.behave("mute");
    post.queue(2).expect("queued");
    post.wait(
        "the claim",
        "SELECT COUNT(*) FROM mail WHERE state = 'waiting' AND lease_until_ms IS NOT NULL",
    );
    let ended = std::thread::scope(|scope| {
        scope.spawn(|| {
            pause(Duration::from_millis(300));
            post.peer.go();
        });
        server.terminate()
    });
    assert!(ended.0.success(), "{}", ended.0);
    assert_eq!(post.count("SELECT COUNT(*) FROM mail WHERE state = 'sent'"), 1, "its answer was waited for");
    let free =
        "SELECT COUNT(*) FROM mail WHERE state = 'waiting' AND lease_until_ms IS NULL AND attempts = 0";
    assert_eq!(post.count(free), 1, "the other is free for the next");
}

fn ceilings_hold_for_letters(kind: Kind) {
    let post = Post::with(kind, Ceilings { recipient_day: 2, ..Ceilings::default() });
    post.queue(1).expect("queued");
    post.queue(2).expect("queued");
    let third = post.queue(3);
    assert!(matches!(third, Err(Error::Conflict(Conflict::TooMuchMail(_)))), "{third:?}");
    assert_eq!(post.count("SELECT COUNT(*) FROM mail"), 2);
}

fn member(role: SiteRole) -> Caller {
    let facts = MemberFacts { id: app::domain::MemberId::from_bytes([5; 16]), role, enabled: true };
    let member = Member { facts, email: "ada@example.org".into(), name: "Ada Admin".into() };
    Caller { member: Some(member), ..Caller::default() }
}

fn templates_are_checked_kept_and_tried_out(kind: Kind) {
    let post = Post::open(kind);
    let _server = post.start();
    let (name, language) = (TemplateName::Invite, Language::Hebrew);
    let admin = post.administrator();
    post.runtime.block_on(async {
        let app = &post.app;
        let other = member(SiteRole::UnmoderatedAdmin);
        assert!(matches!(app.list_mail_templates(&other).await, Err(Error::Refused(_))));
        let all = app.list_mail_templates(&admin).await.expect("listed");
        assert_eq!(all.len(), TemplateName::ALL.len() * Language::ALL.len());
        assert!(all.iter().all(|shown| shown.changed_at.is_none()));
        let own = |text: &str| Template {
            subject: "{{first_name}}, \u{5e9}\u{5dc}\u{5d5}\u{5dd}".into(),
            text: format!("{text} {{{{link}}}}"),
            html: "<p dir=\"rtl\">{{first_name}} {{link}} {{qr}}</p>".into(),
        };
        let wrong = app.save_mail_template(&admin, name, language, own("{{frist_name}}")).await;
        let Err(Error::Conflict(Conflict::BadTemplate(why))) = wrong else { panic!("{wrong:?}") };
        assert_eq!(why.to_string(), "text, line 1: there is no token {{frist_name}} in this mail");
        let saved = app.save_mail_template(&admin, name, language, own("Our own")).await.expect("saved");
        assert!(saved.changed_at.is_some() && saved.template.text.starts_with("Our own"));
        let shown = app.preview_mail_template(&admin, name, language, &saved.template).expect("a preview");
        assert!(
            shown.html.contains("src=\"data:image/png;base64,") && !shown.subject.contains("{{"),
            "{shown:?}"
        );
        app.send_test_mail(&admin, name, language, None).await.expect("queued");
    });
    let message = post.peer.message(1);
    assert_eq!(message["to"], serde_json::json!(["ada@example.org"]));
    assert!(message.to_string().contains("Our own"));
    post.wait("the answer", "SELECT COUNT(*) FROM mail WHERE state = 'sent' AND purpose = 'test'");
    let reset = post.runtime.block_on(post.app.reset_mail_template(&admin, name, language)).expect("reset");
    assert!(reset.changed_at.is_none() && !reset.template.text.contains("Our own"));
    let logged = "SELECT COUNT(*) FROM site_log WHERE actor = 'ada@example.org' AND detail = 'invite he'
        AND what IN ('mail_template_saved', 'mail_template_reset', 'mail_test_sent')";
    assert_eq!(post.count(logged), 3);
}

#[test]
fn bad_mail_settings_are_named() {
    let site = Site::fresh(PROGRAM, Kind::Sqlite);
    let start = || site.prepare().flag("--listen", "127.0.0.1:0");
    for (start, said) in [
        (start().with("mail_host", "mail.example.org"), "mail.from: is needed"),
        (start().with("mail_from", "a@example.org"), "without mail.host"),
        (start().with("mail_host", "a:25").with("mail_from", "a@example.org"), "mail.host: must be the name"),
        (start().with("mail_host", "a").with("mail_from", "nobody"), "mail.from: must be an e-mail address"),
        (
            start().with("mail_host", "a").with("mail_from", "a@example.org").with("mail_tls", "yes"),
            "mail.tls: must",
        ),
        (
            start().with("mail_host", "a").with("mail_from", "a@example.org").with("mail_user", "a"),
            "set both",
        ),
        (start().with("mail_site_hour", "0"), "mail.site_hour: 0 is not allowed"),
    ] {
        let complaint = start.run().map(drop).expect_err("it does not start").complaint;
        assert!(complaint.contains(said), "{said:?} is missing in: {complaint}");
    }
}
