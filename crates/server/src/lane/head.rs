//! Tells the one kind of head that is answered in the lane from all others. Strict: whatever is unusual is not
//! ours.

use std::ops::Range;

use app::domain::ViewingId;

const TICKET: &[u8] = b"__Secure-anteroom-ticket=";
/// Headers of a head that we look at; one with more is hyper's.
const HEADERS_MOST: usize = 48;
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
    /// Not one of ours.
    Other,
    /// So far it could be.
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
    const START: &[u8] = b"GET /m/";
    let seen = read.len().min(START.len());
    if read[..seen] != START[..seen] {
        return Parsed::Other;
    }
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MOST];
    let mut request = httparse::Request::new(&mut headers);
    let len = match request.parse(read) {
        Ok(httparse::Status::Complete(len)) => len,
        Ok(httparse::Status::Partial) => return Parsed::Partial,
        Err(_) => return Parsed::Other,
    };
    understand(read, &request, len).map_or(Parsed::Other, Parsed::Media)
}

fn understand(read: &[u8], request: &httparse::Request<'_, '_>, len: usize) -> Option<Head> {
    let path = request.path?;
    let viewing = path.get(3..FILE_AT - 1)?.parse().ok()?;
    let file = path.get(FILE_AT..)?;
    let plain = |c: u8| c.is_ascii_alphanumeric() || c == b'.' || c == b'-';
    let ours = request.version == Some(1)
        && path.as_bytes().get(FILE_AT - 1) == Some(&b'/')
        && !file.is_empty()
        && file != "socket"
        && file.bytes().all(plain);
    if !ours {
        return None;
    }
    let (mut ticket, mut range, mut host) = (None, None, false);
    for header in request.headers.iter() {
        let name = header.name;
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        if is("cookie") {
            // Two tickets, or cookies in several lines, are unusual enough to be hyper's.
            if ticket.is_some() {
                return None;
            }
            ticket = find_ticket(header.value).map(|value| place(read, value));
        } else if is("range") {
            range = Some(place(read, header.value));
        } else if is("host") {
            host = true;
        } else if changes_meaning(name, header.value) {
            return None;
        }
    }
    let file = place(read, file.as_bytes());
    host.then_some(Head { viewing, len, file, ticket: ticket?, range })
}

/// Headers that ask for more than the file: a body, an upgrade, the end of the connection, conditions.
fn changes_meaning(name: &str, value: &[u8]) -> bool {
    const OTHERS: [&str; 5] = ["transfer-encoding", "content-length", "upgrade", "expect", "if-range"];
    let closes = name.eq_ignore_ascii_case("connection") && !value.eq_ignore_ascii_case(b"keep-alive");
    closes || OTHERS.iter().any(|other| name.eq_ignore_ascii_case(other))
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
    fn whatever_is_unusual_is_not_ours() {
        let path = format!("/m/{VIEWING}/v0.m3u8");
        let cookie = "Cookie: __Secure-anteroom-ticket=T\r\n";
        for headers in [
            "",
            "Cookie: a=b\r\n",
            &format!("{cookie}{cookie}"),
            &format!("{cookie}Connection: close\r\n"),
            &format!("{cookie}Connection: Upgrade\r\nUpgrade: websocket\r\n"),
            &format!("{cookie}Content-Length: 5\r\n"),
            &format!("{cookie}Transfer-Encoding: chunked\r\n"),
            &format!("{cookie}Expect: 100-continue\r\n"),
            &format!("{cookie}If-Range: x\r\nRange: bytes=0-1\r\n"),
        ] {
            assert_eq!(parse(head(&path, headers).as_bytes()), Parsed::Other, "{headers:?}");
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
            assert_eq!(parse(head(path, cookie).as_bytes()), Parsed::Other, "{path}");
        }
        assert_eq!(parse(b"POST /m/x HTTP/1.1\r\n"), Parsed::Other);
        assert_eq!(parse(b"GET / HTTP/1.1\r\n"), Parsed::Other);
        assert_eq!(parse(head(&path, cookie).replace("HTTP/1.1", "HTTP/1.0").as_bytes()), Parsed::Other);
    }
}
