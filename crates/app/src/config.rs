//! What an `App` is told when it opens. Reading files and the environment is the binary's part.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use domain::{SiteRole, Span};
use signin::oidc::Client;
use store::Engine;
use store::mail::Ceilings;

/// A process without a heartbeat for this long is dead: nobody waits for it, its jobs are free.
pub(crate) const DEAD_AFTER: Span = Span::from_secs(10);

/// A site that vouches for people, and what its word counts for here.
#[derive(Debug, Clone)]
pub struct ProviderSettings {
    /// Short name: part of addresses.
    pub name: String,
    /// What its button says.
    pub label: String,
    /// How the site is known there.
    pub client: Client,
    /// Domains for whose addresses its word counts; none given: all.
    pub trusted_domains: Vec<String>,
    /// Whether an address counts as proved when the provider says neither that it is nor that it is not.
    pub assume_email_verified: bool,
    /// Groups here by what its claim says.
    pub groups: BTreeMap<String, String>,
    /// Site roles by what its claim says. With any, it decides its people's role.
    pub roles: BTreeMap<String, SiteRole>,
    /// Whether somebody without an account gets one.
    pub create_members: bool,
}

/// Settings of one process.
#[derive(Debug, Clone)]
pub struct Config {
    /// The folder of everything that is kept, keys included.
    pub data: PathBuf,
    /// Where rows are kept.
    pub engine: Engine,
    /// `https://host` in front of links that people send; no slash at the end.
    pub public_url: String,
    /// The name of the site.
    pub site_name: String,
    /// Largest upload.
    pub upload_max_bytes: u64,
    /// Uploads stop when less than this is free, so that entries and playback go on.
    pub disk_floor_bytes: u64,
    /// An unfinished upload is given up after this long without a byte.
    pub upload_expires: Duration,
    /// The ffmpeg program; none: looked for in the usual places.
    pub ffmpeg: Option<PathBuf>,
    /// How many files are processed at the same time. 0 leaves the work to other processes.
    pub jobs_at_once: usize,
    /// The mail server; none: mail is off.
    pub mail: Option<mail::Settings>,
    /// Sites that vouch for people.
    pub oidc: Vec<ProviderSettings>,
    /// How much mail may be queued in an hour and a day.
    pub mail_ceilings: Ceilings,
}

impl Config {
    /// The defaults, for a data folder: SQLite inside it.
    pub fn for_folder(data: PathBuf) -> Self {
        Self {
            engine: Engine::Sqlite { file: data.join("anteroom.sqlite3") },
            data,
            public_url: "http://localhost:8080".into(),
            site_name: "Anteroom".into(),
            upload_max_bytes: 20 << 30,
            disk_floor_bytes: 1 << 30,
            upload_expires: Duration::from_secs(7 * 24 * 3_600),
            ffmpeg: None,
            jobs_at_once: 1,
            mail: None,
            oidc: Vec::new(),
            mail_ceilings: Ceilings::default(),
        }
    }
}
