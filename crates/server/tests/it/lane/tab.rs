//! One connection of a browser, seen from there: what it says, and what it hears.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::TcpStream;

use crate::site::{HOST, ORIGIN};
use crate::sockets::Live;

/// An upper bound for what is certain to come.
pub(super) const SOON: Duration = Duration::from_secs(60);

/// An answer as it came: status, headers without those that differ from one answer to the next, body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Heard {
    pub(super) status: u16,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: Vec<u8>,
    pub(super) by: By,
}

/// Who answered. The lane says the length first, and hyper what the route put first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    Lane,
    Hyper,
}

pub(super) struct Tab {
    pub(super) stream: BufStream<TcpStream>,
}

impl Tab {
    pub(super) async fn open(live: &Live) -> Self {
        let stream = TcpStream::connect(live.address).await.expect("the server listens");
        stream.set_nodelay(true).expect("a setting");
        Self::on(stream)
    }

    pub(super) fn on(stream: TcpStream) -> Self {
        Self { stream: BufStream::new(stream) }
    }

    pub(super) async fn say(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.expect("written");
        self.stream.flush().await.expect("sent");
    }

    /// The next answer; none when the connection ended.
    pub(super) async fn hear(&mut self, has_body: bool) -> Option<Heard> {
        tokio::time::timeout(SOON, self.read(has_body)).await.expect("an answer within time")
    }

    /// All that comes until the end of the connection.
    pub(super) async fn hear_raw(&mut self) -> String {
        let mut text = Vec::new();
        let all = self.stream.read_to_end(&mut text);
        tokio::time::timeout(SOON, all).await.expect("the connection ends").expect("in order");
        String::from_utf8_lossy(&text).into_owned()
    }

    async fn read(&mut self, has_body: bool) -> Option<Heard> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.stream.read_u8().await.ok()?);
        }
        let head = String::from_utf8(head).expect("a head of letters");
        let mut lines = head.trim_end().split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().expect("a status");
        let mut lines = lines.peekable();
        let by = match lines.peek()?.starts_with("content-length") {
            true if status < 300 => By::Lane,
            _ => By::Hyper,
        };
        let mut headers: BTreeMap<_, _> = lines
            .map(|line| line.split_once(": ").expect("a header"))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        headers.remove("date").expect("every answer has a date");
        let length = headers.get("content-length").map_or(0, |length| length.parse().expect("a number"));
        let mut body = vec![0; if has_body { length } else { 0 }];
        self.stream.read_exact(&mut body).await.expect("the whole body");
        // Errors name their request.
        if status >= 400 {
            body.clear();
            headers.remove("content-length");
        }
        Some(Heard { status, headers, body, by })
    }
}

pub(super) fn request(method: &str, path: &str, headers: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nhost: {HOST}\r\norigin: {ORIGIN}\r\n{headers}\r\n")
}
