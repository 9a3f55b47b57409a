//! Tells the one kind of head that is answered in the lane from all others, and of those, the ones of which it is
//! certain where their request ends. Strict: where two readers could see two things, nobody here is certain.

use std::ops::Range;

use app::domain::ViewingId;
use http::StatusCode;

/// Methods of requests that end where their headers say.
const METHODS: [&str; 7] = ["GET", "POST", "HEAD", "PATCH", "PUT", "DELETE", "OPTIONS"];
/// Digits of a body's length.
const DIGITS_MOST: usize = 15;
const TICKET: &[u8] = b"__Secure-anteroom-ticket=";
/// Headers of a head that we look at; one with more is hyper's, up to a limit.
const HEADERS_MOST: usize = 48;
const HEADERS_EVER: usize = 100;
/// Bytes of a head.
pub(crate) const HEAD_MOST: usize = 16 * 1_024;
/// `/m/`, 26 characters, a slash.
const FILE_AT: usize = 30;

/// A plain GET of a media file. Its parts are places in the bytes that were read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) viewing: ViewingId,
    /// Bytes of the whole head.
    pub(super) len: usize,
    file: Range<usize>,
    ticket: Range<usize>,
    range: Option<Range<usize>>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Parsed {
    Media(Head),
    /// Not one of ours; the request is so many bytes long, its body included.
    Plain(u64),
    /// Not one of ours, and nobody knows what follows it.
    Strange,
    /// Nobody's: it is answered with this, and the connection is over.
    Bad(StatusCode),
    /// So far it could be anything.
    Partial,
}

impl Head {
    pub(super) fn file<'a>(&self, read: &'a [u8]) -> &'a str {
        std::str::from_utf8(&read[self.file.clone()]).unwrap_or_default()
    }

    pub(super) fn ticket<'a>(&self, read: &'a [u8]) -> &'a [u8] {
        &read[self.ticket.clone()]
    }

    pub(super) fn range<'a>(&self, read: &'a [u8]) -> Option<&'a str> {
        std::str::from_utf8(&read[self.range.clone()?]).ok()
    }
}

pub(super) fn parse(read: &[u8]) -> Parsed {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MOST];
    let mut request = httparse::Request::new(&mut headers);
    let len = match request.parse(read) {
        Ok(httparse::Status::Complete(len)) if len > HEAD_MOST => return TOO_LARGE,
        Ok(httparse::Status::Complete(len)) => len,
        Ok(httparse::Status::Partial) if read.len() > HEAD_MOST => return TOO_LARGE,
        Ok(httparse::Status::Partial) => return Parsed::Partial,
        Err(httparse::Error::TooManyHeaders) => return parse_many(read),
        Err(_) => return Parsed::Bad(StatusCode::BAD_REQUEST),
    };
    // The parser takes a newline without its carriage return for the end of a line; others do not.
    if has_bare_newline(&read[..len]) {
        return Parsed::Bad(StatusCode::BAD_REQUEST);
    }
    let known = request.version == Some(1) && request.method.is_some_and(|method| METHODS.contains(&method));
    let parsed = match Said::read(read, request.headers) {
        // A line feed may stand before a request; hyper knows what to do with it.
        Some(said) if known && read[0].is_ascii_uppercase() => understand(read, &request, said, len),
        _ if is_malformed(&request) => return Parsed::Bad(StatusCode::BAD_REQUEST),
        _ => Parsed::Strange,
    };
    let is_path = || request.path.is_some_and(|path| path.parse::<http::Uri>().is_ok());
    if matches!(parsed, Parsed::Media(_)) || is_path() {
        parsed
    } else {
        Parsed::Bad(StatusCode::BAD_REQUEST)
    }
}

const TOO_LARGE: Parsed = Parsed::Bad(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);

