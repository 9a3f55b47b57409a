//! Values that stand as examples in bodies of requests: the fields that are needed, or the first one where none is.

use serde_json::{Map, Value, json};

/// Bodies within bodies; what nests deeper is left out.
const DEEPEST: usize = 4;

/// A value that fits a schema.
pub(super) fn of(schema: &Value, schemas: &Map<String, Value>) -> Value {
    value("", schema, schemas, 0)
}

/// What a reference leads to, and of several choices the first that is something.
pub(super) fn resolved<'a>(schema: &'a Value, schemas: &'a Map<String, Value>) -> &'a Value {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return schemas.get(name).map_or(schema, |found| resolved(found, schemas));
    }
    let choices = ["oneOf", "anyOf"].into_iter().find_map(|key| schema[key].as_array());
    let first = choices.and_then(|all| all.iter().find(|one| one["type"] != "null"));
    first.map_or(schema, |found| resolved(found, schemas))
}

fn value(name: &str, schema: &Value, schemas: &Map<String, Value>, depth: usize) -> Value {
    let schema = resolved(schema, schemas);
    if depth > DEEPEST {
        return Value::Null;
    }
    if let Some(given) = schema.get("example").or_else(|| schema["enum"].get(0)) {
        return given.clone();
    }
    match type_of(schema) {
        "object" => object(schema, schemas, depth),
        "array" => json!([value(name, &schema["items"], schemas, depth + 1)]),
        "boolean" => json!(true),
        "integer" | "number" => number(name),
        _ => text(name).into(),
    }
}

/// The type that is not null.
pub(super) fn type_of(schema: &Value) -> &str {
    let several = schema["type"].as_array().and_then(|all| all.iter().find(|one| *one != "null"));
    let one = several.unwrap_or(&schema["type"]);
    one.as_str().unwrap_or(if schema.get("properties").is_some() { "object" } else { "" })
}

fn object(schema: &Value, schemas: &Map<String, Value>, depth: usize) -> Value {
    let Some(fields) = schema["properties"].as_object() else { return json!({}) };
    let needed = schema["required"].as_array().cloned().unwrap_or_default();
    let is_needed = |name: &str| needed.iter().any(|one| one == name);
    let mut shown: Vec<_> = fields.iter().filter(|(name, _)| is_needed(name)).collect();
    if shown.is_empty() {
        shown.extend(fields.iter().next());
    }
    let field = |(name, schema): (&String, &Value)| (name.clone(), value(name, schema, schemas, depth + 1));
    Value::Object(shown.into_iter().map(field).collect())
}

fn number(name: &str) -> Value {
    json!(match name {
        "days" | "add_days" => 14,
        "minutes" | "extend_minutes" => 60,
        "retention_days" => 365,
        _ => 1,
    })
}

fn text(name: &str) -> &'static str {
    match name {
        "email" | "emails" => "anna@school.example",
        "text" => "anna@school.example;Anna;Levi",
        "first_name" => "Anna",
        "last_name" => "Levi",
        "name" => "Parents",
        "title" => "Field trip",
        "role" => "viewer",
        "scopes" => "items:read",
        "password" | "new" => "a passphrase of four words",
        "old" => "the one before",
        "code" => "12345678",
        "reference" => "7KQ-3MD",
        "language" => "en",
        "class" => "media",
        _ => "...",
    }
}
