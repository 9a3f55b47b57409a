//! The cookies that carry a browser's keys, one key for each seat: the lasting one, and the one that dies with the
//! browser session, for shared computers.

use app::BrowserKey;
use app::domain::{SeatHold, Span};
use app::leaving::KeyChange;
use app::store::seat::KeyHash;
use http::{HeaderMap, HeaderValue};

use super::{find, value};

const LASTING: &str = "__Host-anteroom-key";
const PASSING: &str = "__Host-anteroom-passing-key";
/// Browsers keep cookies for 400 days at most.
const LASTS: Span = Span::from_days(400);
/// Keys in one cookie. One more, and the oldest goes: at that item this browser is a stranger from then on.
const KEYS_MOST: usize = 16;
/// Stands in no key.
const BETWEEN: char = '.';

/// The keys that came with a request, in the order in which they were given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct HeldKeys {
    lasting: Vec<BrowserKey>,
    passing: Vec<BrowserKey>,
}

impl HeldKeys {
    /// Reads both cookies. One of before, with a single key for every seat, is a list of one.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let read = |name| {
            let text = find(headers, name).unwrap_or_default();
            let keys = text.split(BETWEEN).take(KEYS_MOST);
            keys.filter_map(BrowserKey::from_text).collect()
        };
        Self { lasting: read(LASTING), passing: read(PASSING) }
    }

    /// The newest first, and before all those that die with the session: whoever marked the computer as shared came
    /// after its owner.
    pub(crate) fn newest_first(&self) -> Vec<BrowserKey> {
        self.passing.iter().rev().chain(self.lasting.iter().rev()).copied().collect()
    }

    /// The cookies that tell the browser of a change; none where it knows already.
    pub(crate) fn changed(mut self, change: &KeyChange) -> Vec<HeaderValue> {
        let before = self.clone();
        self.drop_gone(&change.gone);
        if let Some((key, hold)) = change.given {
            let (list, other) = match hold {
                SeatHold::Own => (&mut self.lasting, &mut self.passing),
                SeatHold::Shared => (&mut self.passing, &mut self.lasting),
            };
            other.retain(|held| *held != key);
            if !list.contains(&key) {
                list.push(key);
            }
            list.drain(..list.len().saturating_sub(KEYS_MOST));
        }
        let mut cookies = Vec::new();
        if self.lasting != before.lasting {
            cookies.push(cookie(LASTING, &self.lasting, &format!("; Max-Age={}", LASTS.as_ms() / 1_000)));
        }
        if self.passing != before.passing {
            cookies.push(cookie(PASSING, &self.passing, ""));
        }
        cookies
    }

    fn drop_gone(&mut self, gone: &[KeyHash]) {
        let stays = |key: &BrowserKey| !gone.contains(&key.hash());
        self.lasting.retain(stays);
        self.passing.retain(stays);
    }
}

fn cookie(name: &str, keys: &[BrowserKey], lasts: &str) -> HeaderValue {
    let text: Vec<_> = keys.iter().map(|key| key.to_text()).collect();
    let lasts = if keys.is_empty() { "; Max-Age=0" } else { lasts };
    let text = text.join(&BETWEEN.to_string());
    value(format!("{name}={text}; Path=/{lasts}; Secure; HttpOnly; SameSite=Lax"))
}

#[cfg(test)]
mod tests {
    use app::domain::Instant;
    use http::header;

    use super::*;

    fn key(number: u8) -> BrowserKey {
        BrowserKey::new(Instant::from_ms(i64::from(number)), [number; 32])
    }

    fn came(cookies: &[(&str, &[u8])]) -> HeldKeys {
        let mut headers = HeaderMap::new();
        for (name, keys) in cookies {
            let keys: Vec<_> = keys.iter().map(|number| key(*number).to_text()).collect();
            let line = format!("a=b; {name}={}", keys.join("."));
            headers.append(header::COOKIE, line.parse().expect("a header"));
        }
        HeldKeys::of(&headers)
    }

    fn told(held: HeldKeys, given: Option<(u8, SeatHold)>, gone: &[u8]) -> Vec<String> {
        let change = KeyChange {
            given: given.map(|(number, hold)| (key(number), hold)),
            gone: gone.iter().map(|number| key(*number).hash()).collect(),
        };
        let cookies = held.changed(&change);
        cookies.iter().map(|cookie| cookie.to_str().expect("text").to_owned()).collect()
    }

    fn list(numbers: &[u8]) -> String {
        numbers.iter().map(|number| key(*number).to_text()).collect::<Vec<_>>().join(".")
    }

    #[test]
    fn a_new_key_stands_beside_the_old_ones() {
        let told = told(came(&[(LASTING, &[1, 2])]), Some((3, SeatHold::Own)), &[1]);
        assert_eq!(told.len(), 1);
        assert!(told[0].starts_with(&format!("{LASTING}={}; Path=/; Max-Age=34560000", list(&[2, 3]))));
        assert_eq!(came(&[(LASTING, &[1, 2])]).changed(&KeyChange::default()).len(), 0, "nothing new");
    }

    #[test]
    fn of_more_than_sixteen_the_oldest_goes() {
        let sixteen: Vec<u8> = (1..=16).collect();
        let told = told(came(&[(LASTING, &sixteen)]), Some((17, SeatHold::Own)), &[]);
        assert!(told[0].contains(&format!("={};", list(&(2..=17).collect::<Vec<_>>()))), "{told:?}");
        let many: Vec<u8> = (1..=40).collect();
        assert_eq!(came(&[(LASTING, &many)]).newest_first().len(), 16, "what no server of ours has made");
    }

    #[test]
    fn on_a_shared_computer_the_key_goes_with_the_session() {
        let held = came(&[(LASTING, &[1])]);
        let told = told(held, Some((2, SeatHold::Shared)), &[1]);
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told[0].starts_with(&format!("{LASTING}=; Path=/; Max-Age=0;")), "{told:?}");
        assert!(told[1].starts_with(&format!("{PASSING}={}; Path=/; Secure", list(&[2]))), "{told:?}");
    }

    #[test]
    fn who_came_last_counts_first() {
        let held = came(&[(LASTING, &[1, 2]), (PASSING, &[3, 4])]);
        assert_eq!(held.newest_first(), [4, 3, 2, 1].map(key));
    }
}
