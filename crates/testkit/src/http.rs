//! HTTP/1.1 as one browser tab speaks it: one kept connection, one request at a time, no retries of its own. A lost
//! answer is an error that the test has to look at.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// No answer within this is an answer that was lost.
const PATIENCE: Duration = Duration::from_secs(40);

/// A request; the connection adds host and length.
#[derive(Debug, Clone)]
pub(crate) struct Request<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) headers: Vec<(&'a str, String)>,
    pub(crate) body: &'a [u8],
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The whole body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The first header of this name (lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// The body as text; what is no UTF-8 is replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("no JSON ({error}) in {}: {}", self.status, self.text()))
    }

    /// The `code` of an error body.
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
}

/// One connection to one server, opened when it is needed.
pub(crate) struct Http {
    to: SocketAddr,
    kept: Option<BufReader<TcpStream>>,
}

impl Http {
    pub(crate) fn new(to: SocketAddr) -> Self {
        Self { to, kept: None }
    }

    pub(crate) fn to(&self) -> SocketAddr {
        self.to
    }

    /// Sends one request and reads its answer. After an error the connection is gone.
    pub(crate) fn send(&mut self, request: &Request<'_>) -> io::Result<Answer> {
        let mut line = match self.kept.take().filter(is_open) {
            Some(line) => line,
            None => connect(self.to)?,
        };
        write(line.get_mut(), self.to, request)?;
        let (answer, keep) = read(&mut line, request.method)?;
        self.kept = keep.then_some(line);
        Ok(answer)
    }
}

fn connect(to: SocketAddr) -> io::Result<BufReader<TcpStream>> {
    let stream = TcpStream::connect_timeout(&to, Duration::from_secs(10))?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    Ok(BufReader::new(stream))
}

/// Servers close connections that were silent for a while; asking on one of those would look like a lost answer.
fn is_open(line: &BufReader<TcpStream>) -> bool {
    let stream = line.get_ref();
    let silent = stream.set_nonblocking(true).and_then(|()| stream.peek(&mut [0]));
    let open = matches!(silent, Err(ref error) if error.kind() == io::ErrorKind::WouldBlock);
    stream.set_nonblocking(false).is_ok() && open
}

fn write(stream: &mut TcpStream, host: SocketAddr, request: &Request<'_>) -> io::Result<()> {
    let mut bytes = format!("{} {} HTTP/1.1\r\nhost: {host}\r\n", request.method, request.path).into_bytes();
    for (name, value) in &request.headers {
        bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
    }
    if request.method != "GET" && request.method != "HEAD" {
        bytes.extend_from_slice(format!("content-length: {}\r\n", request.body.len()).as_bytes());
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(request.body);
    stream.write_all(&bytes)
}

fn read(line: &mut BufReader<TcpStream>, method: &str) -> io::Result<(Answer, bool)> {
    let first = read_line(line)?;
    let status = first.split(' ').nth(1).and_then(|code| code.parse().ok());
    let status: u16 = status.ok_or_else(|| broken(&format!("no status in {first:?}")))?;
    let mut headers = Vec::new();
    loop {
        let text = read_line(line)?;
        if text.is_empty() {
            break;
        }
        let (name, value) = text.split_once(':').ok_or_else(|| broken("a header without a colon"))?;
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let mut answer = Answer { status, headers, body: Vec::new() };
    let bare = method == "HEAD" || status == 204 || status == 304;
    if !bare {
        answer.body = read_body(line, &answer)?;
    }
    let keep = !answer.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"));
    Ok((answer, keep))
}

fn read_body(line: &mut BufReader<TcpStream>, answer: &Answer) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    if answer.header("transfer-encoding") == Some("chunked") {
        loop {
            let size = read_line(line)?;
            let size = usize::from_str_radix(&size, 16).map_err(|_| broken("a chunk without a size"))?;
            let begin = body.len();
            body.resize(begin + size, 0);
            line.read_exact(&mut body[begin..])?;
            if !read_line(line)?.is_empty() {
                return Err(broken("a chunk without an end"));
            }
            if size == 0 {
                return Ok(body);
            }
        }
    }
    let length = answer.header("content-length").and_then(|length| length.parse().ok());
    let length: usize = length.ok_or_else(|| broken("a body without a length"))?;
    body.resize(length, 0);
    line.read_exact(&mut body)?;
    Ok(body)
}

fn read_line(line: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut text = String::new();
    if line.read_line(&mut text)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

fn broken(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}
