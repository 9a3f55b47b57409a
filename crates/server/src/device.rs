//! A browser in short words, for the list of sessions: its maker's names, which are the same in every language.

use app::domain::{Browser, DeviceKind};
use http::{HeaderMap, header};

/// Each browser after those that pretend to be it.
const BROWSERS: [(&str, Browser); 8] = [
    ("Edg", Browser::Edge),
    ("OPR/", Browser::Opera),
    ("SamsungBrowser/", Browser::Samsung),
    ("Firefox/", Browser::Firefox),
    ("FxiOS/", Browser::Firefox),
    ("Chrome/", Browser::Chrome),
    ("CriOS/", Browser::Chrome),
    ("Safari/", Browser::Safari),
];
const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

/// The browser and system that a request is from; empty when it does not say, or says something unknown.
pub(crate) fn of(headers: &HeaderMap) -> String {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    words(agent.unwrap_or_default())
}

/// What kind of device a browser says it runs on; none for what is no browser that people know.
pub(crate) fn kind(headers: &HeaderMap) -> Option<app::domain::Device> {
    kind_of(headers.get(header::USER_AGENT)?.to_str().ok()?)
}

fn kind_of(agent: &str) -> Option<app::domain::Device> {
    // Android says "Mobile" on phones alone, whatever the browser; an iPad that asks for desktop pages cannot be told.
    let kind = match find(&SYSTEMS, agent)? {
        "iPhone" => DeviceKind::Phone,
        "Android" if agent.contains("Mobile") => DeviceKind::Phone,
        "Android" | "iPad" => DeviceKind::Tablet,
        _ => DeviceKind::Computer,
    };
    Some(app::domain::Device { kind, browser: find(&BROWSERS, agent)? })
}

fn find<T: Copy>(known: &[(&str, T)], agent: &str) -> Option<T> {
    known.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, one)| *one)
}

fn words(agent: &str) -> String {
    let browser = find(&BROWSERS, agent).map(|browser| match browser {
        Browser::Safari => "Safari",
        Browser::Chrome => "Chrome",
        Browser::Firefox => "Firefox",
        Browser::Edge => "Edge",
        Browser::Opera => "Opera",
        Browser::Samsung => "Samsung Internet",
    });
    let known = [browser, find(&SYSTEMS, agent)];
    known.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_told_from_those_they_pretend_to_be() {
        let webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
        for (agent, expected) in [
            (
                format!(
                    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) {webkit} Chrome/140.0 Safari/537.36 Edg/140"
                ),
                "Edge · Windows",
            ),
            (
                format!("Mozilla/5.0 (X11; Linux x86_64) {webkit} HeadlessChrome/140.0 Safari/537.36"),
                "Chrome · Linux",
            ),
            (
                format!(
                    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) {webkit} Version/18.0 Safari/605"
                ),
                "Safari · iPhone",
            ),
            (
                "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0".into(),
                "Firefox · Android",
            ),
            ("curl/8.5".into(), ""),
            (String::new(), ""),
        ] {
            assert_eq!(words(&agent), expected, "{agent}");
        }
    }

    #[test]
    fn of_a_device_no_more_than_its_kind_is_known() {
        let webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
        for (agent, expected) in [
            (
                format!("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) {webkit} Safari/605"),
                "phone safari",
            ),
            (
                format!("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) {webkit} CriOS/140 Safari/605"),
                "phone chrome",
            ),
            (
                format!("Mozilla/5.0 (Linux; Android 15; K) {webkit} Chrome/140.0 Mobile Safari/537"),
                "phone chrome",
            ),
            (
                format!("Mozilla/5.0 (Linux; Android 15; K) {webkit} Chrome/140.0 Safari/537.36"),
                "tablet chrome",
            ),
            (format!("Mozilla/5.0 (Windows NT 10.0) {webkit} Chrome/1 Safari/5 Edg/140"), "computer edge"),
            ("curl/8.5".into(), ""),
            (format!("Mozilla/5.0 (Linux) {}", "x".repeat(4_000)), ""),
        ] {
            let found = kind_of(&agent).map(|device| device.to_string()).unwrap_or_default();
            assert_eq!(found, expected, "{agent}");
        }
    }
}
