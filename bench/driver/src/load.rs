//! Load over keep-alive connections: as many requests as the server answers, one at a time on each connection.
//!
//! Every answer is judged. Bodies that nobody wants to compare are thrown away inside the kernel (`MSG_TRUNC`), so
//! that the client takes as little as possible of the CPU that it shares with the server.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::buffer::spare_capacity;
use rustix::event::{Timespec, epoll};
use rustix::fd::OwnedFd;
use rustix::io::Errno;
use rustix::net::{RecvFlags, recv};

use crate::answer::Head;

/// Room for a head; what follows in the first read is the beginning of the body.
const HEAD_MOST: usize = 4 * 1_024;
/// Bytes taken from a socket at once.
const GULP: usize = 256 * 1_024;
/// A server that says nothing for so long is broken.
const SILENCE: Timespec = Timespec { tv_sec: 15, tv_nsec: 0 };

/// What a thread of clients asks, and what it thinks of the answers.
pub(crate) trait Client: Send {
    /// What each connection asks first, once. It is not counted as an answer.
    fn greeting(&self) -> Option<&[u8]> {
        None
    }

    /// Writes the next request; false when there is nothing left to ask for.
    fn ask(&mut self, out: &mut Vec<u8>) -> bool;

    /// Judges the head of an answer.
    fn judge(&mut self, head: &Head<'_>) -> Result<Body>;

    /// Judges a whole body that [`Client::judge`] wanted to see.
    fn compare(&mut self, body: &[u8]) -> Result<()>;
}

/// Whether a body's bytes are looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Body {
    Counted,
    Compared,
}

/// Runs one thread for each client, the connections spread over them, for `time` and until the last answer is there;
/// shorter when there is nothing left to ask for. Answers how many there were.
///
/// # Errors
/// At the first bad answer.
pub(crate) fn run<C: Client>(
    port: u16,
    connections: usize,
    time: Duration,
    clients: &mut [C],
) -> Result<u64> {
    let share = connections.div_ceil(clients.len());
    std::thread::scope(|scope| {
        let threads: Vec<_> = clients
            .iter_mut()
            .map(|client| scope.spawn(move || Crowd::enter(port, share, client)?.stay(time)))
            .collect();
        let counts = threads.into_iter().map(|thread| match thread.join() {
            Ok(count) => count,
            Err(_) => bail!("a load thread panicked"),
        });
        counts.sum()
    })
}

/// The connections of one thread.
struct Crowd<'a, C> {
    client: &'a mut C,
    epoll: OwnedFd,
    connections: Vec<Connection>,
    gulp: Vec<u8>,
    question: Vec<u8>,
}

struct Connection {
    stream: TcpStream,
    head: Vec<u8>,
    /// None while the head is not whole.
    rest: Option<Rest>,
}

/// What is still to come of a body.
struct Rest {
    bytes: usize,
    kept: Option<Vec<u8>>,
}

impl<'a, C: Client> Crowd<'a, C> {
    fn enter(port: u16, count: usize, client: &'a mut C) -> Result<Self> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let mut connections = Vec::new();
        for at in 0..count {
            let stream = TcpStream::connect(("127.0.0.1", port))?;
            stream.set_nodelay(true)?;
            if let Some(greeting) = client.greeting() {
                greet(&stream, greeting)?;
            }
            stream.set_nonblocking(true)?;
            epoll::add(&epoll, &stream, epoll::EventData::new_u64(at as u64), epoll::EventFlags::IN)?;
            connections.push(Connection { stream, head: Vec::with_capacity(HEAD_MOST), rest: None });
        }
        Ok(Self { client, epoll, connections, gulp: vec![0; GULP], question: Vec::new() })
    }

    fn stay(mut self, time: Duration) -> Result<u64> {
        let until = Instant::now() + time;
        let (mut answers, mut open) = (0, 0);
        for at in 0..self.connections.len() {
            open += usize::from(self.ask(at)?);
        }
        let mut events = Vec::with_capacity(self.connections.len());
        while open > 0 {
            events.clear();
            match epoll::wait(&self.epoll, spare_capacity(&mut events), Some(&SILENCE)) {
                Ok(0) => bail!("no answer for {} s", SILENCE.tv_sec),
                Ok(_) => {}
                Err(Errno::INTR) => continue,
                Err(error) => return Err(error.into()),
            }
            for event in &events {
                let at = usize::try_from(event.data.u64())?;
                if !self.listen(at)? {
                    continue;
                }
                answers += 1;
                if Instant::now() >= until || !self.ask(at)? {
                    open -= 1;
                }
            }
        }
        Ok(answers)
    }

    fn ask(&mut self, at: usize) -> Result<bool> {
        self.question.clear();
        let asks = self.client.ask(&mut self.question);
        if asks {
            // A request fits into an idle socket's buffer, so this never blocks.
            self.connections[at].stream.write_all(&self.question).context("cannot send a request")?;
        }
        Ok(asks)
    }

