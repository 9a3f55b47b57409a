//! Two witnesses for what a hostile file may not cause: a file that nobody may open, and a port of this machine
//! that nobody may call.

use std::fs;
use std::io::ErrorKind;
use std::mem::MaybeUninit;
use std::net::{SocketAddr, TcpListener};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::fs::inotify;

/// The witnesses.
pub(crate) struct Watch {
    pub(crate) canary: PathBuf,
    pub(crate) port: SocketAddr,
    opened: OwnedFd,
    listener: TcpListener,
}

impl Watch {
    /// A canary in `folder` and a listener on loopback.
    pub(crate) fn new(folder: &Path) -> Self {
        let canary = folder.join("canary.ts"); // a name that ffmpeg lets playlists point at
        fs::write(&canary, "the secret of the house\n").expect("written");
        let opened = inotify::init(inotify::CreateFlags::NONBLOCK).expect("inotify");
        let what = inotify::WatchFlags::OPEN | inotify::WatchFlags::ACCESS;
        inotify::add_watch(&opened, &canary, what).expect("watched");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.set_nonblocking(true).expect("nonblocking");
        let port = listener.local_addr().expect("an address");
        Self { canary, port, opened, listener }
    }

    /// Whether the canary was opened or read since the last question.
    pub(crate) fn canary_was_read(&self) -> bool {
        let mut room = [MaybeUninit::uninit(); 4096];
        let mut events = inotify::Reader::new(&self.opened, &mut room);
        events.next().is_ok()
    }

    /// Whether somebody called since the last question.
    pub(crate) fn was_called(&self) -> bool {
        match self.listener.accept() {
            Ok(_) => true,
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::WouldBlock);
                false
            }
        }
    }

    /// Both witnesses saw nothing.
    pub(crate) fn assert_quiet(&self, what: &str) {
        assert!(!self.canary_was_read(), "{what}: the canary was read");
        assert!(!self.was_called(), "{what}: the listener was called");
    }
}

#[test]
fn the_witnesses_see() {
    let folder = tempfile::tempdir().expect("a folder");
    let watch = Watch::new(folder.path());
    watch.assert_quiet("nothing happened yet");
    drop(fs::read(&watch.canary));
    assert!(watch.canary_was_read() && !watch.canary_was_read());
    let call = std::net::TcpStream::connect(watch.port).expect("connected");
    assert!(watch.was_called() && !watch.was_called());
    drop(call);
}
