//! How much mail may be queued: by one owner, to one address, by the whole site. Exact, because whoever counts holds the
//! queue's lock.

use domain::{Instant, MailId, MemberId, Span};

use crate::db::{params, statements};
use crate::{Conn, StoreError};

statements! {
    COUNT_OF_SITE = "SELECT COUNT(*) FROM mail WHERE created_ms > $1";
    COUNT_OF_OWNER = "SELECT COUNT(*) FROM mail WHERE owner_id = $1 AND created_ms > $2";
    COUNT_TO = "SELECT COUNT(*) FROM mail WHERE email = $1 AND created_ms > $2";
    COUNT_ABOUT = "SELECT COUNT(*) FROM mail WHERE email = $1 AND about_id = $2 AND purpose = $3 AND created_ms > $4";
    COUNT_OVER = "SELECT COUNT(*) FROM (SELECT email FROM mail WHERE created_ms > $1
            AND email IN (SELECT email FROM mail WHERE id >= $2) GROUP BY email HAVING COUNT(*) > $3) AS counted";
}

/// How many mails may be queued in an hour and in a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ceilings {
    /// By one owner in an hour.
    pub owner_hour: i64,
    /// By one owner in a day.
    pub owner_day: i64,
    /// To one address in an hour.
    pub recipient_hour: i64,
    /// To one address in a day.
    pub recipient_day: i64,
    /// With a code, to one address about one thing, in an hour.
    pub codes_hour: i64,
    /// By the whole site in an hour.
    pub site_hour: i64,
    /// By the whole site in a day.
    pub site_day: i64,
}

impl Default for Ceilings {
    fn default() -> Self {
        Self {
            owner_hour: 200,
            owner_day: 1_000,
            recipient_hour: 10,
            recipient_day: 10,
            codes_hour: 3,
            site_hour: 2_000,
            site_day: 10_000,
        }
    }
}

/// Which ceiling was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ceiling {
    /// The owner's.
    Owner,
    /// The recipient's.
    Recipient,
    /// That of codes.
    Codes,
    /// The site's.
    Site,
}

impl Ceiling {
    /// The only spelling outside Rust.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Recipient => "recipient",
            Self::Codes => "codes",
            Self::Site => "site",
        }
    }
}

/// What of a mail counts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counted<'a> {
    pub(crate) purpose: &'a str,
    pub(crate) about: Option<[u8; 16]>,
    pub(crate) owner: Option<MemberId>,
    pub(crate) email: &'a str,
}

/// The ceiling that one mail more would exceed.
pub(crate) async fn find_reached(
    conn: &mut Conn,
    new: &Counted<'_>,
    ceilings: &Ceilings,
    now: Instant,
) -> Result<Option<Ceiling>, StoreError> {
    let (hour, day) = (now.minus(Span::from_hours(1)), now.minus(Span::from_days(1)));
    if let (Some(about), "code") = (new.about, new.purpose) {
        let codes: i64 = conn.value(COUNT_ABOUT, params![new.email, about, new.purpose, hour]).await?;
        if codes >= ceilings.codes_hour {
            return Ok(Some(Ceiling::Codes));
        }
    }
    for (since, most) in [(hour, ceilings.recipient_hour), (day, ceilings.recipient_day)] {
        if conn.value::<i64>(COUNT_TO, params![new.email, since]).await? >= most {
            return Ok(Some(Ceiling::Recipient));
        }
    }
    find_shared(conn, new.owner, ceilings, (now, 1)).await
}

/// The ceiling that is exceeded by mails in the queue, of one owner, from `first` on.
pub(crate) async fn find_exceeded(
    conn: &mut Conn,
    first: MailId,
    owner: Option<MemberId>,
    ceilings: &Ceilings,
    now: Instant,
) -> Result<Option<Ceiling>, StoreError> {
    let (hour, day) = (now.minus(Span::from_hours(1)), now.minus(Span::from_days(1)));
    for (since, most) in [(hour, ceilings.recipient_hour), (day, ceilings.recipient_day)] {
        if conn.value::<i64>(COUNT_OVER, params![since, first, most]).await? > 0 {
            return Ok(Some(Ceiling::Recipient));
        }
    }
    find_shared(conn, owner, ceilings, (now, 0)).await
}

/// The ceiling, of those that many addresses share, that is exceeded with so many mails more.
async fn find_shared(
    conn: &mut Conn,
    owner: Option<MemberId>,
    ceilings: &Ceilings,
    (now, more): (Instant, i64),
) -> Result<Option<Ceiling>, StoreError> {
    let (hour, day) = (now.minus(Span::from_hours(1)), now.minus(Span::from_days(1)));
    if let Some(owner) = owner {
        for (since, most) in [(hour, ceilings.owner_hour), (day, ceilings.owner_day)] {
            if conn.value::<i64>(COUNT_OF_OWNER, params![owner, since]).await? + more > most {
                return Ok(Some(Ceiling::Owner));
            }
        }
    }
    for (since, most) in [(hour, ceilings.site_hour), (day, ceilings.site_day)] {
        if conn.value::<i64>(COUNT_OF_SITE, params![since]).await? + more > most {
            return Ok(Some(Ceiling::Site));
        }
    }
    Ok(None)
}
