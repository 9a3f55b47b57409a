//! Uploading with tus 1.0 as a browser does, and waiting until the item can be watched.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::prelude::BASE64_STANDARD as BASE64;
use ureq::http::StatusCode;

use super::http::{Visitor, demand};
use crate::tree::Tree;

/// Bytes per PATCH: several, so that the demo shows what an interrupted upload would resume.
const CHUNK: u64 = 4 * 1024 * 1024;
const GLANCE: Duration = Duration::from_millis(500);

/// Sends a file and returns the id of the item that it became.
pub(super) fn send(tree: &Tree, visitor: &Visitor, file: &Path) -> Result<String> {
    let size = file.metadata()?.len();
    let name = file.file_name().context("a file has a name")?.to_string_lossy().into_owned();
    let title = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let metadata = format!("filename {},title {}", BASE64.encode(&name), BASE64.encode(&title));
    let request = visitor.post("/api/uploads").header("tus-resumable", "1.0.0");
    let request = request.header("upload-length", size.to_string()).header("upload-metadata", metadata);
    let answer = request.send_empty()?;
    let header =
        |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (location, item) = (header("location"), header("anteroom-item"));
    if answer.status() != StatusCode::CREATED {
        demand("create the upload", answer)?;
        bail!("cannot create the upload: the answer was not 201");
    }
    let location = location.context("the upload has no location")?;

    let mut source = File::open(file)?;
    let mut offset = 0;
    while offset < size {
        tree.go_on()?;
        let mut chunk = Vec::new();
        (&mut source).take(CHUNK).read_to_end(&mut chunk)?;
        let request = visitor.patch(&location).header("tus-resumable", "1.0.0");
        let request = request.header("upload-offset", offset.to_string());
        let request = request.header("content-type", "application/offset+octet-stream");
        offset += chunk.len() as u64;
        demand("upload", request.send(&chunk[..])?)?;
        say(&format!("Uploading {name}: {} %", offset * 100 / size));
    }
    println!();
    item.context("the upload names no item")
}

/// Waits until the item is ready; fails when it failed.
pub(super) fn wait_until_ready(tree: &Tree, visitor: &Visitor, item: &str) -> Result<()> {
    loop {
        tree.go_on()?;
        let view = visitor.item(item)?;
        let percent = view["progress_percent"].as_u64().unwrap_or(0);
        match view["state"].as_str().unwrap_or_default() {
            "ready" => {
                say("Encoding: ready");
                println!();
                return Ok(());
            }
            "failed" | "cancelled" => bail!("the item failed: {}", view["failure"]),
            state => say(&format!("Encoding: {state} {percent} %")),
        }
        std::thread::sleep(GLANCE);
    }
}

/// One line that is written over itself.
fn say(text: &str) {
    print!("\r{text:<60}");
    // A progress line that does not appear is no reason to stop.
    let _ = std::io::stdout().flush();
}
