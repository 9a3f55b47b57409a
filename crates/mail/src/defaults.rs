//! The templates that hold until an administrator writes others: one text and one HTML file for each name and
//! language; the subject is the text's first line.

use crate::{Language, Template, TemplateName};

macro_rules! files {
    ($folder:literal, $name:literal) => {
        (
            include_str!(concat!("../templates/", $folder, "/", $name, ".txt")),
            include_str!(concat!("../templates/", $folder, "/", $name, ".html")),
        )
    };
}

/// The template that holds when the site has none of its own.
pub fn default_template(name: TemplateName, language: Language) -> Template {
    let (text, html) = match (language, name) {
        (Language::English, TemplateName::Invite) => files!("en", "invite"),
        (Language::English, TemplateName::Code) => files!("en", "code"),
        (Language::English, TemplateName::Account) => files!("en", "account"),
        (Language::English, TemplateName::Refusals) => files!("en", "refusals"),
        (Language::English, TemplateName::Test) => files!("en", "test"),
        (Language::Hebrew, TemplateName::Invite) => files!("he", "invite"),
        (Language::Hebrew, TemplateName::Code) => files!("he", "code"),
        (Language::Hebrew, TemplateName::Account) => files!("he", "account"),
        (Language::Hebrew, TemplateName::Refusals) => files!("he", "refusals"),
        (Language::Hebrew, TemplateName::Test) => files!("he", "test"),
    };
    let (first, rest) = text.split_once("\n\n").unwrap_or((text, ""));
    let subject = first.strip_prefix("Subject: ").unwrap_or(first);
    Template { subject: subject.to_owned(), text: rest.to_owned(), html: html.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check;

    #[test]
    fn every_default_is_a_good_template_without_foreign_hosts() {
        for language in Language::ALL {
            for name in TemplateName::ALL {
                let template = default_template(*name, *language);
                assert_eq!(check(*name, &template), Ok(()), "{name:?} {language:?}");
                assert!(!template.html.contains("http"), "{name:?} {language:?} names a host");
                assert!(!template.subject.contains('\n') && !template.subject.starts_with("Subject"));
                let direction = if *language == Language::Hebrew { "dir=\"rtl\"" } else { "dir=\"ltr\"" };
                assert!(template.html.contains(direction), "{name:?} {language:?}");
            }
        }
    }
}
