//! "Not you?": a browser gives up what it holds at an item, and for ten seconds may take it back.
//!
//! Taking back needs two halves: a cookie of this browser, in which is sealed what was left and when, and a value that
//! stands in the page alone. It works once: the seat remembers when it was left, and forgets it with the first use.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::{EndReason, Instant, ItemId, MarkTarget, SeatHold, SeatId, Span};
use store::browser::{self, HeldSeat};
use store::seat::KeyHash;
use store::{Conn, StoreError};
use subtle::ConstantTimeEq;

use crate::keys::mac;
use crate::{App, BrowserKey, Caller, Error};

/// For this long a seat may be taken back.
pub const TAKEN_BACK_WITHIN: Span = Span::from_secs(10);
const SEALED: &str = "left seat";

/// What the cookie of a browser is to be told: one key for each seat.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyChange {
    /// The key of a seat that it holds now, and how it hangs there.
    pub given: Option<(BrowserKey, SeatHold)>,
    /// Keys that hold nothing any more.
    pub gone: Vec<KeyHash>,
}

/// What leaving came to.
#[derive(Debug, Clone, Default)]
pub struct Left {
    /// Keys that hold nothing any more.
    pub gone: Vec<KeyHash>,
    /// The browser's half of what takes the seat back; none when it sat on none.
    pub take_back: Option<String>,
}

/// A seat that was left.
#[derive(Debug, Clone, Copy)]
struct LeftSeat {
    item: ItemId,
    seat: HeldSeat,
    at: Instant,
}

/// What taking back came to: in at the item, by what the cookie is told.
#[derive(Debug, Clone)]
pub struct TakenBack {
    /// Where.
    pub item: ItemId,
    /// For the cookie.
    pub keys: KeyChange,
}

impl App {
    /// Frees this browser from its seats at an item and ends what it has open there.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn leave_seat(&self, caller: &Caller, item: ItemId) -> Result<Left, Error> {
        let keys = caller.keys.clone();
        let done = self
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                let now = conn.now().await?;
                let left = browser::leave(conn, &keys, item, None, now).await?;
                let gone = browser::list_gone(conn, &keys).await?;
                let mut marks = Vec::with_capacity(left.len());
                for seat in &left {
                    let target = MarkTarget::Seat(seat.id());
                    marks.push(crate::app::mark(conn, target, EndReason::Left, now).await?);
                }
                Ok::<_, StoreError>((left.first().copied(), gone, marks, now))
            })
            .await;
        let (left, gone, marks, at) = done?;
        self.obey_everywhere(&marks).await;
        self.tell_inside(item);
        let take_back = left.and_then(|seat| self.seal_left(LeftSeat { item, seat, at }));
        Ok(Left { gone, take_back })
    }

    /// The page's half of what takes a seat back; none for a cookie that is none of ours, or too old.
    pub fn page_half(&self, cookie: &str) -> Option<String> {
        let left = self.open_left(cookie)?;
        let in_time = self.now() < left.at.plus(TAKEN_BACK_WITHIN);
        in_time.then(|| URL_SAFE_NO_PAD.encode(self.half_of(cookie)))
    }

    /// Gives this browser back the seat that it left a moment ago, on a key of its own.
    ///
    /// # Errors
    /// `NotFound` when it is too late, was done before, or either half is wrong.
    pub async fn take_back_seat(
        &self,
        caller: &Caller,
        cookie: &str,
        page: &str,
    ) -> Result<TakenBack, Error> {
        let left = self.open_left(cookie).ok_or(Error::NotFound)?;
        let half = URL_SAFE_NO_PAD.decode(page).map_err(|_| Error::NotFound)?;
        if !bool::from(half.ct_eq(&self.half_of(cookie)[..])) {
            return Err(Error::NotFound);
        }
        let key = BrowserKey::new(left.at, self.random());
        let (keys, LeftSeat { item, seat, at }) = (caller.keys.clone(), left);
        let hold = self
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                let in_time = conn.now().await? < at.plus(TAKEN_BACK_WITHIN);
                // Whoever entered at this browser meanwhile stays who they are.
                let free = in_time && browser::list_held(conn, &keys, item).await?.is_empty();
                if !free || !browser::take_back(conn, seat, key.hash(), at).await? {
                    return Err(Error::NotFound);
                }
                Ok(browser::hold_of(conn, seat).await?)
            })
            .await?;
        self.tell_inside(item);
        Ok(TakenBack { item, keys: KeyChange { given: Some((key, hold)), gone: Vec::new() } })
    }

    fn half_of(&self, cookie: &str) -> [u8; 32] {
        mac(&self.inner.keys.purpose("left seat, the page's half"), cookie.as_bytes())
    }

    fn seal_left(&self, left: LeftSeat) -> Option<String> {
        let (kind, seat) = match left.seat {
            HeldSeat::Guest(seat) => (0, seat),
            HeldSeat::Invitee(seat) => (1, seat),
        };
        let bytes = [&[kind][..], seat.as_bytes(), left.item.as_bytes(), &left.at.as_ms().to_be_bytes()];
        let sealed = self.inner.keys.seal_bytes(SEALED, &bytes.concat(), &[0; 16], &self.inner.outside)?;
        Some(URL_SAFE_NO_PAD.encode(sealed))
    }

    fn open_left(&self, cookie: &str) -> Option<LeftSeat> {
        let sealed = URL_SAFE_NO_PAD.decode(cookie).ok()?;
        let bytes = self.inner.keys.open_bytes(SEALED, &sealed, &[0; 16])?;
        let (kind, rest) = bytes.split_first()?;
        let (seat, rest) = rest.split_first_chunk::<16>()?;
        let (item, at) = rest.split_first_chunk::<16>()?;
        let seat = SeatId::from_bytes(*seat);
        Some(LeftSeat {
            item: ItemId::from_bytes(*item),
            seat: if *kind == 0 { HeldSeat::Guest(seat) } else { HeldSeat::Invitee(seat) },
            at: Instant::from_ms(i64::from_be_bytes(at.try_into().ok()?)),
        })
    }
}
