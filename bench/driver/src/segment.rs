//! `bench segment`: media segments fetched with a ticket, beside nginx with `secure_link_md5` and `auth_request`.
//!
//! The item, the link, the guest and the viewing are real and made through the API; two files of exact sizes are laid
//! beside the item's own segments, so that both servers send the same bytes. Only the URL is used. Media go a short
//! way through Anteroom. Connections are measured that ask for nothing else, connections that have asked for a page
//! first, and requests that are too unusual for the short way (here: a URL with a question mark) and go through the
//! framework.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, bail, ensure};
use clap::Args;

use crate::answer::Head;
use crate::anteroom::Running;
use crate::load::{Body, Client};
use crate::nginx::{self, Nginx};
use crate::owner::{self, Watching};
use crate::pairs::{self, Run, Side, Verdict};
use crate::report::Report;
use crate::{Pace, http, load, machine, wrk};

const THREADS: usize = 2;
/// One in so many bodies is compared byte by byte.
const COMPARED: u64 = 100;
const SIZES: [(&str, &str, usize); 2] =
    [("segment-200KB", "v0-90001.m4s", 200_000), ("segment-2MB", "v0-90002.m4s", 2_000_000)];
const UNIT: &str = "us/request";

#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    pace: Pace,
    /// Let `wrk` do the asking: a second opinion, which checks no bytes
    #[arg(long)]
    wrk: bool,
    /// Where files are kept while it runs
    #[arg(long)]
    folder: Option<PathBuf>,
}

/// Measures both sizes and prints a line for each peer.
pub(crate) fn run(options: &Options) -> Result<()> {
    if !nginx::is_there() || (options.wrk && !wrk::is_there()) {
        let missing = machine::missing(if nginx::is_there() { "wrk" } else { "nginx" });
        for (name, _, _) in SIZES {
            println!("{name}: {missing}");
        }
        return Ok(());
    }
    let folder = machine::folder(options.folder.as_deref())?;
    let (mut running, guest, media) = open_ours(folder.path())?;
    let files = folder.path().join("files");
    std::fs::create_dir(&files)?;
    let nginx = Nginx::start(folder.path())?;
    let guest = RefCell::new(guest);
    let mut report = Report::default();
    for (name, file, size) in SIZES {
        if !report.goes_on() {
            break;
        }
        println!("{name}");
        let bytes = random_bytes(size);
        for folder in [&files, &media] {
            std::fs::write(folder.join(file), &bytes)?;
        }
        let measured = measure(options, &running, &guest, &nginx, file, &bytes);
        report.add(name, measured.map(|runs| verdicts(name, &runs)));
    }
    report.add("segment", running.server.end().map(|()| Vec::new()));
    report.print()
}

pub(crate) fn random_bytes(size: usize) -> Arc<[u8]> {
    let mut random = fastrand::Rng::with_seed(size as u64);
    std::iter::repeat_with(|| random.u8(..)).take(size).collect()
}

/// The runs of one file, in the order in which [`verdicts`] reads them.
fn measure(
    options: &Options,
    running: &Running,
    guest: &RefCell<Watching>,
    nginx: &Nginx,
    file: &str,
    bytes: &Arc<[u8]>,
) -> Result<Vec<Vec<Run>>> {
    let ours = |name, path| Source {
        name,
        port: running.port,
        process: running.server.id(),
        path,
        bytes,
        options,
        guest: Some(guest),
        page_first: false,
    };
    let peer = |name, port, path| Source {
        name,
        port,
        process: nginx.server.id(),
        path,
        bytes,
        options,
        guest: None,
        page_first: false,
    };
    let path = guest.borrow().path(file);
    let mut other = ours("framework", format!("{path}?"));
    let mut after = Source { page_first: true, ..ours("after a page", path.clone()) };
    let mut ours = ours("ours", path);
    let mut secure = peer("secure_link", nginx.secure_port, Nginx::secure_path(file)?);
    let mut asking = peer("auth_request", nginx.asking_port, format!("/{file}"));
    ours.refuses(&ours.path)?;
    other.refuses(&other.path)?;
    secure.refuses(&format!("/{file}?md5=AAAAAAAAAAAAAAAAAAAAAA&expires=4102444800"))?;
    pairs::run(&options.pace, &mut [&mut ours, &mut secure, &mut after, &mut other, &mut asking])
}

/// Anteroom with a guest inside, and the folder of the item's published files.
fn open_ours(folder: &Path) -> Result<(Running, Watching, PathBuf)> {
    let (running, shared, media) = owner::open_shared(folder)?;
    let guest = owner::enter(running.port, &shared)?;
    Ok((running, guest, media))
}

