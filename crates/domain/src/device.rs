//! What kind of device a browser says it runs on: as much as helps to tell two people of one name apart, and no more.
//! No versions, no systems, nothing by which a device could be known again elsewhere.

use crate::UnknownCode;
use crate::coded::coded;

coded! {
    /// The size of a device.
    pub enum DeviceKind {
        /// Held in one hand.
        Phone = "phone",
        /// Held in two.
        Tablet = "tablet",
        /// Anything with a desktop browser.
        Computer = "computer",
    }
}

coded! {
    /// A browser by its maker's name.
    pub enum Browser {
        /// Apple's.
        Safari = "safari",
        /// Google's, and whatever is built of it and says nothing else.
        Chrome = "chrome",
        /// Mozilla's.
        Firefox = "firefox",
        /// Microsoft's.
        Edge = "edge",
        /// Opera's.
        Opera = "opera",
        /// Samsung's.
        Samsung = "samsung",
    }
}

/// A kind of device, as kept with a seat: `phone safari`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Device {
    /// Its size.
    pub kind: DeviceKind,
    /// Its browser.
    pub browser: Browser,
}

impl std::fmt::Display for Device {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.kind, self.browser)
    }
}

impl std::str::FromStr for Device {
    type Err = UnknownCode;

    fn from_str(text: &str) -> Result<Self, UnknownCode> {
        let (kind, browser) = text.split_once(' ').unwrap_or((text, ""));
        Ok(Self { kind: kind.parse()?, browser: browser.parse()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_lead_back() {
        for kind in DeviceKind::ALL {
            for browser in Browser::ALL {
                let device = Device { kind: *kind, browser: *browser };
                assert_eq!(device.to_string().parse(), Ok(device));
            }
        }
        assert!("phone".parse::<Device>().is_err() && "safari phone".parse::<Device>().is_err());
    }
}
