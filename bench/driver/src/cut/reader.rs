//! Somebody who watches: asks for segments and remembers when the last byte of one was read.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rustix::net::{AddressFamily, SocketType, sockopt};

use crate::answer::Head;

/// Room in the kernel of whoever reads slowly.
const SLOW_ROOM: usize = 8 * 1_024;
/// 64 KB a second.
const SLOW_BYTES: usize = 16_000;
const SLOW_EVERY: Duration = Duration::from_millis(250);
/// How often a player asks for a segment.
const USUAL_EVERY: Duration = Duration::from_secs(2);
const PATIENCE: Duration = Duration::from_millis(500);

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    /// A segment every two seconds, read at once; beginning at another moment than others.
    Usual { number: usize },
    /// So many requests in one go, read at 64 KB/s.
    Slow { at_once: usize },
}

pub(super) struct Reader {
    port: u16,
    request: String,
    pace: Pace,
    last: Option<Instant>,
}

impl Reader {
    pub(super) fn new(port: u16, path: &str, ticket: &str, pace: Pace) -> Self {
        let request = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {ticket}\r\n\r\n");
        Self { port, request, pace, last: None }
    }

    /// Reads until the end, or until it is told to stop; answers when the last byte of a segment came.
    pub(super) fn read(mut self, stop: &AtomicBool) -> Result<Option<Instant>> {
        match self.pace {
            Pace::Usual { number } => {
                std::thread::sleep(USUAL_EVERY / 1_000 * (number as u32 % 1_000));
                let mut stream = self.connect(None)?;
                while !stop.load(Ordering::Acquire) && self.fetch(&mut stream, stop) {
                    let until = Instant::now() + USUAL_EVERY;
                    while Instant::now() < until && !stop.load(Ordering::Acquire) {
                        std::thread::sleep(Duration::from_millis(50));
                    }
                }
            }
            Pace::Slow { at_once } => {
                let mut stream = self.connect(Some(SLOW_ROOM))?;
                stream.write_all(self.request.repeat(at_once).as_bytes())?;
                self.sip(&mut stream, stop);
            }
        }
        Ok(self.last)
    }

    fn connect(&self, room: Option<usize>) -> Result<TcpStream> {
        let socket = rustix::net::socket(AddressFamily::INET, SocketType::STREAM, None)?;
        if let Some(room) = room {
            sockopt::set_socket_recv_buffer_size(&socket, room)?;
        }
        let to = SocketAddr::from(([127, 0, 0, 1], self.port));
        rustix::net::connect(&socket, &to).context("cannot connect")?;
        let stream = TcpStream::from(socket);
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(stream)
    }

    /// One segment; false when there are no more.
    fn fetch(&mut self, stream: &mut TcpStream, stop: &AtomicBool) -> bool {
        if stream.write_all(self.request.as_bytes()).is_err() {
            return false;
        }
        let mut got = Vec::new();
        let mut piece = vec![0; 64 * 1_024];
        while !stop.load(Ordering::Acquire) {
            match stream.read(&mut piece) {
                Ok(0) => return false,
                Ok(count) => got.extend_from_slice(&piece[..count]),
                Err(error) if is_silence(&error) => continue,
                Err(_) => return false,
            }
            match Head::read(&got) {
                Ok(None) => {}
                Ok(Some(head)) if head.status == 200 => {
                    self.last = Some(Instant::now());
                    if got.len() >= head.end + head.length {
                        return true;
                    }
                }
                Ok(Some(_)) | Err(_) => return false,
            }
        }
        false
    }

    /// Whatever comes is a part of a segment: nothing else was asked for, and refusals end the line.
    fn sip(&mut self, stream: &mut TcpStream, stop: &AtomicBool) {
        let mut piece = vec![0; SLOW_BYTES];
        while !stop.load(Ordering::Acquire) {
            let begun = Instant::now();
            let mut left = SLOW_BYTES;
            while left > 0 && !stop.load(Ordering::Acquire) {
                match stream.read(&mut piece[..left]) {
                    Ok(0) => return,
                    Ok(count) => {
                        self.last = Some(Instant::now());
                        left -= count;
                    }
                    Err(error) if is_silence(&error) => {}
                    Err(_) => return,
                }
            }
            std::thread::sleep(SLOW_EVERY.saturating_sub(begun.elapsed()));
        }
    }
}

fn is_silence(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}