/// A head with more headers than usual: never ours, but maybe hyper's.
fn parse_many(read: &[u8]) -> Parsed {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_EVER];
    let mut request = httparse::Request::new(&mut headers);
    match request.parse(read) {
        Ok(httparse::Status::Complete(len)) if len > HEAD_MOST => TOO_LARGE,
        Ok(httparse::Status::Complete(len)) if is_malformed(&request) || has_bare_newline(&read[..len]) => {
            Parsed::Bad(StatusCode::BAD_REQUEST)
        }
        Ok(httparse::Status::Complete(_)) => Parsed::Strange,
        Ok(httparse::Status::Partial) if read.len() <= HEAD_MOST => Parsed::Partial,
        Ok(httparse::Status::Partial) | Err(httparse::Error::TooManyHeaders) => TOO_LARGE,
        Err(_) => Parsed::Bad(StatusCode::BAD_REQUEST),
    }
}

/// What a server must refuse although it can be read (RFC 9112, sections 3.2, 6.1 and 6.3): not exactly one Host, a
/// length that is none, a coding without an end.
fn is_malformed(request: &httparse::Request<'_, '_>) -> bool {
    let all = |name: &'static str| {
        let headers = request.headers.iter().filter(move |header| header.name.eq_ignore_ascii_case(name));
        headers.map(|header| header.value)
    };
    let (is_old, hosts) = (request.version == Some(0), all("host").count());
    let ends_in_chunks = |coding: &[u8]| {
        let last = coding.rsplit(|byte| *byte == b',').next().unwrap_or_default();
        last.trim_ascii().eq_ignore_ascii_case(b"chunked")
    };
    hosts > 1
        || hosts == 0 && !is_old
        || all("content-length").count() > 1
        || all("content-length").any(|value| number(value).is_none())
        || all("transfer-encoding").next_back().is_some_and(|coding| is_old || !ends_in_chunks(coding))
}

fn has_bare_newline(head: &[u8]) -> bool {
    head.iter().zip(&head[1..]).any(|(before, byte)| *byte == b'\n' && *before != b'\r')
}

/// What the headers of a request say, as far as it matters here.
#[derive(Default)]
struct Said {
    hosts: usize,
    length: Option<u64>,
    tickets: usize,
    ticket: Option<Range<usize>>,
    range: Option<Range<usize>>,
    /// Conditions and second ranges are hyper's to weigh.
    condition: bool,
}

