//! The generated route matrix (access.md 7): every route of the table, asked by everybody. Who holds the right key
//! gets through; all others are refused, and no answer carries a mark of what is not theirs (quality.md W4).

use server::{Guard, table};

use crate::answer::Answer;
use crate::cases::{self, Case};
use crate::cast::{Cast, Key};
use crate::holder::Holder;
use crate::props::MARK;
use crate::rows::Rows;
use crate::site::Site;
use crate::stage::Stage;

const OPEN_ROUTES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/open-routes.txt");

/// Everything that a request of the matrix needs.
pub(crate) struct World {
    pub(crate) site: Site,
    pub(crate) cast: Cast,
    pub(crate) stage: Stage,
    pub(crate) foreign: Stage,
}

impl World {
    pub(crate) async fn new(site: Site) -> Self {
        let cast = Cast::new(&site).await;
        let stage = Stage::first(&site, &cast).await;
        let foreign = Stage::foreign(&site, &cast).await;
        // The clock was behind PostgreSQL's until the first stage stood; the site noticed, and must notice the end.
        let ready = async || site.get(&Key::nobody(), "/readyz").await.status == 204;
        site.until("the site is ready", ready).await;
        Self { site, cast, stage, foreign }
    }

    async fn ask(&self, case: &Case, stage: &Stage, holder: Holder) -> Answer {
        let key = holder.key(&self.cast, stage, &self.foreign);
        self.site.send(case.request(&self.site, &self.cast, stage, holder, &key)).await
    }
}

/// The case of every route.
pub(crate) fn all_cases() -> Vec<Case> {
    let routes = table();
    routes
        .iter()
        .map(|route| {
            let case = cases::of(route.method, route.path);
            case.unwrap_or_else(|| panic!("{} {} has no case in cases.rs", route.method, route.path))
        })
        .collect()
}

/// The marks in an answer that this holder may not read.
fn leaks(answer: &Answer, allowed: &[&str]) -> Vec<String> {
    let whole = answer.whole().to_lowercase();
    let found = whole.match_indices(MARK).map(|(at, _)| {
        let mark = &whole[at..];
        mark[..mark[MARK.len() + 1..]
            .find(|c: char| !c.is_ascii_alphabetic())
            .map_or(mark.len(), |end| MARK.len() + 1 + end)]
            .to_owned()
    });
    found.filter(|mark| !allowed.contains(&mark.as_str())).collect()
}

fn shown(answer: &Answer) -> String {
    let text: String = answer.text().chars().take(300).collect();
    format!("{} {} {text}", answer.status, answer.header("location"))
}

async fn refusals(world: &World) -> Vec<String> {
    let mut wrong = Vec::new();
    // What was heard of so far is written down, so that no later flush looks like a change.
    world.site.app.close().await;
    let before = Rows::of(&world.site.store).await;
    for case in all_cases().iter().filter(|case| !case.is_open() && !case.is_socket) {
        for holder in Holder::ALL.into_iter().filter(|holder| !case.good.contains(holder)) {
            let answer = world.ask(case, &world.stage, holder).await;
            let refused = answer.is_refusal() || case.silent && case.ok.contains(&answer.status.as_u16());
            let what = format!("{} {} by {holder:?}", case.method, case.path);
            if !refused || !answer.cookies().is_empty() {
                wrong.push(format!("{what} is not refused: {}", shown(&answer)));
            }
            let leaks = leaks(&answer, holder.own_name());
            if !leaks.is_empty() {
                wrong.push(format!("{what} leaks {leaks:?}: {}", shown(&answer)));
            }
        }
    }
    wrong.extend(before.changes(&Rows::of(&world.site.store).await, "refused requests"));
    wrong
}

/// Changes nothing, so that one stage serves all; but a one-time link is that of the newest stage.
fn is_read(case: &Case) -> bool {
    matches!(case.method, "GET" | "HEAD" | "OPTIONS") && !case.path.starts_with("/account/")
}

