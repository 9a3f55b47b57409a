//! Settings of the process: defaults, then the file `anteroom.toml` in the data folder or where `--config` says,
//! then the environment (`ANTEROOM_…`), then flags. A bad value is answered with its key, its place and what is
//! allowed.

mod mail;
mod oidc;
mod place;
mod size;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use app::Config;
use app::store::Engine;
use clap::Args;
use figment::Figment;
use figment::error::Kind;
use figment::providers::{Env, Format, Serialized, Toml};
use serde::{Deserialize, Serialize};
use server::Network;

/// Where the site is: for every command, before or behind its name.
#[derive(Debug, Args)]
#[command(next_help_heading = "Where the site is")]
pub(crate) struct Flags {
    /// Folder of everything that is kept [default: data] [also: ANTEROOM_DATA]
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Settings file [default: DIR/anteroom.toml, if there]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// `sqlite`, in the folder, or `postgres://user:password@host/database` [default: sqlite] [also: database, ANTEROOM_DATABASE]
    #[arg(long, global = true, value_name = "URL")]
    database: Option<String>,
}

/// Flags that some commands have.
#[derive(Debug, Default)]
pub(crate) struct OwnFlags {
    pub(crate) listen: Option<SocketAddr>,
    pub(crate) public_url: Option<String>,
}

/// The file's keys.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    listen: String,
    database: String,
    public_url: Option<String>,
    site_name: String,
    trusted_proxies: Vec<String>,
    #[serde(deserialize_with = "size::read")]
    upload_max_bytes: u64,
    upload_expires_hours: u64,
    #[serde(deserialize_with = "size::read")]
    disk_floor_bytes: u64,
    ffmpeg: Option<PathBuf>,
    jobs_at_once: usize,
    log: String,
    #[serde(default)]
    mail: mail::Table,
    #[serde(default)]
    oidc: Vec<oidc::Table>,
}

/// The same keys, as they may come from the environment.
const KEYS: &[&str] = &[
    "listen",
    "database",
    "public_url",
    "site_name",
    "trusted_proxies",
    "upload_max_bytes",
    "upload_expires_hours",
    "disk_floor_bytes",
    "ffmpeg",
    "jobs_at_once",
    "log",
];

/// First words of `ANTEROOM_…` variables that are for others: our own tests and tools, and what orchestrators tell
/// each container about a service named "anteroom".
const OTHERS: &[&str] = &["TEST", "BIN", "SERVICE", "PORT"];

impl Default for File {
    fn default() -> Self {
        let config = Config::for_folder(PathBuf::new());
        Self {
            listen: "127.0.0.1:8080".into(),
            database: "sqlite".into(),
            public_url: None,
            site_name: config.site_name,
            trusted_proxies: vec!["127.0.0.0/8".into(), "::1".into()],
            upload_max_bytes: config.upload_max_bytes,
            upload_expires_hours: config.upload_expires.as_secs() / 3_600,
            disk_floor_bytes: config.disk_floor_bytes,
            ffmpeg: None,
            jobs_at_once: config.jobs_at_once,
            log: "info".into(),
            mail: mail::Table::default(),
            oidc: Vec::new(),
        }
    }
}

/// Everything a command needs to know.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) listen: SocketAddr,
    pub(crate) log: String,
    app: Config,
    pub(crate) server: server::Settings,
}

impl Settings {
    /// What the app is told. A site without a name of its own is this machine's, at the port where it listens.
    pub(crate) fn app_at(&self, port: u16) -> Config {
        let mut config = self.app.clone();
        if config.public_url.is_empty() {
            config.public_url = format!("http://localhost:{port}");
        }
        config
    }

    /// The same for a command beside a server.
    pub(crate) fn app_beside(&self) -> Config {
        self.app_at(self.listen.port())
    }

    /// Reads the settings from all four places.
    pub(crate) fn read(flags: &Flags, own: OwnFlags) -> anyhow::Result<Self> {
        refuse_unknown_variables()?;
        let data = data_folder(flags);
        let named = flags.config.clone();
        if let Some(file) = named.as_ref().filter(|file| !file.is_file()) {
            bail!("the settings file {} is not there", file.display());
        }
        let file = named.unwrap_or_else(|| data.join("anteroom.toml"));
        let figment = Figment::from(Serialized::defaults(File::default()))
            .merge(Toml::file(&file))
            .merge(Env::prefixed("ANTEROOM_").only(KEYS))
            .merge(Env::prefixed("ANTEROOM_MAIL_").only(mail::KEYS).map(|key| format!("mail.{key}").into()));
        let mut read: File = figment.extract().map_err(|error| anyhow!("{}", explain(&error)))?;
        if let Some(listen) = own.listen {
            read.listen = listen.to_string();
        }
        if let Some(database) = &flags.database {
            read.database.clone_from(database);
        }
        if own.public_url.is_some() {
            read.public_url = own.public_url;
        }
        Self::check(data, read)
    }

