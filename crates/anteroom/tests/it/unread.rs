//! Connections that take nothing, more of them than the server has descriptors for, beside guests who come one by one
//! (quality.md B2). Whoever attacks comes from 127.0.0.2, guests from 127.0.0.3: nothing may hang on that.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::{AddressFamily, SocketFlags, SocketType};
use testkit::rounds::Rounds;
use testkit::{Crowd, EntryForm, Kind, Server, Site, moment, shout, wait_for};

use crate::PROGRAM;

const ATTACKER: [u8; 4] = [127, 0, 0, 2];
const GUEST: [u8; 4] = [127, 0, 0, 3];
/// Requests that each attacker sends in one go: more than it has room for.
const AT_ONCE: usize = 20;
/// Its answers fit into the server's socket and not into the attacker's: the kernel holds them.
const SMALL: &str = "/favicon.svg";

/// Connects from an address, with as little room for what comes as there can be.
fn connect(from: [u8; 4], to: SocketAddr, room: Option<usize>) -> std::io::Result<TcpStream> {
    let kind = SocketType::STREAM;
    let socket = rustix::net::socket_with(AddressFamily::INET, kind, SocketFlags::CLOEXEC, None)?;
    if let Some(room) = room {
        rustix::net::sockopt::set_socket_recv_buffer_size(&socket, room)?;
    }
    rustix::net::bind(&socket, &SocketAddr::from((from, 0)))?;
    rustix::net::connect(&socket, &to)?;
    Ok(TcpStream::from(socket))
}

/// Asks for much and reads nothing.
fn attack(to: SocketAddr, path: &str) -> Option<OwnedFd> {
    let mut stream = connect(ATTACKER, to, Some(2_048)).ok()?;
    stream.set_nonblocking(true).ok()?;
    let asked = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n");
    let _ = stream.write(asked.repeat(AT_ONCE).as_bytes());
    Some(stream.into())
}

/// Those of `lines` that were closed at the other end.
fn closed(lines: &[OwnedFd]) -> Vec<usize> {
    let mut asked: Vec<_> = lines.iter().map(|line| PollFd::new(line, PollFlags::empty())).collect();
    poll(&mut asked, Some(&Timespec { tv_sec: 0, tv_nsec: 20_000_000 })).expect("a poll");
    let over = |fd: &PollFd<'_>| fd.revents().intersects(PollFlags::HUP | PollFlags::ERR);
    asked.iter().enumerate().filter(|(_, fd)| over(fd)).map(|(place, _)| place).collect()
}

/// Comes in crowds; who is closed comes again, once.
fn besiege(to: SocketAddr, path: &str, count: usize, come: &AtomicUsize, stop: &AtomicBool) {
    let mut lines = Vec::new();
    let mut again = count;
    let enter = |lines: &mut Vec<OwnedFd>| {
        lines.extend(attack(to, path));
        come.fetch_add(1, Ordering::AcqRel);
    };
    for _ in 0..count {
        enter(&mut lines);
    }
    while !stop.load(Ordering::Acquire) {
        for place in closed(&lines).into_iter().rev() {
            drop(lines.swap_remove(place));
            if again > 0 {
                again -= 1;
                enter(&mut lines);
            }
        }
    }
}

