//! What the route table and the house's habits add to the description of each operation: who may call it by what, how
//! it fails, a name of its own, and whatever a generator of clients needs. Nothing of it is written down twice.

use app::domain::Scope;
use app::domain::access::Action;
use serde_json::{Value, json};

use super::example;
use crate::guard::{Guard, RouteEntry};

const ERROR: &str = "#/components/schemas/ErrorBody";

/// Completes the document that was generated from the handlers.
pub(super) fn complete(api: &mut Value, table: &[RouteEntry]) {
    api["servers"] = json!([{ "url": "/", "description": "This Anteroom" }]);
    api["components"]["securitySchemes"] = security_schemes();
    let schemas = api["components"]["schemas"].as_object().cloned().unwrap_or_default();
    let mut tags: Vec<String> = Vec::new();
    for (path, methods) in api["paths"].as_object_mut().into_iter().flatten() {
        for (method, operation) in methods.as_object_mut().into_iter().flatten() {
            let guard =
                table.iter().find(|route| route.path == path && route.method.eq_ignore_ascii_case(method));
            name(operation, path);
            tidy_words(operation);
            path_parameters(operation, path);
            secure(operation, guard.map(|route| &route.guard));
            answers(operation);
            if let Some(body) = operation.pointer_mut("/requestBody/content/application~1json") {
                body["example"] = example::of(&body["schema"], &schemas);
            }
            let tag = operation["tags"][0].as_str().unwrap_or_default().to_owned();
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
    }
    tags.sort();
    api["tags"] = tags.into_iter().map(|tag| json!({ "name": tag })).collect();
}

fn security_schemes() -> Value {
    let scopes: Vec<_> = Scope::ALL.iter().map(|scope| format!("`{scope}`")).collect();
    json!({
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "description": format!("An API token of a member, made at /tokens, with scopes: {}.", scopes.join(", ")),
        },
        "cookie": {
            "type": "apiKey",
            "in": "cookie",
            "name": "__Host-anteroom-session",
            "description": "A member who is signed in in a browser. Whatever changes something must come from our own pages.",
        },
        "ticket": {
            "type": "apiKey",
            "in": "cookie",
            "name": "__Secure-anteroom-ticket",
            "description": "An open page's leave to fetch one viewing's media, for a minute at a time.",
        },
    })
}

/// A name that no other operation has: what it is about, and the handler's own.
fn name(operation: &mut Value, path: &str) {
    let about = match path.split('/').nth(2) {
        Some(own @ ("passkeys" | "groups")) => own,
        _ => operation["tags"][0].as_str().unwrap_or_default(),
    };
    let name = operation["operationId"].as_str().unwrap_or_default();
    operation["operationId"] = format!("{}_{name}", about.replace([' ', '-'], "_")).into();
}

/// The first sentence is the summary; what follows it belongs to the description.
fn tidy_words(operation: &mut Value) {
    let text = |key: &str| {
        operation[key].as_str().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let (summary, more) = (text("summary"), operation["description"].as_str().unwrap_or_default().to_owned());
    let (first, rest) = match summary.split_once(". ") {
        Some((first, rest)) => (format!("{first}."), rest.to_owned()),
        None => (summary, String::new()),
    };
    let description =
        [rest, more].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n");
    operation["summary"] = first.into();
    if !description.is_empty() {
        operation["description"] = description.into();
    }
}

fn path_parameters(operation: &mut Value, path: &str) {
    let names = path.split(['{', '}']).skip(1).step_by(2);
    let mut all = operation["parameters"].as_array().cloned().unwrap_or_default();
    for (place, name) in names.enumerate() {
        let known = all.iter().position(|one| one["in"] == "path" && one["name"] == name);
        let mut parameter = known.map_or(Value::Null, |at| all.remove(at));
        let words = parameter["description"].as_str().map_or_else(|| meaning(name), str::to_owned);
        parameter = json!({
            "name": name, "in": "path", "required": true, "description": words, "schema": { "type": "string" },
        });
        all.insert(place, parameter);
    }
    if !all.is_empty() {
        operation["parameters"] = all.into();
    }
}

fn meaning(name: &str) -> String {
    match name {
        "email" => "The address, with `@` as it is or as `%40`.".into(),
        "name" => "The template's name.".into(),
        "language" => "The code of a language, `en` or `he`.".into(),
        "provider" => "The provider's name, as the sign-in page has it.".into(),
        "session" => "Which session, as the list of sessions names it.".into(),
        name => format!("The id of the {name}."),
    }
}

/// Which keys open it, from the route's own guard.
fn secure(operation: &mut Value, guard: Option<&Guard>) {
    let (keys, scope) = match guard {
        Some(Guard::Decides(action)) => match action.scope() {
            Some(scope) => (json!([{ "bearer": [] }, { "cookie": [] }]), Some(scope)),
            None if matches!(action, Action::ManageOwnTokens | Action::ManageOwnAccount) => {
                (json!([{ "cookie": [] }]), None)
            }
            // Doors and viewings: guests come too, by their browser's key.
            None => (json!([{}, { "cookie": [] }]), None),
        },
        Some(Guard::Ticket) => (json!([{ "ticket": [] }]), None),
        Some(Guard::Open(_)) | None => (json!([]), None),
    };
    operation["security"] = keys;
    if let Some(scope) = scope {
        operation["x-scope"] = scope.code().into();
        let words = format!("A token needs the scope `{scope}`.");
        let before = operation["description"].as_str().map(|text| format!("{text}\n\n")).unwrap_or_default();
        operation["description"] = format!("{before}{words}").into();
    }
}

/// Every answer says what it means; whatever is not listed is an error with the one body of errors.
fn answers(operation: &mut Value) {
    let is_secured = operation["security"].as_array().is_some_and(|keys| !keys.is_empty());
    let has_body = operation.get("requestBody").is_some();
    let Some(all) = operation["responses"].as_object_mut() else { return };
    for (is_usual, status) in [(is_secured, "401"), (is_secured, "403"), (has_body, "400"), (true, "default")]
    {
        if is_usual {
            all.entry(status).or_insert_with(|| json!({}));
        }
    }
    for (status, answer) in all {
        if answer["description"].as_str().is_none_or(str::is_empty) {
            answer["description"] = words_of(status).into();
        }
        let is_error = status == "default" || status.starts_with(['4', '5']);
        if is_error && answer.get("content").is_none() {
            answer["content"] = json!({ "application/json": { "schema": { "$ref": ERROR } } });
        }
    }
}

fn words_of(status: &str) -> &'static str {
    match status {
        "200" => "Done.",
        "201" => "Made.",
        "202" => "Taken in; it goes on by itself.",
        "204" => "Done; there is nothing to say.",
        "400" => "The request cannot be read.",
        "401" => "Nobody is signed in, or the token is not good.",
        "403" => "Not allowed: by role, by policy, or `scope_missing` with the scope that a token needs.",
        "404" => "There is nothing here for this caller.",
        "409" => "Not as things stand; `code` says why.",
        "410" => "It was given up, or is over.",
        "412" => "`Tus-Resumable: 1.0.0` is missing.",
        "413" => "Larger than this site accepts; `limit_bytes` is the limit.",
        "415" => "Another content type is needed.",
        "422" => "Fields are wrong; `fields` says what is wrong with each.",
        "423" => "Another request is writing it.",
        "429" => "Too many; wait as `Retry-After` says.",
        "460" => "The piece was not what was promised; it does not count.",
        "502" => "Another site that was asked does not answer rightly.",
        "507" => "There is no room on the server.",
        _ => "Any other error.",
    }
}
