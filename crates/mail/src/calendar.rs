//! The calendar entry of an item with a schedule (RFC 5545, RFC 5546), as `METHOD:REQUEST`.

use domain::Instant;

use crate::plain::one_line;

/// When something takes place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// The same for the same entry, for ever: a later message with a higher sequence replaces it.
    pub uid: String,
    /// Goes up with each change.
    pub sequence: u32,
    /// Begins.
    pub start: Instant,
    /// Ends.
    pub end: Instant,
    /// The item's title.
    pub summary: String,
    /// The link by which one gets there.
    pub location: String,
}

/// Somebody with an address.
pub(crate) struct Person<'a> {
    pub(crate) name: &'a str,
    pub(crate) email: &'a str,
}

/// The entry, with CRLF and folded lines.
pub(crate) fn entry(schedule: &Schedule, from: &Person<'_>, to: &Person<'_>, made: Instant) -> String {
    let lines = [
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//Anteroom//EN".to_owned(),
        "CALSCALE:GREGORIAN".to_owned(),
        "METHOD:REQUEST".to_owned(),
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{}", escape(&schedule.uid)),
        format!("SEQUENCE:{}", schedule.sequence),
        format!("DTSTAMP:{}", stamp(made)),
        format!("DTSTART:{}", stamp(schedule.start)),
        format!("DTEND:{}", stamp(schedule.end)),
        format!("SUMMARY:{}", escape(&schedule.summary)),
        format!("LOCATION:{}", escape(&schedule.location)),
        format!("ORGANIZER;CN={}:mailto:{}", quote(from.name), from.email),
        format!("ATTENDEE;CN={};ROLE=REQ-PARTICIPANT;RSVP=FALSE:mailto:{}", quote(to.name), to.email),
        "STATUS:CONFIRMED".to_owned(),
        "TRANSP:OPAQUE".to_owned(),
        "END:VEVENT".to_owned(),
        "END:VCALENDAR".to_owned(),
    ];
    lines.iter().map(|line| fold(line)).collect()
}

/// RFC 5545, 3.3.11.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for character in one_line(text).chars() {
        if matches!(character, '\\' | ';' | ',') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

/// RFC 5545, 3.2: a quoted parameter value cannot hold a quotation mark.
fn quote(text: &str) -> String {
    format!("\"{}\"", one_line(text).replace('"', "'"))
}

/// RFC 5545, 3.1: at most 75 bytes a line, going on with a space; never inside a character.
fn fold(line: &str) -> String {
    let (mut folded, mut width) = (String::new(), 0);
    for character in line.chars() {
        if width + character.len_utf8() > 75 {
            folded.push_str("\r\n ");
            width = 1;
        }
        folded.push(character);
        width += character.len_utf8();
    }
    folded.push_str("\r\n");
    folded
}

/// `20261121T160000Z`.
fn stamp(at: Instant) -> String {
    let seconds = at.as_ms().div_euclid(1_000);
    let (days, of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = date(days);
    format!("{year:04}{month:02}{day:02}T{:02}{:02}{:02}Z", of_day / 3_600, of_day / 60 % 60, of_day % 60)
}

/// The day of the Gregorian calendar, from days since 1970-01-01. Years are counted from March, so that the leap
/// day is the last (H. Hinnant, "chrono-compatible low-level date algorithms").
pub(crate) const fn date(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_in_utc() {
        for (ms, text) in [
            (0, "19700101T000000Z"),
            (951_782_399_000, "20000228T235959Z"),
            (951_782_400_000, "20000229T000000Z"),
            (1_795_276_800_000, "20261121T160000Z"),
            (4_102_444_800_000, "21000101T000000Z"),
        ] {
            assert_eq!(stamp(Instant::from_ms(ms)), text);
        }
    }

    #[test]
    fn long_lines_are_folded_between_characters() {
        let folded = fold(&format!("SUMMARY:{}", "שלום ".repeat(40)));
        assert!(folded.split("\r\n").all(|line| line.len() <= 75));
        assert_eq!(
            folded.replace("\r\n ", "").trim_end(),
            format!("SUMMARY:{}", "שלום ".repeat(40)).trim_end()
        );
    }

    #[test]
    fn nothing_typed_begins_a_line_of_its_own() {
        let schedule = Schedule {
            uid: "1@example.org".into(),
            sequence: 0,
            start: Instant::from_ms(0),
            end: Instant::from_ms(0),
            summary: "a\r\nATTENDEE:mailto:x@example.org; b, c\\".into(),
            location: String::new(),
        };
        let person = Person { name: "A \"B\"\r\nX:", email: "a@example.org" };
        let text = entry(&schedule, &person, &person, Instant::from_ms(0));
        assert_eq!(text.matches("\r\nATTENDEE").count(), 1, "{text}");
        assert!(text.contains("\\; b\\, c\\\\\r\n"), "{text}");
        assert!(text.contains("CN=\"A 'B'"), "{text}");
    }
}