async fn passes(world: &World) -> Vec<String> {
    let mut wrong = Vec::new();
    for case in all_cases().iter().filter(|case| !case.is_socket) {
        // A stage of its own costs PostgreSQL many commits; SQLite has asked for everybody by then.
        let many = if world.site.engine == "postgres" && !is_read(case) {
            case.good.len().min(1)
        } else {
            case.good.len()
        };
        for holder in &case.good[..many] {
            // A late guest exists on the first stage alone, where their ticket has had the time to run out. What takes
            // their seat away, or lets another person in on it, finds them on a stage of its own.
            let stays = match holder {
                Holder::OtherGuest => !case.path.starts_with("/move/"),
                Holder::LateGuest => case.path == "/api/viewings",
                _ => false,
            };
            let fresh = if stays || is_read(case) {
                None
            } else {
                Some(Stage::fresh(&world.site, &world.cast).await)
            };
            let answer = world.ask(case, fresh.as_ref().unwrap_or(&world.stage), *holder).await;
            let what = format!("{} {} by {holder:?}", case.method, case.path);
            if !case.ok.contains(&answer.status.as_u16()) {
                wrong.push(format!("{what} does not get through: {}", shown(&answer)));
            }
            let leaks = leaks(&answer, holder.may_read(case.about()));
            if !leaks.is_empty() {
                wrong.push(format!("{what} leaks {leaks:?}: {}", shown(&answer)));
            }
        }
    }
    wrong
}

fn assert_none(wrong: &[String], engine: &str) {
    assert!(
        wrong.is_empty(),
        "{} cells of the matrix are wrong on {engine}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

async fn whole_matrix(site: Site) {
    let world = World::new(site).await;
    let mut wrong = refusals(&world).await;
    wrong.extend(passes(&world).await);
    assert_none(&wrong, world.site.engine);
}

#[tokio::test]
async fn w4_every_route_by_everybody_on_sqlite() {
    whole_matrix(Site::sqlite().await).await;
}

#[tokio::test]
async fn w4_every_route_by_everybody_on_postgres() {
    whole_matrix(Site::postgres().await).await;
}

/// The wrong ticket must not only be refused: the right one must go on.
#[tokio::test]
async fn leaving_by_somebody_else_ends_nothing() {
    let world = World::new(Site::sqlite().await).await;
    let leave = cases::of("POST", "/m/{viewing}/leave").expect("a case");
    let renew = cases::of("POST", "/m/{viewing}/renew").expect("a case");
    let inside = async || {
        let url = format!("/api/items/{}/guest-access", world.stage.item);
        world.site.get(&world.cast.owner.key, &url).await.json()["inside"].clone()
    };
    assert_eq!(inside().await, 1);
    for holder in Holder::ALL.into_iter().filter(|holder| *holder != Holder::Guest) {
        world.ask(&leave, &world.stage, holder).await;
        assert_eq!(inside().await, 1, "{holder:?} ended somebody else's viewing");
    }
    assert_eq!(world.ask(&renew, &world.stage, Holder::Guest).await.status, 204);
    world.ask(&leave, &world.stage, Holder::Guest).await;
    assert_eq!(inside().await, 0);
}

#[test]
fn open_routes_may_only_shrink() {
    let routes = table();
    let open = routes.iter().filter_map(|route| match route.guard {
        Guard::Open(why) => Some(format!("{:<7} {:<24} {why}\n", route.method, route.path)),
        _ => None,
    });
    let head =
        "Routes that are reachable without a decision, and why that is right. This list may only shrink.\n\n";
    let made: String = std::iter::once(head.to_owned()).chain(open).collect();
    #[expect(
        clippy::disallowed_methods,
        reason = "the tester says by the environment that the change is meant"
    )]
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(OPEN_ROUTES, &made).expect("the golden file can be written");
    }
    let kept = std::fs::read_to_string(OPEN_ROUTES).unwrap_or_default();
    let new: Vec<_> = made.lines().filter(|line| !kept.lines().any(|known| known == *line)).collect();
    assert!(
        kept == made,
        "the open routes are not those of {OPEN_ROUTES}; new or changed: {new:#?}\n\
         A new open route needs a better reason than a missing guard. If it is meant, run\n\
         UPDATE_GOLDEN=1 cargo test -p anteroom-server open_routes and let the change be reviewed."
    );
}

/// A case says who gets through; the table says what guards. They must not contradict each other.
#[test]
fn cases_agree_with_the_guards_of_the_table() {
    for route in table() {
        let case = cases::of(route.method, route.path).expect("a case");
        let open = matches!(route.guard, Guard::Open(_));
        assert_eq!(case.is_open(), open, "{} {}", route.method, route.path);
    }
}