/// One exchange on a connection of its own.
fn ask(to: SocketAddr, head: &str, body: &str) -> std::io::Result<String> {
    let mut stream = connect(GUEST, to, None)?;
    stream.set_read_timeout(Some(Duration::from_secs(40)))?;
    let length = body.len();
    let rest =
        format!("host: {to}\r\norigin: http://{to}\r\ncontent-length: {length}\r\nconnection: close\r\n");
    stream.write_all(format!("{head}\r\n{rest}\r\n{body}").as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

/// Opens the entry page and sends its form; how long that took.
fn come_in(to: SocketAddr, token: &str) -> Duration {
    let begun = moment();
    let page = ask(to, &format!("GET /g/{token} HTTP/1.1"), "").expect("the entry page answers");
    assert!(page.starts_with("HTTP/1.1 200"), "{page:.80}");
    let form = EntryForm::of("Gwen Guest").encode();
    let head = format!("POST /g/{token}/enter HTTP/1.1\r\ncontent-type: application/x-www-form-urlencoded");
    let entered = ask(to, &head, &form).expect("the door answers");
    assert!(entered.starts_with("HTTP/1.1 303"), "{entered:.80}");
    begun.elapsed()
}

/// A script of the front end.
fn large_file(to: SocketAddr) -> String {
    let page = ask(to, "GET /sign-in HTTP/1.1", "").expect("a page");
    let mut scripts = page.split('"').filter(|text| text.starts_with("/assets/") && text.ends_with(".js"));
    scripts.next_back().expect("the front end is built").to_owned()
}

/// The long rounds measure what is promised of a release, so they are given one.
fn begin(limit: u64) -> (Site, Server, String) {
    let release = testkit::setting("ANTEROOM_TEST_RELEASE");
    let site = Site::fresh(release.as_deref().unwrap_or(PROGRAM), Kind::Sqlite);
    let server = site.start();
    let mut owner = site.shared_item(&server, "A film");
    let token = owner.make_link("Everyone", None).token;
    server.limit_descriptors(limit);
    // Others know their limit from the start; this one learns of it at its next look.
    testkit::pause(Duration::from_millis(500));
    testkit::raise_descriptors();
    (site, server, token)
}

#[test]
fn b2_who_takes_nothing_keeps_nobody_out() {
    let Rounds { descriptors, unread, guest_in_within: allowed, .. } = Rounds::now();
    let (_site, server, token) = begin(descriptors);
    let (to, come) = (server.address(), Arc::new(AtomicUsize::new(0)));
    let counted = come.clone();
    let large = large_file(to);
    // Four at it, so that no single one's pace decides. What one of them asks for fits into no socket: the server is
    // stopped in the middle of writing.
    let crowd = Crowd::start(4, move |number, stop| {
        let path = if number == 0 { &large } else { SMALL };
        besiege(to, path, unread / 4, &counted, stop);
    });
    let mut waited = Vec::new();
    // The last ones have room, and so thirty seconds.
    let wanted = 2 * unread - usize::try_from(descriptors).expect("a small number");
    let all_came = || come.load(Ordering::Acquire) >= wanted;
    wait_for("them to come again", Duration::from_secs(100), || {
        waited.push(come_in(to, &token));
        all_came().then_some(())
    });
    crowd.stop();
    let worst = waited.iter().max().expect("some came in");
    shout(&format!(
        "{unread} that take nothing on {descriptors} descriptors: {} guests, worst {worst:?}",
        waited.len()
    ));
    assert!(*worst < allowed, "a guest waited {worst:?} among {waited:?}");
    assert!(server.log().contains("descriptors run short"), "whoever reads the log is told");
}

/// Connections that never ask, that have asked once and keep the line, that owe the rest of a head or of a body: they
/// are given up too.
#[test]
fn b2_who_says_nothing_keeps_nobody_out() {
    let Rounds { descriptors, guest_in_within: allowed, .. } = Rounds::now();
    let (_site, server, token) = begin(descriptors);
    let to = server.address();
    let count = usize::try_from(descriptors).expect("a small number");
    let body = "POST /api/sign-in HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9000\r\n\r\n";
    for first in
        ["", "GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n", "GET /healthz HTTP/1.1\r\nhost: lo", body]
    {
        let mut kept = Vec::new();
        for _ in 0..count {
            let mut stream = connect(ATTACKER, to, None).expect("a place in the queue");
            stream.write_all(first.as_bytes()).expect("sent");
            kept.push(stream);
        }
        let waited: Vec<_> = (0..4).map(|_| come_in(to, &token)).collect();
        assert!(waited.iter().all(|time| *time < allowed), "{first:?}: {waited:?}");
    }
}
