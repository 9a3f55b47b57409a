//! The lines of the mail that tells who was refused. Causes are said in the words of the interface, from its own
//! catalogue; names are text, in HTML too.

use std::fmt::Write as _;
use std::sync::LazyLock;

use domain::{Instant, Reason};
use minijinja::HtmlEscape;
use serde_json::Value;

use crate::Language;
use crate::calendar::date;
use crate::plain::one_line;

static ENGLISH: LazyLock<Value> = LazyLock::new(|| read(include_str!("../../../web/i18n/en.json")));
static HEBREW: LazyLock<Value> = LazyLock::new(|| read(include_str!("../../../web/i18n/he.json")));

/// The catalogue is part of the program; a test reads every cause, so this cannot fail in the field.
fn read(catalogue: &str) -> Value {
    serde_json::from_str(catalogue).unwrap_or_default()
}

/// Refusals of one cause at one link or invite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedLine {
    /// The link's name, or the invited person's.
    pub door: String,
    /// Whether it is an invite.
    pub is_invite: bool,
    /// Why.
    pub cause: Reason,
    /// How often.
    pub count: i64,
    /// The minute of the last one.
    pub last: Instant,
}

/// What was refused at one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedAt {
    /// The item's title.
    pub item: String,
    /// Where its activity is read.
    pub link: String,
    /// The most frequent first.
    pub lines: Vec<RefusedLine>,
}

/// All that the mail tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedList {
    /// In which language.
    pub language: Language,
    /// Item by item.
    pub items: Vec<RefusedAt>,
    /// Lines that are left out.
    pub more: i64,
}

impl Default for RefusedList {
    fn default() -> Self {
        Self { language: Language::English, items: Vec::new(), more: 0 }
    }
}

/// Date and time, such as `2026-11-21 16:05 UTC`: the site has no zone of its own.
pub fn in_utc(at: Instant) -> String {
    let minutes = at.minute();
    let (days, of_day) = (minutes.div_euclid(1_440), minutes.rem_euclid(1_440));
    let (year, month, day) = date(days);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02} UTC", of_day / 60, of_day % 60)
}