impl Said {
    /// None when it is not certain where the request or the connection ends.
    fn read(read: &[u8], headers: &[httparse::Header<'_>]) -> Option<Self> {
        let mut said = Self::default();
        for header in headers {
            let value = header.value;
            match Name::of(header.name) {
                Name::Host => said.hosts += 1,
                Name::Length if said.length.is_some() => return None,
                Name::Length => said.length = Some(number(value)?),
                Name::Connection if value.eq_ignore_ascii_case(b"keep-alive") => {}
                Name::Connection | Name::Unclear => return None,
                Name::Cookie => {
                    // Two tickets, or cookies in several lines, are unusual enough to be hyper's.
                    said.tickets += 1;
                    said.ticket = find_ticket(value).map(|value| place(read, value));
                }
                Name::Range if said.range.is_none() => said.range = Some(place(read, value)),
                Name::Range | Name::Condition => said.condition = true,
                Name::Other => {}
            }
        }
        (said.hosts == 1).then_some(said)
    }
}

enum Name {
    Host,
    Length,
    Connection,
    Cookie,
    Range,
    Condition,
    /// Asks for another way of ending a body, or for another protocol.
    Unclear,
    Other,
}

impl Name {
    fn of(name: &str) -> Self {
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        match name.len() {
            4 if is("host") => Self::Host,
            5 if is("range") => Self::Range,
            6 if is("cookie") => Self::Cookie,
            6 if is("expect") => Self::Unclear,
            7 if is("upgrade") => Self::Unclear,
            8 if is("if-range") => Self::Condition,
            10 if is("connection") => Self::Connection,
            14 if is("content-length") => Self::Length,
            17 if is("transfer-encoding") => Self::Unclear,
            _ => Self::Other,
        }
    }
}

fn number(text: &[u8]) -> Option<u64> {
    let plain = !text.is_empty() && text.len() <= DIGITS_MOST && text.iter().all(u8::is_ascii_digit);
    std::str::from_utf8(text).ok().filter(|_| plain)?.parse().ok()
}

fn understand(read: &[u8], request: &httparse::Request<'_, '_>, said: Said, len: usize) -> Parsed {
    let plain = Parsed::Plain(len as u64 + said.length.unwrap_or(0));
    let bare = said.length.is_none() && said.tickets == 1 && !said.condition;
    let (Some(path), true) = (request.path.filter(|_| bare), request.method == Some("GET")) else {
        return plain;
    };
    let Some((viewing, file)) = media_path(path) else { return plain };
    let Some(ticket) = said.ticket else { return plain };
    let file = place(read, file.as_bytes());
    Parsed::Media(Head { viewing, len, file, ticket, range: said.range })
}

/// The viewing and the file of `/m/{viewing}/{file}`.
fn media_path(path: &str) -> Option<(ViewingId, &str)> {
    let rest = path.strip_prefix("/m/")?;
    let (viewing, file) = (rest.get(..FILE_AT - 4)?, path.get(FILE_AT..)?);
    let plain = |c: u8| c.is_ascii_alphanumeric() || c == b'.' || c == b'-';
    let ours = path.as_bytes().get(FILE_AT - 1) == Some(&b'/')
        && !file.is_empty()
        && file != "socket"
        && file.bytes().all(plain);
    ours.then_some((viewing.parse().ok()?, file))
}

fn find_ticket(cookies: &[u8]) -> Option<&[u8]> {
    let mut pairs = cookies.split(|b| *b == b';').map(<[u8]>::trim_ascii);
    pairs.find_map(|pair| pair.strip_prefix(TICKET))
}

/// Where `part`, a slice of `read`, lies in it.
fn place(read: &[u8], part: &[u8]) -> Range<usize> {
    let from = part.as_ptr() as usize - read.as_ptr() as usize;
    from..from + part.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIEWING: &str = "01m7y0e52bb2qsnvhhtcvx4rr2";

    fn head(path: &str, headers: &str) -> String {
        format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n")
    }

    fn good() -> String {
        head(
            &format!("/m/{VIEWING}/v0-00001.m4s"),
            "Cookie: a=b; __Secure-anteroom-ticket=TICKET; c=d\r\nRange: bytes=0-1\r\n",
        )
    }

    #[test]
    fn a_plain_media_get_is_ours() {
        let text = good();
        let Parsed::Media(head) = parse(text.as_bytes()) else { panic!("not ours") };
        assert_eq!(head.viewing.to_string(), VIEWING);
        assert_eq!(head.file(text.as_bytes()), "v0-00001.m4s");
        assert_eq!(head.ticket(text.as_bytes()), b"TICKET");
        assert_eq!(head.range(text.as_bytes()), Some("bytes=0-1"));
        assert_eq!(head.len, text.len());
    }

    #[test]
    fn every_beginning_of_it_waits_for_more() {
        let text = good();
        for end in 1..text.len() {
            assert_eq!(parse(&text.as_bytes()[..end]), Parsed::Partial, "{end}");
        }
    }

    #[test]
    fn what_is_not_ours_has_a_certain_end_or_none() {
        let path = format!("/m/{VIEWING}/v0.m3u8");
        let cookie = "Cookie: __Secure-anteroom-ticket=T\r\n";
        let with = |headers: &str| head(&path, headers);
        for (text, body) in [
            (with(""), 0),
            (with("Cookie: a=b\r\n"), 0),
            (with(&format!("{cookie}{cookie}")), 0),
            (with(&format!("{cookie}Content-Length: 5\r\n")), 5),
            (with(&format!("{cookie}If-Range: x\r\nRange: bytes=0-1\r\n")), 0),
            (with(cookie).replace("GET", "HEAD"), 0),
            (with(cookie).replace("GET", "POST"), 0),
            (head("/", "Connection: Keep-Alive\r\n"), 0),
            (head("/g/x/enter", "Content-Length: 120\r\n").replace("GET", "POST"), 120),
        ] {
            assert_eq!(parse(text.as_bytes()), Parsed::Plain(text.len() as u64 + body), "{text}");
        }
        for path in [
            "/m/",
            "/m/short/v0.m3u8",
            &format!("/m/{VIEWING}"),
            &format!("/m/{VIEWING}/"),
            &format!("/m/{VIEWING}/socket"),
            &format!("/m/{VIEWING}/a/b"),
            &format!("/m/{VIEWING}/v0.m3u8?x"),
            &format!("/m/{VIEWING}/%2e%2e"),
            "/media/x",
        ] {
            let text = head(path, cookie);
            assert_eq!(parse(text.as_bytes()), Parsed::Plain(text.len() as u64), "{path}");
        }
    }

    #[test]
    fn where_two_readers_could_see_two_things_nobody_is_certain() {
        let good = head("/", "");
        for text in [
            head("/", "Connection: close\r\n"),
            head("/", "Connection: Upgrade\r\nUpgrade: websocket\r\n"),
            head("/", "Upgrade: h2c\r\n"),
            head("/", "Connection: keep-alive, content-length\r\n"),
            head("/", "Transfer-Encoding: chunked\r\n"),
            head("/", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"),
            head("/", "Expect: 100-continue\r\nContent-Length: 5\r\n"),
            head("/", &"X: a\r\n".repeat(60)),
            good.replace("HTTP/1.1", "HTTP/1.0"),
            good.replace("Host: localhost\r\n", "").replace("HTTP/1.1", "HTTP/1.0"),
            good.replace("GET", "TRACE"),
            good.replace("GET", "CONNECT"),
            good.replace("GET", "get"),
            format!("\r\n{good}"),
        ] {
            assert_eq!(parse(text.as_bytes()), Parsed::Strange, "{text:?}");
        }
        assert_eq!(parse(b""), Parsed::Partial);
        assert_eq!(parse(good.as_bytes()), Parsed::Plain(good.len() as u64));
    }

    #[test]
    fn what_must_be_refused_is_nobodys() {
        let good = head("/", "");
        for text in [
            head("/", "Content-Length: 5\r\nContent-Length: 5\r\n"),
            head("/", "Content-Length: 5\r\nContent-Length: 6\r\n"),
            head("/", "Content-Length: 5, 5\r\n"),
            head("/", "Content-Length: +5\r\n"),
            head("/", "Content-Length: 0x5\r\n"),
            head("/", "Content-Length:\r\n"),
            head("/", "Content-Length: 99999999999999999999\r\n"),
            head("/", "Transfer-Encoding: gzip\r\n"),
            head("/", "Transfer-Encoding: chunked, gzip\r\n"),
            head("/", "Transfer-Encoding: chunked\r\n").replace("HTTP/1.1", "HTTP/1.0"),
            head("/", "Host: other\r\n"),
            head("/", "Host: localhost\r\n"),
            head("/", "Host: other\r\n").replace("HTTP/1.1", "HTTP/1.0"),
            head("/", &format!("Host: other\r\n{}", "X: a\r\n".repeat(60))),
            head("/", "X: a\r\n b\r\n"),
            head("/", "X : a\r\n"),
            head("/", "X: a\nY: b\r\n"),
            head("/<", ""),
            head("/`", ""),
            good.replace("\r\n", "\n"),
            good.replace("Host: localhost\r\n", ""),
            good.replace("HTTP/1.1", "HTTP/3.7"),
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(),
            "\u{16}\u{3}\u{1}".to_owned(),
        ] {
            assert_eq!(parse(text.as_bytes()), Parsed::Bad(StatusCode::BAD_REQUEST), "{text:?}");
        }
        for text in
            [head("/", &"X: a\r\n".repeat(120)), head("/", &format!("X: {}\r\n", "a".repeat(HEAD_MOST)))]
        {
            assert_eq!(parse(text.as_bytes()), TOO_LARGE, "{text:.80}");
        }
    }
}
