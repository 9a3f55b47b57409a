//! The head of an HTTP answer, as far as a load client must know it.

use anyhow::{Context, Result, bail};

const HEADERS_MOST: usize = 48;

/// Status and headers of one answer.
pub(crate) struct Head<'a> {
    pub(crate) status: u16,
    headers: Vec<(&'a str, &'a [u8])>,
    /// Bytes of the body.
    pub(crate) length: usize,
    /// Where the body begins.
    pub(crate) end: usize,
}

impl<'a> Head<'a> {
    /// Reads a head; none while it is not whole.
    ///
    /// # Errors
    /// When it is no HTTP, or its body has no stated length.
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Option<Self>> {
        let mut found = [httparse::EMPTY_HEADER; HEADERS_MOST];
        let mut answer = httparse::Response::new(&mut found);
        let httparse::Status::Complete(end) = answer.parse(bytes).context("no HTTP")? else {
            return Ok(None);
        };
        let status = answer.code.context("no status")?;
        let headers: Vec<_> = answer.headers.iter().map(|header| (header.name, header.value)).collect();
        let mut head = Self { status, headers, length: 0, end };
        head.length = match head.get("content-length") {
            Some(text) => text.parse().with_context(|| format!("{text:?} is no length"))?,
            None if matches!(status, 204 | 304) => 0,
            None => bail!("an answer without a length (status {status})"),
        };
        Ok(Some(head))
    }

    /// A header's text.
    pub(crate) fn get(&self, name: &str) -> Option<&'a str> {
        let (_, value) = self.headers.iter().find(|(found, _)| found.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(value).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_when_it_is_whole() {
        let text = b"HTTP/1.1 303 See Other\r\nSet-Cookie: a=b; Path=/\r\ncontent-length: 3\r\n\r\nabc";
        assert!(Head::read(&text[..30]).unwrap().is_none());
        let head = Head::read(text).unwrap().unwrap();
        assert_eq!((head.status, head.length, head.end), (303, 3, text.len() - 3));
        assert_eq!(head.get("set-cookie"), Some("a=b; Path=/"));
        assert_eq!(head.get("location"), None);
    }

    #[test]
    fn what_has_no_length_is_refused() {
        assert!(Head::read(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").is_err());
        assert!(Head::read(b"SSH-2.0-x\r\n\r\n").is_err());
        assert_eq!(Head::read(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap().map(|head| head.length), Some(0));
    }
}
