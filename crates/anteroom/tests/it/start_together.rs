//! Processes that start at the same moment where there is nothing yet: all of them come up, with one key and one schema,
//! and the first administrator is made once.

use serde_json::json;
use testkit::domain::MemberId;
use testkit::rounds::Rounds;
use testkit::{Browser, Kind, Secret, Server, Site, random, together};

use crate::PROGRAM;
use crate::start::create_member;

const PROCESSES: usize = 3;

/// An empty folder and an empty database.
fn nothing(kind: Kind) -> Site {
    Site::left_behind(PROGRAM, kind, "", MemberId::from_bytes(random()), Secret::from_random(random()))
}

fn start(site: &Site) -> testkit::Start {
    site.prepare().flag("--listen", "127.0.0.1:0")
}

/// Nothing but the key is left of making it.
fn check_key(site: &Site) {
    let names = std::fs::read_dir(site.data()).expect("a folder").flatten().map(|entry| entry.file_name());
    let keys: Vec<_> = names.filter(|name| name.to_string_lossy().starts_with("keys")).collect();
    assert_eq!(keys, ["keys"]);
}

/// Tries every printed link; the first one makes the administrator, whom all processes know.
fn set_up(servers: &mut [Server]) {
    let secrets: Vec<_> = servers.iter_mut().map(Server::setup_secret).collect();
    let mut ada = Browser::at(&servers[0]);
    let mut answers = Vec::new();
    // Whichever of them the operator finds in the logs: the last one here, then the others.
    for (number, secret) in secrets.iter().enumerate().rev() {
        let page = ada.get(&format!("/setup/{secret}")).expect("an answer");
        let email = format!("ada{number}@example.org");
        let body = json!({ "token": secret, "name": "Ada", "email": email, "password": "quiet harbour" });
        let made = Browser::at(&servers[number]).send_json("POST", "/api/setup", &body).expect("an answer");
        answers.push((page.status, made.status));
        if answers.len() == 1 {
            let body = json!({ "email": email, "password": "quiet harbour" });
            assert_eq!(ada.send_json("POST", "/api/sign-in", &body).expect("an answer").status, 200);
        }
    }
    let expected: Vec<_> = std::iter::once((200, 200)).chain([(404, 409); PROCESSES - 1]).collect();
    assert_eq!(answers, expected, "one link is used, and the others with it");
    for server in servers {
        ada.go_to(server);
        assert_eq!(ada.get("/api/me").expect("an answer").status, 200);
    }
}

#[test]
fn three_processes_on_an_empty_postgresql() {
    for round in 0..Rounds::now().starts {
        let site = nothing(Kind::Postgres);
        let starts: Vec<_> = (0..PROCESSES).map(|_| start(&site)).collect();
        let begun = together(PROCESSES, move |number| starts[number].clone(), |start| start.run());
        let begun = begun.into_iter().map(|begun| {
            begun.unwrap_or_else(|ended| panic!("round {round}: one did not come up: {}", ended.complaint))
        });
        let mut servers: Vec<_> = begun.collect();
        for server in &servers {
            assert_eq!(Browser::at(server).get("/readyz").expect("an answer").status, 204, "round {round}");
        }
        check_key(&site);
        set_up(&mut servers);
    }
}

#[test]
fn two_servers_and_a_command_on_an_empty_sqlite_folder() {
    for round in 0..Rounds::now().starts {
        let site = nothing(Kind::Sqlite);
        let (starts, data) = ([start(&site), start(&site)], site.data().to_owned());
        let begun = together(
            3,
            move |number| (number, starts[number % 2].clone()),
            move |(number, start)| match number {
                2 => Err(create_member(&data, "mina@example.org", "private_only")),
                _ => Ok(start.run()),
            },
        );
        let (mut servers, mut is_made) = (Vec::new(), false);
        for begun in begun {
            match begun {
                Ok(Ok(server)) => servers.push(server),
                Ok(Err(ended)) => {
                    assert!(ended.complaint.contains("another Anteroom is running"), "{ended:?}")
                }
                // It came when there was a site, or it says that there is none.
                Err(made) if made.status.success() => is_made = true,
                Err(made) => assert!(
                    String::from_utf8_lossy(&made.stderr).contains("holds no site"),
                    "round {round}: the command: {made:?}"
                ),
            }
        }
        if !is_made {
            let made = create_member(site.data(), "mina@example.org", "private_only");
            assert!(made.status.success(), "round {round}: the command once more: {made:?}");
        }
        assert_eq!(servers.len(), 1, "round {round}: one server has the folder");
        check_key(&site);
        let body = json!({ "email": "mina@example.org", "password": "correct horse battery" });
        let signed_in = Browser::at(&servers[0]).send_json("POST", "/api/sign-in", &body);
        assert_eq!(signed_in.expect("an answer").status, 200, "round {round}: one site for all");
    }
}
