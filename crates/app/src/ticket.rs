//! Tickets: a media grant sealed for one browser and one viewing. Checking one costs a MAC and a few look-ups in
//! memory, never a query.
//!
//! ```text
//! 1 version · 16 viewing · 16 item · 8 media version · 1 who · 16 seat or member · 16 link
//! · 8 browser binding · 8 opened · 8 last mark · 8 end · 8 spare · 16 MAC   (base64url, 174 characters)
//! ```
//!
//! Version 2 has more before the MAC, which this release skips: processes of the next one may write it beside processes of
//! this one (see [`store::process`]).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::{Attendee, Instant, ItemId, LinkId, MemberId, SeatId, ViewingId};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use store::MediaVersion;
use subtle::ConstantTimeEq;

use crate::keys::{Keys, keyed};

const VERSION: u8 = 1;
/// What the next release may write: the same, with more behind it.
const NEXT_VERSION: u8 = 2;
const MORE_BYTES_MOST: usize = 128;
const BODY_BYTES: usize = 114;
/// Written as zeros since the first release.
const SPARE_BYTES: usize = 8;
const MAC_BYTES: usize = 16;
/// The length of a ticket as text.
pub const TICKET_CHARS: usize = ((BODY_BYTES + MAC_BYTES) * 4).div_ceil(3);

/// An opened ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket {
    /// The viewing it belongs to.
    pub viewing: ViewingId,
    /// The files it opens.
    pub media: MediaVersion,
    /// Whose.
    pub attendee: Attendee,
    /// The first bytes of the stored form of the browser's key, by which renewal knows the browser again.
    pub browser: [u8; 8],
    /// When the page was loaded.
    pub opened_at: Instant,
    /// The newest ended mark when the page was decided; every later one may end the viewing.
    pub last_mark: i64,
    /// From when the ticket is no good.
    pub end: Instant,
}

/// Makes and opens tickets.
pub(crate) struct TicketOffice {
    mac: Hmac<Sha256>,
}

impl TicketOffice {
    pub(crate) fn new(keys: &Keys) -> Self {
        // The key is keyed once; each ticket starts from a copy of that state.
        Self { mac: keyed(&keys.purpose("ticket")) }
    }