    fn check(data: PathBuf, file: File) -> anyhow::Result<Self> {
        let engine = match file.database.as_str() {
            "sqlite" => Engine::Sqlite { file: data.join("anteroom.sqlite3") },
            url if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
                Engine::Postgres { url: url.to_owned() }
            }
            _ => bail!("database: must be \"sqlite\" or begin with \"postgres://\""),
        };
        let listen = file.listen.parse().map_err(|_| {
            anyhow!("listen: {:?} is not allowed; write it like 127.0.0.1:8080 or [::]:8080", file.listen)
        })?;
        let networks = file.trusted_proxies.iter().map(|text| text.parse::<Network>());
        let trusted_proxies = networks.collect::<Result<_, _>>().context("trusted_proxies")?;
        let config = Config {
            data,
            engine,
            public_url: file.public_url.as_deref().map(checked_url).transpose()?.unwrap_or_default(),
            site_name: checked_name(file.site_name)?,
            upload_max_bytes: in_range("upload_max_bytes", file.upload_max_bytes, 1, 1 << 42)?,
            disk_floor_bytes: in_range("disk_floor_bytes", file.disk_floor_bytes, 0, 1 << 50)?,
            upload_expires: Duration::from_secs(
                in_range("upload_expires_hours", file.upload_expires_hours, 1, 8_760)? * 3_600,
            ),
            ffmpeg: file.ffmpeg,
            jobs_at_once: in_range("jobs_at_once", file.jobs_at_once as u64, 0, 64)? as usize,
            mail: file.mail.server()?,
            oidc: oidc::read(file.oidc)?,
            mail_ceilings: file.mail.ceilings()?,
        };
        Ok(Self { listen, log: file.log, app: config, server: server::Settings { trusted_proxies } })
    }
}

/// A mistyped variable must not pass for a setting that was made.
fn refuse_unknown_variables() -> anyhow::Result<()> {
    let variables = std::env::vars_os();
    let unknown = variables
        .filter_map(|(name, _)| name.into_string().ok())
        .find(|name| name.strip_prefix("ANTEROOM_").is_some_and(|key| !is_known_variable(key)));
    match unknown {
        None => Ok(()),
        Some(name) => {
            let keys: Vec<String> = KEYS.iter().map(|key| key.to_ascii_uppercase()).collect();
            bail!(
                "{name} (in the environment) is no setting; after ANTEROOM_ there may stand DATA, {}, and MAIL_ with \
                 a key of the mail table",
                keys.join(", ")
            )
        }
    }
}

fn is_known_variable(key: &str) -> bool {
    let first_word = key.split('_').next().unwrap_or_default();
    let is_setting = ["data"].iter().chain(KEYS).any(|known| key.eq_ignore_ascii_case(known));
    let is_mail = key.to_ascii_lowercase().strip_prefix("mail_").is_some_and(|key| mail::KEYS.contains(&key));
    is_setting || is_mail || OTHERS.contains(&first_word)
}

fn data_folder(flags: &Flags) -> PathBuf {
    #[expect(clippy::disallowed_methods, reason = "the environment comes in here")]
    let named = std::env::var_os("ANTEROOM_DATA").map(PathBuf::from);
    flags.data.clone().or(named).unwrap_or_else(|| PathBuf::from("data"))
}

fn in_range(key: &str, value: u64, least: u64, most: u64) -> anyhow::Result<u64> {
    if (least..=most).contains(&value) {
        Ok(value)
    } else {
        bail!("{key}: {value} is not allowed; it must be from {least} to {most}")
    }
}

fn checked_name(name: String) -> anyhow::Result<String> {
    if name.trim().is_empty() || name.chars().count() > 80 || name.chars().any(char::is_control) {
        bail!("site_name: {name:?} is not allowed; it must have from 1 to 80 characters");
    }
    Ok(name)
}

fn checked_url(url: &str) -> anyhow::Result<String> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    match rest.map(|rest| rest.strip_suffix('/').unwrap_or(rest)) {
        Some(authority) if is_authority(authority) => Ok(url.trim_end_matches('/').to_owned()),
        _ => bail!(
            "public_url: {url:?} is not allowed; write it like https://media.example.org, without a path"
        ),
    }
}

/// A host, perhaps with a port.
fn is_authority(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (text, None),
    };
    let is_name =
        |host: &str| !host.is_empty() && host.chars().all(|c| c.is_alphanumeric() || "-.".contains(c));
    let is_host = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => is_name(host),
    };
    is_host && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
}

/// Which key, which value, what is allowed, and where it stands.
fn explain(error: &figment::Error) -> String {
    let one = |error: &figment::Error| {
        let key = error.path.join(".");
        let place = error.metadata.as_ref().map(|metadata| {
            let source = metadata.source.as_ref().map(ToString::to_string);
            source.unwrap_or_else(|| metadata.name.to_string())
        });
        let place = place.map(|place| format!(" (in {place})")).unwrap_or_default();
        let key = if key.is_empty() { String::new() } else { format!("{key}: ") };
        let kind = match &error.kind {
            Kind::InvalidType(found, expected) | Kind::InvalidValue(found, expected) => {
                format!("{found} is not allowed; it must be {}", in_words(expected))
            }
            kind => kind.to_string(),
        };
        format!("{key}{kind}{place}")
    };
    error.clone().into_iter().map(|error| one(&error)).collect::<Vec<_>>().join("\n")
}

/// What Rust expects, as people say it.
fn in_words(expected: &str) -> &str {
    match expected {
        "u64" | "usize" | "u16" | "u32" | "i64" => "a whole number",
        "a string" | "path string" => "a text in quotation marks",
        "a boolean" => "true or false",
        other => other,
    }
}
