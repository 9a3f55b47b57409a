//! What a template may say, and that what people typed stays text.

use super::*;

fn template(subject: &str, text: &str, html: &str) -> Template {
    Template { subject: subject.into(), text: text.into(), html: html.into() }
}

fn with_text(text: &str) -> Template {
    template("Subject", text, "<p>{{link}}</p>")
}

#[test]
fn an_unknown_token_is_named_with_its_line() {
    let wrong =
        check(TemplateName::Invite, &with_text("Hello\n{{ first_name }}\nand {{frist_name}} {{link}}"));
    let expected = TemplateError::UnknownToken { part: Part::Text, line: 3, token: "frist_name".into() };
    assert_eq!(wrong, Err(expected.clone()));
    assert_eq!(expected.to_string(), "text, line 3: there is no token {{frist_name}} in this mail");
    assert!(with_text("{{frist_name}}").fill(&Values::default(), "").is_err());
}

#[test]
fn only_tokens_and_if_are_understood() {
    for text in [
        "{{link}} {{ \"x\" * 1000000000 }}",
        "{{link}} {% for c in link %}x{% endfor %}",
        "{{link}} {% include \"text\" %}",
        "{{link}} {% if start %}never closed",
        "{{link}} {% endif %}",
        "{{link}} {% else %}",
        "{{link}} {# note #}",
        "{{link}} {{item",
        "{{link|upper}}",
    ] {
        assert!(check(TemplateName::Invite, &with_text(text)).is_err(), "{text}");
        assert!(with_text(text).fill(&Values::default(), "").is_err(), "{text}");
    }
    let good = "100 % { a } {{link}} {% if start %}{{start}}{% else %}soon{% endif %}";
    assert_eq!(check(TemplateName::Invite, &with_text(good)), Ok(()));
    let filled = with_text(good).fill(&Values::default(), "").expect("fills");
    assert_eq!(filled.text, "100 % { a }  soon");
}

#[test]
fn tokens_belong_to_their_mails() {
    assert!(check(TemplateName::Invite, &with_text("{{link}} {{code}}")).is_err());
    assert!(check(TemplateName::Code, &template("{{code}}", "{{code}}", "{{code}} {{qr}}")).is_err());
    assert!(check(TemplateName::Invite, &template("{{link}}", "{{link}}", "{{link}}")).is_err());
    let missing = check(TemplateName::Invite, &template("Hi", "Hello", "<p>{{link}}</p>"));
    assert_eq!(missing, Err(TemplateError::MissingToken { part: Part::Text, token: "link" }));
    assert_eq!(check(TemplateName::Test, &template(" ", "a", "b")), Err(TemplateError::Empty(Part::Subject)));
    let long = "x".repeat(MOST_BYTES + 1);
    assert_eq!(
        check(TemplateName::Test, &template("s", &long, "b")),
        Err(TemplateError::TooLong(Part::Text))
    );
}

#[test]
fn what_people_typed_stays_text() {
    let values = Values {
        first_name: "<img src=x onerror=alert(1)>\r\nBcc: all@example.org".into(),
        item: "{{link}} & \"friends\"".into(),
        ..Values::default()
    };
    let letter =
        template("{{first_name}}: {{item}}", "{{first_name}}", "<p title=\"{{item}}\">{{first_name}}</p>");
    let filled = letter.fill(&values, "").expect("fills");
    assert!(!filled.subject.contains(['\r', '\n']), "{}", filled.subject);
    assert!(filled.subject.ends_with("{{link}} & \"friends\""), "a token in a value is no token");
    assert!(!filled.text.contains('\n'), "{}", filled.text);
    assert!(!filled.html.contains("<img") && !filled.html.contains("\"friends\""), "{}", filled.html);
}
