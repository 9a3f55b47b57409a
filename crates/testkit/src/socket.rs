//! The socket of a page with a viewing, as its script hears it.

use std::io::ErrorKind;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use tungstenite::handshake::client::generate_key;
use tungstenite::http::Request;
use tungstenite::{Error, Message, WebSocket};

use crate::machine::moment;
use crate::{Browser, Viewing};

/// One thing heard, and when.
#[derive(Debug, Clone)]
pub struct Heard {
    /// A message's text; none: the line was closed, with this code if one was given.
    pub text: Option<String>,
    /// The code of the close.
    pub code: Option<u16>,
    /// When.
    pub at: Instant,
}

/// An open socket.
pub struct PageSocket {
    line: WebSocket<TcpStream>,
}

impl PageSocket {
    /// Opens the socket of a viewing.
    ///
    /// # Errors
    /// The status of the refusal.
    ///
    /// # Panics
    /// When the server cannot be reached.
    pub fn open(browser: &Browser, viewing: &Viewing) -> Result<Self, u16> {
        let (host, path) = (browser.address(), format!("/m/{}/socket", viewing.id));
        let mut request = Request::builder()
            .uri(format!("ws://{host}{path}"))
            .header("host", host.to_string())
            .header("origin", format!("http://{host}"))
            .header("connection", "Upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", generate_key());
        if let Some(cookies) = browser.cookie_header(&path) {
            request = request.header("cookie", cookies);
        }
        let stream = TcpStream::connect(host).expect("the server can be reached");
        match tungstenite::client(request.body(()).expect("a request"), stream) {
            Ok((line, _)) => Ok(Self { line }),
            Err(tungstenite::HandshakeError::Failure(Error::Http(answer))) => Err(answer.status().as_u16()),
            Err(error) => panic!("the socket's handshake broke: {error}"),
        }
    }

    /// The next thing heard within `most`; none when it stayed silent.
    ///
    /// # Panics
    /// When the line breaks without a close.
    pub fn hear(&mut self, most: Duration) -> Option<Heard> {
        self.line.get_ref().set_read_timeout(Some(most)).expect("a socket");
        let heard = |text, code| Some(Heard { text, code, at: moment() });
        loop {
            match self.line.read() {
                Ok(Message::Text(text)) => return heard(Some(text.to_string()), None),
                Ok(Message::Close(frame)) => return heard(None, frame.map(|frame| frame.code.into())),
                Ok(_) => {}
                Err(Error::ConnectionClosed | Error::AlreadyClosed | Error::Protocol(_)) => {
                    return heard(None, None);
                }
                Err(Error::Io(error))
                    if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) =>
                {
                    return None;
                }
                Err(error) => panic!("the socket broke: {error}"),
            }
        }
    }
}
