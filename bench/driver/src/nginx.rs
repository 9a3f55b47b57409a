//! nginx with two sites over the same files: `secure_link_md5`, and `auth_request` to an upstream that says yes; and
//! nginx in front of Anteroom.

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
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

/// nginx in front of Anteroom, with the lines that the README gives.
pub(crate) struct Proxy {
    pub(crate) server: Server,
    pub(crate) port: u16,
}

impl Proxy {
    pub(crate) fn start(folder: &Path, to: u16) -> Result<Self> {
        let port = child::free_port()?;
        let own = folder.join("proxy");
        std::fs::create_dir_all(&own)?;
        let config = own.join("nginx.conf");
        let user = if child::is_root() { "user root;" } else { "" };
        let site = lines_of(&std::fs::read_to_string("README.md").context("no README.md here")?, port, to)?;
        std::fs::write(
            &config,
            format!(
                "daemon off; {user} worker_processes 2; pid nginx.pid; error_log stderr error;\n\
                 events {{ worker_connections 4096; }}\nhttp {{ access_log off;\n{site}\n}}\n"
            ),
        )?;
        let mut command = child::command(machine::find("nginx").unwrap_or_else(|| "nginx".into()), None);
        command.arg("-p").arg(&own).arg("-c").arg(&config).args(["-e", "stderr"]);
        let server = Server::start(command, port, Signal::TERM, &folder.join("proxy.log"))?;
        Ok(Self { server, port })
    }
}

/// The README's block for nginx, at ports of ours and without certificates.
fn lines_of(readme: &str, port: u16, to: u16) -> Result<String> {
    let block = readme.split("```nginx\n").nth(1).and_then(|rest| rest.split("```").next());
    let block = block.context("the README has no lines for nginx")?;
    ensure!(block.contains("443 ssl") && block.contains("127.0.0.1:8080"), "the README's ports are others");
    let lines = block.lines().filter(|line| !line.trim_start().starts_with("ssl_certificate"));
    let text = lines.collect::<Vec<_>>().join("\n");
    Ok(text
        .replace("443 ssl", &format!("127.0.0.1:{port}"))
        .replace("127.0.0.1:8080", &format!("127.0.0.1:{to}")))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_has_lines_for_nginx() {
        let text = lines_of(include_str!("../../../README.md"), 1, 2).unwrap();
        assert!(
            text.contains("listen 127.0.0.1:1") && text.contains("proxy_pass http://127.0.0.1:2;"),
            "{text}"
        );
        assert!(!text.contains("ssl"), "{text}");
    }
}