/// One server that sends the file.
struct Source<'a> {
    name: &'static str,
    port: u16,
    process: u32,
    path: String,
    bytes: &'a Arc<[u8]>,
    options: &'a Options,
    /// Whose ticket opens the path, where there is one.
    guest: Option<&'a RefCell<Watching>>,
    /// Each connection asks for a page before it asks for media.
    page_first: bool,
}

impl Source<'_> {
    /// Makes sure that the door is shut to those who bring nothing: else the comparison would be of something else.
    fn refuses(&self, path: &str) -> Result<()> {
        let status = http::Visitor::new(self.port).get(path).call()?.status();
        ensure!(status.is_client_error(), "{} let a stranger in ({status})", self.name);
        Ok(())
    }
}

impl Side for Source<'_> {
    fn name(&self) -> &str {
        self.name
    }

    fn processes(&self) -> Vec<u32> {
        vec![self.process]
    }

    fn load(&mut self, time: Duration) -> Result<u64> {
        let cookie = match self.guest {
            Some(guest) => guest.borrow_mut().renew()?,
            None => String::new(),
        };
        let connections = self.options.pace.connections;
        if self.options.wrk {
            return wrk::run(
                &format!("http://127.0.0.1:{}{}", self.port, self.path),
                &cookie,
                connections,
                time,
            );
        }
        let mut request = format!("GET {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n", self.path, self.port);
        if !cookie.is_empty() {
            request += &format!("Cookie: {cookie}\r\n");
        }
        let request = (request + "\r\n").into_bytes();
        let page = self
            .page_first
            .then(|| format!("GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\r\n", self.port));
        let viewer = || Viewer {
            greeting: page.clone(),
            request: request.clone(),
            bytes: Arc::clone(self.bytes),
            seen: 0,
        };
        load::run(self.port, connections, time, &mut [(); THREADS].map(|()| viewer()))
    }
}

/// One thread's players, all after the same segment.
struct Viewer {
    greeting: Option<String>,
    request: Vec<u8>,
    bytes: Arc<[u8]>,
    seen: u64,
}

impl Client for Viewer {
    fn greeting(&self) -> Option<&[u8]> {
        self.greeting.as_deref().map(str::as_bytes)
    }

    fn ask(&mut self, out: &mut Vec<u8>) -> bool {
        out.extend_from_slice(&self.request);
        true
    }

    fn judge(&mut self, head: &Head<'_>) -> Result<Body> {
        ensure!(head.status == 200, "a segment was answered with {}", head.status);
        ensure!(
            head.length == self.bytes.len(),
            "a segment of {} bytes came as {}",
            self.bytes.len(),
            head.length
        );
        self.seen += 1;
        Ok(if self.seen % COMPARED == 1 { Body::Compared } else { Body::Counted })
    }

    fn compare(&mut self, body: &[u8]) -> Result<()> {
        if body == &*self.bytes { Ok(()) } else { bail!("a segment came with other bytes") }
    }
}

fn verdicts(name: &str, runs: &[Vec<Run>]) -> Vec<String> {
    let [ours, secure, after, other, asking] = runs else { return Vec::new() };
    let cost = |runs: &[Run]| runs.iter().map(|run| run.cpu.iter().sum()).collect::<Vec<f64>>();
    let verdict = Verdict::of_costs(&cost(secure), &cost(ours));
    let mut lines = Vec::new();
    if verdict.is_noisy() {
        lines
            .push(format!("{name}: the rounds differ by more than 25 %; the machine was busy, run it again"));
    }
    let asked = Verdict::of_costs(&cost(asking), &cost(ours));
    lines.push(asked.line(&format!("{name}-beside-auth_request"), UNIT));
    let after = Verdict::of_costs(&cost(secure), &cost(after));
    lines.push(after.line(&format!("{name}-after-a-page"), UNIT));
    let other = Verdict::of_costs(&cost(secure), &cost(other));
    lines.push(other.line(&format!("{name}-through-framework"), UNIT));
    lines.push(verdict.line(name, UNIT));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_is_judged_and_some_are_compared() {
        let mut viewer = Viewer { greeting: None, request: Vec::new(), bytes: Arc::from(*b"four"), seen: 0 };
        let mut judge = |text: &str| {
            let head = Head::read(text.as_bytes()).unwrap().unwrap();
            viewer.judge(&head).ok()
        };
        let good = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n";
        assert!(judge(good) == Some(Body::Compared));
        assert!(judge(good) == Some(Body::Counted));
        assert!(judge("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n").is_none());
        assert!(judge("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\n").is_none());
        assert!(viewer.compare(b"four").is_ok());
        assert!(viewer.compare(b"fuor").is_err());
    }
}
