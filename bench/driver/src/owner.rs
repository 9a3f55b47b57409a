//! What happens before a guest can watch, all of it through the API: sign in, upload, make a link; then the guest
//! enters and opens a viewing.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::anteroom::{Anteroom, EMAIL, PASSWORD, Running};
use crate::http::{Visitor, demand};
use crate::{clip, stop};

const TICKET: &str = "__Secure-anteroom-ticket";
const READY_WITHIN: Duration = Duration::from_secs(120);

/// A published item with an open guest link.
pub(crate) struct Shared {
    item: String,
    token: String,
    owner: Visitor,
}

/// A guest's open viewing of it.
pub(crate) struct Watching {
    visitor: Visitor,
    viewing: String,
}

/// Anteroom with a published item and an open door, and the folder of the item's published files.
pub(crate) fn open_shared(folder: &Path) -> Result<(Running, Shared, PathBuf)> {
    let anteroom = Anteroom::new(Anteroom::binary()?, &folder.join("ours"), None);
    anteroom.create_owner()?;
    let running = anteroom.start()?;
    let shared = share(running.port, &clip::make(folder)?)?;
    let versions = std::fs::read_dir(anteroom.data.join("media").join(&shared.item))?;
    let newest = versions.flatten().map(|entry| entry.path()).max().context("nothing was published")?;
    Ok((running, shared, newest))
}

/// Uploads `file` as the owner, waits until it can be watched, and makes a guest link.
fn share(port: u16, file: &Path) -> Result<Shared> {
    let mut owner = Visitor::new(port);
    let answer = owner.post("/api/sign-in").send_json(json!({"email": EMAIL, "password": PASSWORD}))?;
    owner.keep(answer.headers());
    demand("sign in", answer)?;
    let item = upload(&owner, file)?;
    let begun = Instant::now();
    loop {
        stop::go_on()?;
        let view = demand("read the item", owner.get(&format!("/api/items/{item}")).call()?)?;
        match view["state"].as_str().unwrap_or_default() {
            "ready" => break,
            "failed" | "cancelled" => bail!("the clip could not be processed: {}", view["failure"]),
            _ if begun.elapsed() > READY_WITHIN => bail!("the clip was not processed in time"),
            _ => std::thread::sleep(Duration::from_millis(100)),
        }
    }
    let path = format!("/api/items/{item}/guest-access");
    demand("switch guest access on", owner.put(&path).send_json(json!({"enabled": true}))?)?;
    let path = format!("/api/items/{item}/guest-links");
    let made = demand("make a link", owner.post(&path).send_json(json!({"name": "Everyone"}))?)?;
    let url = made["url"].as_str().context("the link has no URL")?;
    let token = url.rsplit('/').next().unwrap_or_default().to_owned();
    Ok(Shared { item, token, owner })
}

impl Shared {
    /// Opens the door again.
    pub(crate) fn open_door(&self) -> Result<()> {
        self.switch(&json!({"enabled": true})).map(drop)
    }

    /// Closes the door and ends every viewing now.
    pub(crate) fn end_now(&self) -> Result<()> {
        let said = self.switch(&json!({"enabled": false, "closing": {"mode": "now"}}))?;
        ensure!(said["closed"]["confirmed"] == true, "the end was not confirmed: {said}");
        Ok(())
    }

    fn switch(&self, body: &Value) -> Result<Value> {
        let path = format!("/api/items/{}/guest-access", self.item);
        demand("switch guest access", self.owner.put(&path).send_json(body)?)
    }
}

fn upload(owner: &Visitor, file: &Path) -> Result<String> {
    let bytes = std::fs::read(file)?;
    let metadata = format!("filename {},title {}", STANDARD.encode("clip.mp4"), STANDARD.encode("Clip"));
    let request =
        owner.post("/api/uploads").header("tus-resumable", "1.0.0").header("upload-metadata", metadata);
    let answer = request.header("upload-length", bytes.len().to_string()).send_empty()?;
    let header = |name: &str| {
        let value = answer.headers().get(name).and_then(|value| value.to_str().ok());
        value.map(str::to_owned).with_context(|| format!("the upload has no {name}"))
    };
    let (place, item) = (header("location"), header("anteroom-item"));
    demand("create the upload", answer)?;
    let request = owner.patch(&place?).header("tus-resumable", "1.0.0").header("upload-offset", "0");
    let request = request.header("content-type", "application/offset+octet-stream");
    demand("upload", request.send(&bytes[..])?)?;
    item
}

/// Enters as a guest and opens a viewing.
pub(crate) fn enter(port: u16, shared: &Shared) -> Result<Watching> {
    let mut visitor = Visitor::new(port);
    let mut key = [0; 38];
    key[..6].copy_from_slice(
        &(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis() as u64).to_be_bytes()[2..],
    );
    key[6..].fill_with(|| fastrand::u8(..));
    let form_key = URL_SAFE_NO_PAD.encode(key);
    let form = [("name", "Gwen Guest"), ("email", "gwen@example.org"), ("form_key", &form_key)];
    let answer = visitor.post(&format!("/g/{}/enter", shared.token)).send_form(form)?;
    visitor.keep(answer.headers());
    demand("enter", answer)?;
    let mut watching = Watching { visitor, viewing: String::new() };
    watching.open(shared)?;
    Ok(watching)
}

impl Watching {
    /// Opens one more viewing, which is the one from now on.
    pub(crate) fn open(&mut self, shared: &Shared) -> Result<()> {
        let answer = self.visitor.post("/api/viewings").send_json(json!({"item": shared.item}))?;
        self.visitor.keep(answer.headers());
        let opened = demand("open a viewing", answer)?;
        self.viewing = opened["viewing"].as_str().context("the viewing has no id")?.to_owned();
        Ok(())
    }

    /// The ticket, as a `Cookie` header.
    pub(crate) fn ticket(&self) -> Result<&str> {
        self.visitor.cookie(TICKET)
    }

    /// Where a media file of the item is fetched.
    pub(crate) fn path(&self, file: &str) -> String {
        format!("/m/{}/{file}", self.viewing)
    }

    /// A fresh ticket, as a `Cookie` header: it is good for a minute.
    pub(crate) fn renew(&mut self) -> Result<String> {
        let answer = self.visitor.post(&self.path("renew")).send_empty()?;
        self.visitor.keep(answer.headers());
        demand("renew the ticket", answer)?;
        Ok(self.visitor.cookie(TICKET)?.to_owned())
    }
}
