//! Languages of the interface, and the catalogue of sentences that both the server and the front end say.

use std::collections::HashMap;
use std::sync::LazyLock;

use http::{HeaderMap, header};

/// A language of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Language {
    English,
    Hebrew,
}

impl Language {
    pub(crate) const ALL: [Self; 2] = [Self::English, Self::Hebrew];

    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Hebrew => "he",
        }
    }

    /// Its name in itself.
    pub(crate) const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Hebrew => "עברית",
        }
    }

    pub(crate) const fn direction(self) -> &'static str {
        match self {
            Self::English => "ltr",
            Self::Hebrew => "rtl",
        }
    }

    /// The same language, in a mail.
    pub(crate) const fn in_mail(self) -> app::mail::Language {
        match self {
            Self::English => app::mail::Language::English,
            Self::Hebrew => app::mail::Language::Hebrew,
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code().eq_ignore_ascii_case(code))
    }

    /// The language of `?lang=`, else the first one of Accept-Language that we speak, else English.
    pub(crate) fn of(query: Option<&str>, headers: &HeaderMap) -> Self {
        let asked = query.and_then(|query| {
            query.split('&').find_map(|pair| pair.strip_prefix("lang=")).and_then(Self::from_code)
        });
        let accepted =
            headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        asked.or_else(|| best(accepted)).unwrap_or(Self::English)
    }

    /// A sentence, with `{name}` replaced by what stands for it. A missing one shows its key.
    pub(crate) fn say(self, key: &str, values: &[(String, String)]) -> String {
        let Some(sentence) = CATALOGUE.get(&self).and_then(|words| words.get(key)) else {
            return key.to_owned();
        };
        values
            .iter()
            .fold(sentence.clone(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }
}

fn best(accepted: &str) -> Option<Language> {
    let mut wanted: Vec<(f32, Language)> = accepted
        .split(',')
        .filter_map(|part| {
            let (tag, rest) = part.trim().split_once(';').unwrap_or((part.trim(), ""));
            let weight = rest.trim().strip_prefix("q=").map_or(1.0, |q| q.parse().unwrap_or(0.0));
            let language = Language::from_code(tag.split('-').next()?)?;
            (weight > 0.0).then_some((weight, language))
        })
        .collect();
    // A stable sort: among equals the first one named wins.
    wanted.sort_by(|a, b| b.0.total_cmp(&a.0));
    wanted.first().map(|(_, language)| *language)
}

type Words = HashMap<String, String>;

static CATALOGUE: LazyLock<HashMap<Language, Words>> = LazyLock::new(|| {
    let texts = [
        (Language::English, include_str!("../../../web/i18n/en.json")),
        (Language::Hebrew, include_str!("../../../web/i18n/he.json")),
    ];
    texts.into_iter().map(|(language, text)| (language, read(text))).collect()
});

fn read(text: &str) -> Words {
    let mut words = Words::new();
    // The catalogue is part of the program; a test reads it, so this cannot fail in the field.
    if let Ok(value) = serde_json::from_str(text) {
        flatten("", &value, &mut words);
    }
    words
}

fn flatten(prefix: &str, value: &serde_json::Value, words: &mut Words) {
    match value {
        serde_json::Value::Object(entries) => {
            for (key, value) in entries {
                let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
                flatten(&path, value, words);
            }
        }
        serde_json::Value::String(text) => {
            words.insert(prefix.to_owned(), text.clone());
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(query: Option<&str>, accepted: &'static str) -> Language {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, http::HeaderValue::from_static(accepted));
        Language::of(query, &headers)
    }

    #[test]
    fn the_query_wins_then_the_best_accepted_language() {
        assert_eq!(of(Some("lang=he"), "en"), Language::Hebrew);
        assert_eq!(of(Some("a=b&lang=xx"), "he-IL,en;q=0.5"), Language::Hebrew);
        assert_eq!(of(None, "fr, en;q=0.3, he;q=0.8"), Language::Hebrew);
        assert_eq!(of(None, "he;q=0, *"), Language::English);
        assert_eq!(of(None, ""), Language::English);
    }

    #[test]
    fn every_language_says_the_pages_sentences() {
        for language in Language::ALL {
            let words = &CATALOGUE[&language];
            assert!(words.keys().filter(|key| key.starts_with("page.")).count() > 40, "{}", language.code());
            assert_ne!(language.say("page.entry.name", &[]), "page.entry.name");
        }
    }
}
