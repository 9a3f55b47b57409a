//! The table `[mail]`: the server that takes the mail, and how much of it there may be.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use app::mail::{Ceilings, Settings, Tls};
use serde::{Deserialize, Serialize};

use super::in_range;

/// The keys, as they may come from the environment behind `ANTEROOM_MAIL_`.
pub(super) const KEYS: &[&str] = &[
    "host",
    "port",
    "tls",
    "user",
    "password_file",
    "authority_file",
    "from",
    "from_name",
    "owner_hour",
    "owner_day",
    "recipient_hour",
    "recipient_day",
    "codes_hour",
    "site_hour",
    "site_day",
];

/// The table's keys. Without `host` mail is off.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Table {
    host: Option<String>,
    port: Option<u16>,
    tls: String,
    user: Option<String>,
    password_file: Option<PathBuf>,
    authority_file: Option<PathBuf>,
    from: Option<String>,
    from_name: String,
    owner_hour: u64,
    owner_day: u64,
    recipient_hour: u64,
    recipient_day: u64,
    codes_hour: u64,
    site_hour: u64,
    site_day: u64,
}

impl Default for Table {
    fn default() -> Self {
        let most = Ceilings::default();
        Self {
            host: None,
            port: None,
            tls: "starttls".into(),
            user: None,
            password_file: None,
            authority_file: None,
            from: None,
            from_name: String::new(),
            owner_hour: most.owner_hour.unsigned_abs(),
            owner_day: most.owner_day.unsigned_abs(),
            recipient_hour: most.recipient_hour.unsigned_abs(),
            recipient_day: most.recipient_day.unsigned_abs(),
            codes_hour: most.codes_hour.unsigned_abs(),
            site_hour: most.site_hour.unsigned_abs(),
            site_day: most.site_day.unsigned_abs(),
        }
    }
}

impl Table {
    /// The mail server; none when mail is off.
    pub(super) fn server(&self) -> anyhow::Result<Option<Settings>> {
        let Some(host) = &self.host else {
            let stray = [("mail.from", self.from.is_some()), ("mail.user", self.user.is_some())];
            return match stray.into_iter().find(|(_, given)| *given) {
                Some((key, _)) => bail!("{key}: is of no use without mail.host"),
                None => Ok(None),
            };
        };
        let from = self.from.as_deref().context("mail.from: is needed when mail.host is set")?;
        let tls: Tls = self.tls.parse().map_err(|error| anyhow!("mail.{error}"))?;
        let mut settings = Settings::new(host, tls, from).map_err(|error| anyhow!("mail.{error}"))?;
        settings.from_name.clone_from(&self.from_name);
        if let Some(port) = self.port {
            settings.port = port;
        }
        if let Some(file) = &self.authority_file {
            settings.authority = Some(read("mail.authority_file", file)?);
        }
        match (&self.user, &self.password_file) {
            (Some(user), Some(file)) => {
                let password = String::from_utf8(read("mail.password_file", file)?)
                    .map_err(|_| anyhow!("mail.password_file: {} is not text", file.display()))?;
                let password = password.trim_end_matches(['\r', '\n']).to_owned();
                let signing_in = settings.signing_in(user.clone(), password);
                Ok(Some(signing_in.map_err(|error| anyhow!("mail.{error}"))?))
            }
            (None, None) => Ok(Some(settings)),
            _ => bail!("mail.user and mail.password_file: set both or neither"),
        }
    }

    /// How much mail may be queued.
    pub(super) fn ceilings(&self) -> anyhow::Result<Ceilings> {
        let most = |key: &str, value: u64| -> anyhow::Result<i64> {
            Ok(i64::try_from(in_range(key, value, 1, 1_000_000)?)?)
        };
        Ok(Ceilings {
            owner_hour: most("mail.owner_hour", self.owner_hour)?,
            owner_day: most("mail.owner_day", self.owner_day)?,
            recipient_hour: most("mail.recipient_hour", self.recipient_hour)?,
            recipient_day: most("mail.recipient_day", self.recipient_day)?,
            codes_hour: most("mail.codes_hour", self.codes_hour)?,
            site_hour: most("mail.site_hour", self.site_hour)?,
            site_day: most("mail.site_day", self.site_day)?,
        })
    }
}

fn read(key: &str, file: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(file).with_context(|| format!("{key}: {} cannot be read", file.display()))
}
