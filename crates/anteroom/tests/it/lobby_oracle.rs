//! The lobby is no oracle (access.md 4.4): for a given state of the link, status, size and time of the answer do not
//! depend on the address. Times are compared in the long run alone, where there are enough of them.

use std::time::Duration;

use serde_json::json;
use testkit::rounds::Rounds;
use testkit::store::ToValue;
use testkit::{
    Browser, Entry, EntryForm, Kind, LinkToken, Rows, Server, Site, SmtpPeer, moment, now_ms, shout,
};

use crate::{PROGRAM, on_both};

/// Addresses of one length, because the form shows again what was typed.
const RIGHT: &str = "anna@example.org";
const WRONG: &str = "nina@example.org";
const OTHER_DOMAIN: &str = "anna@example.net";
const BLOCKED: &str = "anna@blocked.org";
/// Below this, two lists of times are hardly of one kind.
const LEAST_P: f64 = 0.01;

on_both!(no_state_tells_the_address);

/// A state of the link, and the addresses that must look alike in it.
struct State {
    name: &'static str,
    token: String,
    addresses: Vec<&'static str>,
    /// Whether forms are written down here, as a try or a code, which would lead to another state.
    writes: bool,
}

fn form(email: &str) -> EntryForm {
    EntryForm { email: email.into(), ..EntryForm::of("x") }
}

/// The open lobby cannot hide that the right address goes in; every other state must.
fn states(site: &Site, server: &Server) -> Vec<State> {
    let mut owner = site.shared_item(server, "A lecture for one");
    let mut invite = |email: &str, more| owner.make_invite(email, &more);
    let all = || vec![RIGHT, WRONG, OTHER_DOMAIN, BLOCKED];
    let state =
        |name, token: &str, addresses, writes| State { name, token: token.to_owned(), addresses, writes };
    let open = invite(RIGHT, json!({}));
    let before = invite(RIGHT, json!({}));
    let code = invite(RIGHT, json!({ "proves_by_code": true }));
    let (revoked, locked) = (invite(RIGHT, json!({})), invite(RIGHT, json!({})));
    assert_eq!(owner.revoke(&revoked, "finish").status, 200);
    let mut away = Browser::at(server);
    for (invite, tries) in [(&before, 4), (&locked, 5)] {
        for _ in 0..tries {
            assert!(matches!(away.enter_invite(&invite.token, &form(WRONG)), Ok(Entry::Wrong)));
        }
    }
    assert!(matches!(away.enter_invite(&locked.token, &form(WRONG)), Ok(Entry::Denied)));
    // A seat of its own, so that the others stay free.
    let mut other = site.shared_item(server, "Another lecture");
    let used = other.make_invite(RIGHT, &json!({}));
    assert!(matches!(Browser::at(server).enter_invite(&used.token, &form(RIGHT)), Ok(Entry::In { .. })));
    let unknown = LinkToken::from_random([9; 20]).to_text();
    vec![
        state("open", &open.token, vec![WRONG, OTHER_DOMAIN, BLOCKED], true),
        state("before the lock", &before.token, vec![WRONG, OTHER_DOMAIN, BLOCKED], true),
        state("locked", &locked.token, all(), false),
        state("asks for a code", &code.token, all(), true),
        state("revoked", &revoked.token, all(), false),
        state("used, on another device", &used.token, all(), false),
        state("unknown", &unknown, all(), false),
    ]
}

/// The tries that make a state are kept in the future, where they count until the long run is over.
const KEPT_MS: i64 = 3_600_000;

fn keep_tries(rows: &Rows) {
    rows.run("UPDATE lobby_failure SET at_ms = at_ms + $1", vec![KEPT_MS.to_value()]);
}

/// Keeps the state as it was: tries that would lock, codes that would be too many.
fn tidy(rows: &Rows, begun_ms: i64) {
    let kept_from = begun_ms + KEPT_MS;
    rows.run("DELETE FROM lobby_failure WHERE at_ms < $1", vec![kept_from.to_value()]);
    rows.run("DELETE FROM mail_code", vec![]);
}