    /// Reads what is there; true when an answer is whole and good.
    fn listen(&mut self, at: usize) -> Result<bool> {
        let Connection { stream, head, rest } = &mut self.connections[at];
        let Some(rest) = rest else {
            let room = HEAD_MOST - head.len();
            if room == 0 {
                bail!("an answer's head is too long");
            }
            let got = take(stream, &mut self.gulp[..room], RecvFlags::empty())?;
            head.extend_from_slice(&self.gulp[..got]);
            return self.begin(at);
        };
        let most = rest.bytes.min(GULP);
        let flags = if rest.kept.is_some() { RecvFlags::empty() } else { RecvFlags::TRUNC };
        let got = take(stream, &mut self.gulp[..most], flags)?;
        if let Some(kept) = &mut rest.kept {
            kept.extend_from_slice(&self.gulp[..got]);
        }
        rest.bytes -= got;
        self.finish(at)
    }

    fn begin(&mut self, at: usize) -> Result<bool> {
        let Connection { head: bytes, rest, .. } = &mut self.connections[at];
        let Some(head) = Head::read(bytes)? else { return Ok(false) };
        let body = self.client.judge(&head)?;
        let begun = &bytes[head.end..];
        let Some(left) = head.length.checked_sub(begun.len()) else { bail!("an answer is too long") };
        let kept = (body == Body::Compared).then(|| begun.to_vec());
        *rest = Some(Rest { bytes: left, kept });
        self.finish(at)
    }

    fn finish(&mut self, at: usize) -> Result<bool> {
        let Connection { head, rest, .. } = &mut self.connections[at];
        if rest.as_ref().is_none_or(|rest| rest.bytes > 0) {
            return Ok(false);
        }
        head.clear();
        if let Some(Rest { kept: Some(body), .. }) = rest.take() {
            self.client.compare(&body)?;
        }
        Ok(true)
    }
}

/// Asks, and waits for the whole of a good answer.
fn greet(mut stream: &TcpStream, greeting: &[u8]) -> Result<()> {
    stream.write_all(greeting)?;
    let mut answer = Vec::new();
    loop {
        let mut piece = [0; HEAD_MOST];
        let got = stream.read(&mut piece)?;
        if got == 0 {
            bail!("the server hung up");
        }
        answer.extend_from_slice(&piece[..got]);
        match Head::read(&answer)? {
            Some(head) if head.status != 200 => bail!("a greeting was answered with {}", head.status),
            Some(head) if answer.len() >= head.end + head.length => return Ok(()),
            _ => {}
        }
    }
}

fn take(stream: &TcpStream, room: &mut [u8], flags: RecvFlags) -> Result<usize> {
    match recv(stream, room, flags) {
        Ok((_, 0)) => bail!("the server hung up"),
        Ok((_, got)) => Ok(got),
        Err(Errno::AGAIN | Errno::INTR) => Ok(0),
        Err(error) => Err(error).context("cannot read an answer"),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::net::TcpListener;

    use super::*;

    struct Reader {
        compared: usize,
        asks: usize,
    }

    impl Client for Reader {
        fn ask(&mut self, out: &mut Vec<u8>) -> bool {
            out.extend_from_slice(b"ask\n");
            let asks = self.asks > 0;
            self.asks = self.asks.saturating_sub(1);
            asks
        }

        fn judge(&mut self, head: &Head<'_>) -> Result<Body> {
            if head.status == 200 { Ok(Body::Compared) } else { bail!("status {}", head.status) }
        }

        fn compare(&mut self, body: &[u8]) -> Result<()> {
            self.compared += 1;
            if body == b"hello" { Ok(()) } else { bail!("other bytes") }
        }
    }

    /// A server that answers each of ten questions in two pieces and then hangs up.
    fn serve(answer: &'static str) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.set_nodelay(true).unwrap();
            for _ in 0..10 {
                let mut question = [0; 4];
                if stream.read_exact(&mut question).is_err() {
                    return;
                }
                let (one, other) = answer.split_at(answer.len() - 2);
                stream.write_all(one.as_bytes()).unwrap();
                std::thread::sleep(Duration::from_millis(1));
                stream.write_all(other.as_bytes()).unwrap();
            }
        });
        port
    }

    #[test]
    fn whole_answers_are_counted_and_compared() {
        let port = serve("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
        let mut clients = [Reader { compared: 0, asks: usize::MAX }];
        let answers = run(port, 1, Duration::ZERO, &mut clients).unwrap();
        assert_eq!((answers, clients[0].compared), (1, 1));
    }

    #[test]
    fn a_run_ends_when_there_is_nothing_left_to_ask_for() {
        let port = serve("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
        let mut clients = [Reader { compared: 0, asks: 3 }];
        assert_eq!(run(port, 1, Duration::from_secs(60), &mut clients).unwrap(), 3);
        assert_eq!(run(port, 1, Duration::from_secs(60), &mut [Reader { compared: 0, asks: 0 }]).unwrap(), 0);
    }

    #[test]
    fn bad_answers_and_broken_lines_are_errors() {
        let second = Duration::from_secs(1);
        for answer in [
            "HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhullo",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        ] {
            assert!(
                run(serve(answer), 1, second, &mut [Reader { compared: 0, asks: usize::MAX }]).is_err(),
                "{answer}"
            );
        }
    }
}
