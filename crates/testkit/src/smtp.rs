//! A real SMTP server of one test's own: aiosmtpd, told how to behave, with every message that it took read by
//! Python's parser.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::machine::{program, wait_for};

/// Debian's own Python has Debian's packages; another that comes first on the path may not.
const PYTHON: &str = "/usr/bin/python3";
const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../mail/tests/smtp");

/// The server. Ends when dropped.
pub struct SmtpPeer {
    child: Child,
    port: u16,
    folder: TempDir,
    _stdin: ChildStdin,
}

impl SmtpPeer {
    /// Starts one without TLS.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts one that offers STARTTLS with the certificate of [`Self::certificate`], for `localhost`.
    pub fn start_with_tls() -> Self {
        Self::start_with(&[Self::file("certificate.pem"), Self::file("key.pem")])
    }

    /// The certificate that it shows.
    pub fn certificate() -> PathBuf {
        Self::file("certificate.pem")
    }

    fn file(name: &str) -> PathBuf {
        PathBuf::from(SCRIPTS).join(name)
    }

    fn start_with(files: &[PathBuf]) -> Self {
        let folder = tempfile::Builder::new().prefix("anteroom-smtp-").tempdir().expect("a folder");
        let mut command = program(PYTHON);
        command.arg(Self::file("peer.py")).arg(folder.path()).args(files);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python with aiosmtpd; run `cargo xtask prepare`");
        let stdin = child.stdin.take().expect("its input");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("its output");
        BufReader::new(stdout).read_line(&mut line).expect("its output is readable");
        let said: Value = serde_json::from_str(&line).expect("aiosmtpd; run `cargo xtask prepare`");
        let port = said["port"].as_u64().and_then(|port| port.try_into().ok()).expect("a port");
        Self { child, port, folder, _stdin: stdin }
    }

    /// Where it listens, on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Behaves so from now on; the modes stand at the top of `peer.py`.
    ///
    /// # Panics
    /// When the file cannot be written.
    pub fn behave(&self, mode: &str) {
        let (aside, file) = (self.folder.path().join("mode.new"), self.folder.path().join("mode"));
        std::fs::write(&aside, mode).and_then(|()| std::fs::rename(aside, file)).expect("a mode");
    }

    /// Lets the messages that wait for an answer have it.
    ///
    /// # Panics
    /// When the file cannot be written.
    pub fn go(&self) {
        std::fs::write(self.folder.path().join("go"), "").expect("a file");
    }

    /// How many messages it has taken.
    pub fn count(&self) -> usize {
        (1..).take_while(|number| self.folder.path().join(format!("{number}.json")).is_file()).count()
    }

    /// A message, counted from 1; waits for it.
    ///
    /// # Panics
    /// When none came.
    pub fn message(&self, number: usize) -> Value {
        let file = self.folder.path().join(format!("{number}.json"));
        let text = wait_for("a message", Duration::from_secs(60), || std::fs::read_to_string(&file).ok());
        serde_json::from_str(&text).expect("JSON")
    }

    /// Its bytes, as they were sent.
    ///
    /// # Panics
    /// When there is none.
    pub fn bytes(&self, number: usize) -> Vec<u8> {
        std::fs::read(self.folder.path().join(format!("{number}.eml"))).expect("a message")
    }
}

impl Drop for SmtpPeer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