fn no_state_tells_the_address(kind: Kind) {
    let (site, peer) = (Site::fresh(PROGRAM, kind), SmtpPeer::start());
    site.rows()
        .run("INSERT INTO site_setting (key, value) VALUES ('blocked_domains', 'blocked.org')", vec![]);
    site.rows().run("INSERT INTO site_setting (key, value) VALUES ('invite_template', 'invite')", vec![]);
    let start = site.prepare().with("mail_host", "127.0.0.1").with("mail_tls", "none");
    let start = start.with("mail_port", &peer.port().to_string());
    let start = start.with("mail_from", "anteroom@example.org").flag("--listen", "127.0.0.1:0");
    let server = start.run().expect("the server starts");
    let (rows, samples) = (site.rows(), Rounds::now().lobby_samples);
    let begun_ms = now_ms();
    let states = states(&site, &server);
    keep_tries(&rows);
    let look = |state: &State| {
        let mut seen = vec![Vec::new(); state.addresses.len()];
        let mut browser = Browser::at(&server);
        for round in 0..samples {
            for turn in 0..state.addresses.len() {
                if state.writes {
                    tidy(&rows, begun_ms);
                }
                // Each kind comes first as often as any other.
                let number = (turn + round) % state.addresses.len();
                seen[number].push(ask(&mut browser, &state.token, state.addresses[number]));
            }
        }
        seen
    };
    let (mut wrong, with_times) = (Vec::new(), samples >= Rounds::LONG.lobby_samples);
    for state in &states {
        let seen = look(state);
        wrong.extend(shapes_apart(state, &seen));
        // One state in a hundred fails by chance, and one run in seven with it. What tells addresses apart does so
        // with other answers too.
        if with_times && times_apart(kind, state, &seen).is_some() {
            let again = look(state);
            wrong.extend(shapes_apart(state, &again));
            wrong.extend(times_apart(kind, state, &again));
        }
    }
    assert!(wrong.is_empty(), "{kind:?}: the lobby tells:\n{}", wrong.join("\n"));
}

/// Status, bytes and time of one answer.
type Answered = (u16, usize, Duration);

fn ask(browser: &mut Browser, token: &str, email: &str) -> Answered {
    let form_key = form(email).form_key;
    let fields = [("email", email), ("form_key", &*form_key)];
    let begun = moment();
    let answer = browser.send_form(&format!("/i/{token}/enter"), &fields).expect("an answer");
    (answer.status, answer.body.len(), begun.elapsed())
}

/// Whether any two answers differ in status or length.
fn shapes_apart(state: &State, seen: &[Vec<Answered>]) -> Option<String> {
    let shapes: Vec<_> = seen.iter().flatten().map(|(status, bytes, _)| (*status, *bytes)).collect();
    let differ = shapes.iter().any(|shape| *shape != shapes[0]);
    differ.then(|| format!("{}: answers differ: {shapes:?}", state.name))
}

/// Whether the times of any address lie apart from those of the first; a state with several such pairs has as many
/// chances to look so, which is made up for (Bonferroni).
fn times_apart(kind: Kind, state: &State, seen: &[Vec<Answered>]) -> Option<String> {
    let times: Vec<Vec<f64>> =
        seen.iter().map(|list| list.iter().map(|(.., took)| took.as_secs_f64()).collect()).collect();
    let pairs: Vec<f64> = times[1..].iter().map(|other| same_kind(&times[0], other)).collect();
    let p = pairs.iter().copied().fold(1.0, f64::min) * pairs.len() as f64;
    let (p, each) = (p.min(1.0), pairs.iter().map(|p| format!("{p:.3}")).collect::<Vec<_>>().join(", "));
    shout(&format!("{kind:?}, {}, {} answers each: p = {p:.3} (pairs: {each})", state.name, times[0].len()));
    (p <= LEAST_P).then(|| format!("{}: times tell addresses apart, p = {p:.5}", state.name))
}

/// Two-sample Kolmogorov-Smirnov: how likely lists of one kind are to lie this far apart.
fn same_kind(a: &[f64], b: &[f64]) -> f64 {
    let sorted = |list: &[f64]| {
        let mut list = list.to_vec();
        list.sort_by(f64::total_cmp);
        list
    };
    let (a, b) = (sorted(a), sorted(b));
    let (mut i, mut j, mut farthest) = (0, 0, 0.0_f64);
    while i < a.len() && j < b.len() {
        let at = a[i].min(b[j]);
        i += a[i..].iter().take_while(|x| **x <= at).count();
        j += b[j..].iter().take_while(|x| **x <= at).count();
        farthest = farthest.max((i as f64 / a.len() as f64 - j as f64 / b.len() as f64).abs());
    }
    let size = (a.len() * b.len()) as f64 / (a.len() + b.len()) as f64;
    let lambda = (size.sqrt() + 0.12 + 0.11 / size.sqrt()) * farthest;
    let term = |k: i32| (-2.0 * f64::from(k * k) * lambda * lambda).exp();
    let sum: f64 = (1..=100).map(|k| if k % 2 == 1 { term(k) } else { -term(k) }).sum();
    if lambda < 0.3 { 1.0 } else { (2.0 * sum).clamp(0.0, 1.0) }
}

#[test]
fn the_measure_tells_lists_apart_that_are() {
    let even: Vec<f64> = (0..2_000).map(|n| f64::from(n % 997) / 997.0).collect();
    let odd: Vec<f64> = (0..2_000).map(|n| f64::from(n % 991) / 991.0).collect();
    let later: Vec<f64> = even.iter().map(|time| time + 0.1).collect();
    assert!(same_kind(&even, &odd) > 0.9);
    assert!(same_kind(&even, &later) < 0.001);
}
