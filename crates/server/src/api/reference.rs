//! The description as a page shows it: each operation with its parameters, bodies, answers and a line of curl.

use minijinja::{Value as Shown, context};
use serde_json::{Map, Value};

use super::example::{resolved, type_of};

/// The errors' own table, which a test holds against the code.
const ERRORS: &str = include_str!("../../../../docs/errors.md");
/// Runs as it stands; a test does.
const UPLOAD: &str = include_str!("../../../../docs/api/upload.sh");

/// Everything that the page says.
pub(super) fn of(api: &Value, site: &str) -> Shown {
    let none = Map::new();
    let schemas = api["components"]["schemas"].as_object().unwrap_or(&none);
    let paths = api["paths"].as_object().into_iter().flatten();
    let all = paths.flat_map(|(path, methods)| {
        methods.as_object().into_iter().flatten().map(move |(method, operation)| (path, method, operation))
    });
    let operations: Vec<Shown> =
        all.map(|(path, method, operation)| shown(schemas, site, path, method, operation)).collect();
    let bodies = schemas.iter().map(|(name, schema)| {
        let codes = schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str);
        context! {
            name => name,
            description => schema["description"].as_str(),
            codes => codes.map(str::to_owned).collect::<Vec<_>>(),
            fields => fields(schema, schemas),
        }
    });
    let bodies: Vec<Shown> = bodies.collect();
    let schemes = &api["components"]["securitySchemes"];
    context! {
        operations => operations,
        bodies => bodies,
        errors => errors(),
        upload => UPLOAD,
        base => site,
        bearer => schemes["bearer"]["description"].as_str(),
    }
}

fn shown(schemas: &Map<String, Value>, site: &str, path: &str, method: &str, operation: &Value) -> Shown {
    let says = |key: &str| operation[key].as_str().unwrap_or_default().to_owned();
    let content = operation["requestBody"]["content"].as_object();
    let body = content.and_then(|content| content.iter().next()).map(|(kind, body)| {
        context! { kind => kind, name => name_of(&body["schema"]), fields => fields(&body["schema"], schemas) }
    });
    let parameters: Vec<Shown> =
        operation["parameters"].as_array().into_iter().flatten().map(parameter).collect();
    let answers = operation["responses"].as_object().into_iter().flatten().map(|(status, answer)| {
        let body = answer["content"].as_object().and_then(|content| content.iter().next());
        let headers: Vec<String> =
            answer["headers"].as_object().map(|all| all.keys().cloned().collect()).unwrap_or_default();
        context! {
            status => status,
            description => answer["description"].as_str(),
            kind => body.map(|(kind, _)| kind.clone()),
            name => body.and_then(|(_, body)| name_of(&body["schema"])).map(str::to_owned),
            headers => headers,
        }
    });
    let answers: Vec<Shown> = answers.collect();
    context! {
        id => says("operationId"),
        path => path,
        method => method.to_uppercase(),
        group => operation["tags"][0].as_str(),
        summary => says("summary"),
        description => says("description"),
        opens => opens(operation),
        parameters => parameters,
        body => body,
        answers => answers,
        curl => curl(site, path, method, operation),
    }
}

/// Who may ask: by the scope of a token, by being signed in in a browser, or anybody.
fn opens(operation: &Value) -> &str {
    let keys = operation["security"].as_array().map(Vec::as_slice).unwrap_or_default();
    let has = |name: &str| keys.iter().any(|key| key.get(name).is_some());
    if let Some(scope) = operation["x-scope"].as_str() {
        scope
    } else if has("ticket") {
        "ticket"
    } else if keys.iter().any(|key| key.as_object().is_some_and(Map::is_empty)) {
        "browser"
    } else if has("cookie") {
        "session"
    } else {
        "anybody"
    }
}

fn parameter(parameter: &Value) -> Shown {
    context! {
        name => parameter["name"].as_str(),
        place => parameter["in"].as_str(),
        kind => type_of(&parameter["schema"]),
        needed => parameter["required"] == true,
        description => parameter["description"].as_str(),
        example => parameter["example"].as_str(),
    }
}

fn name_of(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str().and_then(|path| path.rsplit('/').next())
}

/// The fields of a body; those of parts that are written into it with them.
fn fields(schema: &Value, schemas: &Map<String, Value>) -> Vec<Shown> {
    let schema = resolved(schema, schemas);
    let parts = schema["allOf"].as_array().into_iter().flatten();
    let mut all: Vec<Shown> = parts.flat_map(|part| fields(part, schemas)).collect();
    let needed =
        |name: &str| schema["required"].as_array().is_some_and(|all| all.iter().any(|one| one == name));
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let items = &field["items"];
        let choice = field["oneOf"].as_array().and_then(|all| all.iter().find_map(name_of));
        let other = name_of(field).or(choice).or_else(|| name_of(items));
        let kind = match (type_of(field), other) {
            ("array", None) => format!("array of {}", type_of(items)),
            ("array", Some(_)) => "array of".to_owned(),
            (kind, _) => kind.to_owned(),
        };
        let words = field["description"].as_str().or_else(|| {
            field["oneOf"].as_array().and_then(|all| all.iter().find_map(|one| one["description"].as_str()))
        });
        all.push(context! { name => name, kind => kind, other => other, needed => needed(name), description => words });
    }
    all
}

fn curl(site: &str, path: &str, method: &str, operation: &Value) -> String {
    let address = shell_address(path);
    let mut lines = vec![match method {
        "get" => format!("curl {site}{address}"),
        "head" => format!("curl --head {site}{address}"),
        other => format!("curl -X {} {site}{address}", other.to_uppercase()),
    }];
    if operation["x-scope"].is_string() {
        lines.push("-H \"Authorization: Bearer $TOKEN\"".into());
    }
    for one in operation["parameters"].as_array().into_iter().flatten().filter(|one| one["in"] == "header") {
        if let (Some(name), Some(example), true) =
            (one["name"].as_str(), one["example"].as_str(), one["required"] == true)
        {
            lines.push(format!("-H '{name}: {example}'"));
        }
    }
    let content = operation["requestBody"]["content"].as_object();
    match content.and_then(|content| content.iter().next()) {
        Some((kind, body)) if kind == "application/json" => {
            lines.push("-H 'Content-Type: application/json'".into());
            lines.push(format!("-d '{}'", body["example"]));
        }
        Some((kind, _)) if operation["requestBody"]["required"] == true => {
            lines.push(format!("-H 'Content-Type: {kind}'"));
            lines.push("--data-binary @film.mp4".into());
        }
        _ => {}
    }
    lines.join(" \\\n  ")
}

/// The address with its parameters as a shell has them: `{item}` is `$ITEM`.
fn shell_address(path: &str) -> String {
    let parts =
        path.split('/').map(|part| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some(name) => format!("${}", name.to_uppercase()),
            None => part.to_owned(),
        });
    parts.collect::<Vec<_>>().join("/")
}

/// The rows of the errors' table: status, code, meaning.
fn errors() -> Vec<Shown> {
    let rows = ERRORS.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    let cells = rows.filter_map(|row| {
        let mut cells = row.splitn(3, '|').map(str::trim);
        let (status, code, meaning) = (cells.next()?, cells.next()?, cells.next()?);
        let is_row = status.chars().all(|c| c.is_ascii_digit());
        is_row.then(|| context! { status => status, code => code.trim_matches('`'), meaning => meaning })
    });
    cells.collect()
}