impl RefusedList {
    /// As text.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        for at in &self.items {
            let _ = writeln!(text, "{}", one_line(&at.item));
            for line in &at.lines {
                let _ = writeln!(text, "- {}: {}", self.door(line, &one_line(&line.door)), self.what(line));
            }
            let _ = writeln!(text, "{}\n", at.link);
        }
        text.push_str(&self.rest());
        text.trim_end().to_owned()
    }

    /// As HTML, with every name as text. A name keeps its own direction.
    pub(crate) fn html(&self) -> String {
        let mut html = String::new();
        let text = |text: &str| HtmlEscape(&one_line(text)).to_string();
        for at in &self.items {
            let _ = write!(
                html,
                "<p style=\"margin:24px 0 0\"><a href=\"{}\" style=\"color:#1f4fd8\"><strong><bdi>{}</bdi></strong></a></p>\n<ul>\n",
                text(&at.link),
                text(&at.item)
            );
            for line in &at.lines {
                let door = self.door(line, &format!("<bdi>{}</bdi>", text(&line.door)));
                let _ = writeln!(html, "<li>{door}: {}</li>", text(&self.what(line)));
            }
            html.push_str("</ul>\n");
        }
        let rest = self.rest();
        if !rest.is_empty() {
            let _ = writeln!(html, "<p>{}</p>", text(&rest));
        }
        html
    }

    fn door(&self, line: &RefusedLine, name: &str) -> String {
        match (self.language, line.is_invite) {
            (Language::English, false) => format!("Guest link {name}"),
            (Language::English, true) => format!("Invite for {name}"),
            (Language::Hebrew, false) => format!("קישור אורחים {name}"),
            (Language::Hebrew, true) => format!("הזמנה עבור {name}"),
        }
    }

    /// Why, how often, and when last.
    fn what(&self, line: &RefusedLine) -> String {
        let (cause, last) = (self.cause(line.cause), in_utc(line.last));
        match (self.language, line.count) {
            (Language::English, 1) => format!("{cause} Once, at {last}."),
            (Language::English, count) => format!("{cause} {count} times, last at {last}."),
            (Language::Hebrew, 1) => format!("{cause} פעם אחת, {last}."),
            (Language::Hebrew, 2) => format!("{cause} פעמיים, לאחרונה {last}."),
            (Language::Hebrew, count) => format!("{cause} {count} פעמים, לאחרונה {last}."),
        }
    }

    fn cause(&self, cause: Reason) -> &'static str {
        let catalogue: &'static Value = match self.language {
            Language::English => &ENGLISH,
            Language::Hebrew => &HEBREW,
        };
        catalogue["reason"][cause.code()].as_str().unwrap_or(cause.code())
    }

    fn rest(&self) -> String {
        match (self.language, self.more) {
            (_, ..=0) => String::new(),
            (Language::English, more) => {
                format!("And {more} more. The activity of each media has all of them.")
            }
            (Language::Hebrew, more) => format!("ועוד {more}. הכול מופיע בפעילות של כל מדיה."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Part, TemplateName, Values, check, default_template};

    fn list(language: Language, name: &str) -> RefusedList {
        let last = Instant::from_ms(1_795_277_159_000);
        let line = |is_invite, cause, count| RefusedLine { door: name.into(), is_invite, cause, count, last };
        let lines = vec![line(false, Reason::Expired, 3), line(true, Reason::EmailMismatch, 1)];
        let at = RefusedAt { item: name.into(), link: "https://site.example/media/1?activity".into(), lines };
        RefusedList { language, items: vec![at], more: 2 }
    }

    fn filled(language: Language, name: &str) -> crate::Template {
        let values = Values {
            refusals: list(language, name),
            link: "https://site.example/account".into(),
            ..Values::default()
        };
        default_template(TemplateName::Refusals, language).fill(&values, "").expect("fills")
    }

    #[test]
    fn every_cause_is_said_in_both_languages() {
        for language in Language::ALL {
            for cause in Reason::ALL {
                let list = RefusedList { language: *language, ..RefusedList::default() };
                assert!(list.cause(*cause).ends_with('.'), "{cause:?} {language:?}: {}", list.cause(*cause));
            }
        }
    }

    #[test]
    fn the_text_says_where_why_how_often_and_when() {
        let text = filled(Language::English, "Parents").text;
        let lines = "Parents\n- Guest link Parents: The link had expired. 3 times, last at 2026-11-21 16:05 UTC.\n\
            - Invite for Parents: The e-mail was not the invited one. Once, at 2026-11-21 16:05 UTC.\n\
            https://site.example/media/1?activity\n\nAnd 2 more. The activity of each media has all of them.\n";
        assert!(text.contains(lines), "{text}");
        assert!(text.contains("\nhttps://site.example/account\n"), "{text}");
        let text = filled(Language::Hebrew, "הורים").text;
        assert!(
            text.contains("- קישור אורחים הורים: תוקף הקישור פג. 3 פעמים, לאחרונה 2026-11-21 16:05 UTC."),
            "{text}"
        );
    }

    #[test]
    fn names_stay_text() {
        let hostile = "</ul><script>alert(1)</script>\r\nBcc: all@example.org {{link}}";
        for language in Language::ALL {
            let letter = filled(*language, hostile);
            assert!(!letter.html.contains("<script") && !letter.html.contains("</ul><"), "{}", letter.html);
            assert!(letter.html.contains("&lt;script&gt;"), "{}", letter.html);
            assert!(!letter.text.contains("\nBcc"), "{}", letter.text);
            assert!(letter.text.contains("{{link}}"), "a token in a name is no token: {}", letter.text);
            assert!(!letter.subject.contains("script"), "{}", letter.subject);
        }
    }

    #[test]
    fn the_mail_keeps_its_lines_and_the_way_to_switch_it_off() {
        let whole = default_template(TemplateName::Refusals, Language::English);
        for token in ["{{refusals}}", "{{link}}"] {
            let without = crate::Template { text: whole.text.replace(token, ""), ..whole.clone() };
            assert!(check(TemplateName::Refusals, &without).is_err(), "{token}");
        }
        let subject = crate::Template { subject: "{{refusals}}".into(), ..whole };
        let wrong = check(TemplateName::Refusals, &subject).expect_err("no lines in a subject");
        assert_eq!(wrong.part(), Part::Subject);
    }
}