    /// The cookie's value.
    pub(crate) fn seal(&self, ticket: &Ticket) -> String {
        let body = write(ticket);
        let mut bytes = [0; BODY_BYTES + MAC_BYTES];
        bytes[..BODY_BYTES].copy_from_slice(&body);
        bytes[BODY_BYTES..].copy_from_slice(&self.sign(&body));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Opens a cookie's value whatever its age; none when it was not sealed here.
    pub(crate) fn open(&self, text: &[u8]) -> Option<Ticket> {
        // Decoding wants room for a whole last group.
        let mut bytes = [0; BODY_BYTES + MORE_BYTES_MOST + MAC_BYTES + 3];
        let length = URL_SAFE_NO_PAD.decode_slice(text, &mut bytes).ok()?;
        let (body, signature) = bytes.get(..length)?.split_last_chunk::<MAC_BYTES>()?;
        let good: bool = self.sign(body).ct_eq(signature).into();
        good.then(|| read(body)).flatten()
    }

    fn sign(&self, body: &[u8]) -> [u8; MAC_BYTES] {
        let mut mac = self.mac.clone();
        mac.update(body);
        let full = mac.finalize().into_bytes();
        let mut short = [0; MAC_BYTES];
        short.copy_from_slice(&full[..MAC_BYTES]);
        short
    }
}

fn write(ticket: &Ticket) -> [u8; BODY_BYTES] {
    let (who, id, link) = match ticket.attendee {
        Attendee::Guest { seat, link } => (0, *seat.as_bytes(), *link.as_bytes()),
        Attendee::Member(member) => (1, *member.as_bytes(), [0; 16]),
        Attendee::Invitee { seat } => (2, *seat.as_bytes(), [0; 16]),
    };
    let mut body = [0; BODY_BYTES];
    let mut at = 0;
    let mut put = |bytes: &[u8]| {
        body[at..at + bytes.len()].copy_from_slice(bytes);
        at += bytes.len();
    };
    put(&[VERSION]);
    put(ticket.viewing.as_bytes());
    put(ticket.media.item.as_bytes());
    put(&ticket.media.version.to_be_bytes());
    put(&[who]);
    put(&id);
    put(&link);
    put(&ticket.browser);
    put(&ticket.opened_at.as_ms().to_be_bytes());
    put(&ticket.last_mark.to_be_bytes());
    put(&ticket.end.as_ms().to_be_bytes());
    body
}

fn read(body: &[u8]) -> Option<Ticket> {
    let mut rest = body;
    let version = take::<1>(&mut rest)?[0];
    let viewing = ViewingId::from_bytes(take(&mut rest)?);
    let item = ItemId::from_bytes(take(&mut rest)?);
    let media = MediaVersion { item, version: i64::from_be_bytes(take(&mut rest)?) };
    let who = take::<1>(&mut rest)?[0];
    let (id, link) = (take(&mut rest)?, take(&mut rest)?);
    let attendee = match who {
        0 => Attendee::Guest { seat: SeatId::from_bytes(id), link: LinkId::from_bytes(link) },
        1 => Attendee::Member(MemberId::from_bytes(id)),
        2 => Attendee::Invitee { seat: SeatId::from_bytes(id) },
        // A newer process knows more kinds; whoever it is, here it is nobody.
        _ => return None,
    };
    let browser = take(&mut rest)?;
    let opened_at = Instant::from_ms(i64::from_be_bytes(take(&mut rest)?));
    let last_mark = i64::from_be_bytes(take(&mut rest)?);
    let end = Instant::from_ms(i64::from_be_bytes(take(&mut rest)?));
    take::<SPARE_BYTES>(&mut rest)?;
    let fits =
        version == VERSION && rest.is_empty() || version == NEXT_VERSION && rest.len() <= MORE_BYTES_MOST;
    fits.then_some(Ticket { viewing, media, attendee, browser, opened_at, last_mark, end })
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (head, tail) = rest.split_first_chunk::<N>()?;
    *rest = tail;
    Some(*head)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Outside;

    fn ticket(attendee: Attendee) -> Ticket {
        Ticket {
            viewing: ViewingId::from_bytes([1; 16]),
            media: MediaVersion { item: ItemId::from_bytes([2; 16]), version: 3 },
            attendee,
            browser: [6; 8],
            opened_at: Instant::from_ms(7),
            last_mark: 5,
            end: Instant::from_ms(8),
        }
    }

    fn office(byte: u8) -> TicketOffice {
        let folder = tempfile::tempdir().expect("a folder");
        let outside = Outside::new(|| Instant::from_ms(0), move |bytes| bytes.fill(byte));
        TicketOffice::new(&Keys::open(folder.path(), &outside).expect("keys"))
    }

    #[test]
    fn what_is_sealed_is_what_is_opened() {
        let office = office(1);
        let guest = Attendee::Guest { seat: SeatId::from_bytes([4; 16]), link: LinkId::from_bytes([5; 16]) };
        for attendee in [guest, Attendee::Member(MemberId::from_bytes([9; 16]))] {
            let text = office.seal(&ticket(attendee));
            assert_eq!(text.len(), TICKET_CHARS);
            assert_eq!(office.open(text.as_bytes()), Some(ticket(attendee)));
        }
    }

    fn seal_bytes(office: &TicketOffice, body: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode([body, &office.sign(body)].concat())
    }

    #[test]
    fn what_the_next_release_writes_is_read_and_what_it_adds_is_skipped() {
        let (office, member) = (office(1), ticket(Attendee::Member(MemberId::from_bytes([9; 16]))));
        let next = |version, more: &[u8]| {
            let mut body = [&write(&member)[..], more].concat();
            body[0] = version;
            office.open(seal_bytes(&office, &body).as_bytes())
        };
        assert_eq!(next(2, &[]), Some(member));
        assert_eq!(next(2, &[7; MORE_BYTES_MOST]), Some(member));
        assert_eq!(next(2, &[7; MORE_BYTES_MOST + 1]), None, "bounded");
        assert_eq!(next(1, &[7]), None);
        assert_eq!(next(3, &[]), None);
    }

    #[test]
    fn a_kind_of_attendee_that_is_not_known_here_is_nobody() {
        let office = office(1);
        let mut body = write(&ticket(Attendee::Invitee { seat: SeatId::from_bytes([4; 16]) }));
        let who = 1 + 16 + 16 + 8;
        assert_eq!(body[who], 2);
        body[who] = 3;
        assert_eq!(office.open(seal_bytes(&office, &body).as_bytes()), None);
    }

    #[test]
    fn t4_every_changed_byte_is_noticed() {
        let sealer = office(1);
        let text = sealer.seal(&ticket(Attendee::Member(MemberId::from_bytes([9; 16]))));
        for at in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(sealer.open(&bytes), None, "byte {at}");
        }
        assert_eq!(office(2).open(text.as_bytes()), None, "another site's key");
        assert_eq!(sealer.open(&text.as_bytes()[1..]), None);
    }
}
