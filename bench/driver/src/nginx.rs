//! nginx with two sites over the same files: `secure_link_md5`, and `auth_request` to an upstream that says yes.

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use md5::{Digest, Md5};
use rustix::process::Signal;

use crate::child::{self, Server};
use crate::machine;

const SECRET: &str = "a secret of the benchmark";
const LINK_LASTS: Duration = Duration::from_secs(3_600);

/// A running nginx.
pub(crate) struct Nginx {
    pub(crate) server: Server,
    pub(crate) secure_port: u16,
    pub(crate) asking_port: u16,
}

/// True when it is installed.
pub(crate) fn is_there() -> bool {
    machine::find("nginx").is_some()
}

impl Nginx {
    /// Starts it in `folder`; it serves the files in `folder/files`.
    pub(crate) fn start(folder: &Path) -> Result<Self> {
        let [secure_port, asking_port, gate_port] =
            [child::free_port()?, child::free_port()?, child::free_port()?];
        let config = folder.join("nginx.conf");
        std::fs::write(&config, text(folder, secure_port, asking_port, gate_port))?;
        let mut command = child::command(machine::find("nginx").unwrap_or_else(|| "nginx".into()), None);
        command.arg("-p").arg(folder).arg("-c").arg(&config).args(["-e", "stderr"]);
        let server = Server::start(command, secure_port, Signal::TERM, &folder.join("nginx.log"))?;
        Ok(Self { server, secure_port, asking_port })
    }

    /// The path of a file with a link that is good for an hour.
    pub(crate) fn secure_path(file: &str) -> Result<String> {
        let expires = (SystemTime::now().duration_since(UNIX_EPOCH)? + LINK_LASTS).as_secs();
        let digest = Md5::digest(format!("{expires}/{file}127.0.0.1 {SECRET}"));
        Ok(format!("/{file}?md5={}&expires={expires}", URL_SAFE_NO_PAD.encode(digest)))
    }
}

/// Two workers, sendfile, no access log, connections that stay: nginx at its best on two cores. Open files are kept
/// open too, as our own server may do.
fn text(folder: &Path, secure_port: u16, asking_port: u16, gate_port: u16) -> String {
    let user = if child::is_root() { "user root;" } else { "" };
    let files = folder.join("files");
    let files = files.display();
    format!(
        r#"daemon off; {user} worker_processes 2; pid nginx.pid; error_log stderr error;
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; tcp_nopush on; tcp_nodelay on;
  keepalive_timeout 600; keepalive_requests 1000000000;
  open_file_cache max=1000 inactive=600s; open_file_cache_valid 600s;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  types {{ video/iso.segment m4s; }}
  upstream gate {{ server 127.0.0.1:{gate_port}; keepalive 128; keepalive_requests 1000000000; }}
  server {{
    listen 127.0.0.1:{secure_port} backlog=1024;
    location / {{
      root {files};
      secure_link $arg_md5,$arg_expires;
      secure_link_md5 "$secure_link_expires$uri$remote_addr {SECRET}";
      if ($secure_link = "") {{ return 403; }}
      if ($secure_link = "0") {{ return 410; }}
    }}
  }}
  server {{
    listen 127.0.0.1:{asking_port} backlog=1024;
    location / {{ root {files}; auth_request /gate; }}
    location = /gate {{
      internal; proxy_pass http://gate; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_pass_request_body off; proxy_set_header Content-Length "";
    }}
  }}
  server {{ listen 127.0.0.1:{gate_port} backlog=1024; location / {{ return 204; }} }}
}}
"#
    )
}
