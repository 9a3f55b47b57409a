//! The API's description and the route table name the same routes.

use std::collections::BTreeSet;

use server::{openapi, table};

/// Routes of the table that are no part of the API: its own pages, and lines that OpenAPI cannot describe.
const NOT_DESCRIBED: [&str; 3] = ["/api", "/api/openapi.json", "/api/socket"];

fn described() -> BTreeSet<String> {
    let document: serde_json::Value = serde_json::from_str(&openapi()).expect("the document is JSON");
    let paths = document["paths"].as_object().expect("paths");
    paths
        .iter()
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().expect("methods");
            methods.keys().map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .collect()
}

#[test]
fn every_route_of_the_api_is_described() {
    let described = described();
    let routes = table();
    let missing: Vec<_> = routes
        .iter()
        .filter(|route| route.path.starts_with("/api") && !NOT_DESCRIBED.contains(&route.path))
        .map(|route| format!("{} {}", route.method, route.path))
        .filter(|route| !described.contains(route))
        .collect();
    assert!(missing.is_empty(), "not described: {missing:#?}");
}

#[test]
fn every_described_route_exists() {
    let routes: BTreeSet<_> =
        table().iter().map(|route| format!("{} {}", route.method, route.path)).collect();
    let gone: Vec<_> = described().into_iter().filter(|route| !routes.contains(route)).collect();
    assert!(gone.is_empty(), "described and not there: {gone:#?}");
}

#[test]
fn every_operation_says_what_it_does_and_what_its_paths_mean() {
    let document: serde_json::Value = serde_json::from_str(&openapi()).expect("the document is JSON");
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            assert!(operation["summary"].is_string(), "{method} {path} has no summary");
            assert!(operation["responses"].as_object().is_some_and(|all| !all.is_empty()), "{method} {path}");
        }
    }
}

/// Every operation: method, path, and what is said of it.
fn operations() -> Vec<(String, String, serde_json::Value)> {
    let document: serde_json::Value = serde_json::from_str(&openapi()).expect("the document is JSON");
    let paths = document["paths"].as_object().expect("paths").clone();
    let all = paths.into_iter().flat_map(|(path, methods)| {
        let methods = methods.as_object().expect("methods").clone();
        methods.into_iter().map(move |(method, operation)| (method, path.clone(), operation))
    });
    all.collect()
}

#[test]
fn generators_find_what_they_need() {
    let document: serde_json::Value = serde_json::from_str(&openapi()).expect("the document is JSON");
    assert_eq!(document["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
    assert_eq!(document["components"]["securitySchemes"]["cookie"]["in"], "cookie");
    assert!(document["servers"][0]["url"].is_string());
    let mut ids = BTreeSet::new();
    for (method, path, operation) in operations() {
        let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
        assert!(!id.is_empty() && ids.insert(id.clone()), "{method} {path}: {id:?} is not its own");
        let named = |name: &str| {
            let all = operation["parameters"].as_array().into_iter().flatten();
            all.filter(|one| one["in"] == "path" && one["required"] == true).any(|one| one["name"] == name)
        };
        let parts: Vec<_> = path.split(['{', '}']).skip(1).step_by(2).collect();
        assert!(parts.iter().all(|part| named(part)), "{method} {path}: a part of the path is not described");
        for (status, answer) in operation["responses"].as_object().expect("answers") {
            assert!(
                answer["description"].as_str().is_some_and(|text| !text.is_empty()),
                "{method} {path} {status}"
            );
        }
        assert!(operation["responses"]["default"].is_object(), "{method} {path}: how does it fail?");
        assert!(operation["security"].is_array(), "{method} {path}: who may ask?");
    }
}

#[test]
fn every_scope_has_operations_and_words() {
    let scopes: BTreeSet<String> = operations()
        .iter()
        .filter_map(|(.., operation)| operation["x-scope"].as_str().map(str::to_owned))
        .collect();
    for (language, words) in [
        ("en", include_str!("../../../../web/i18n/en.json")),
        ("he", include_str!("../../../../web/i18n/he.json")),
    ] {
        let words: serde_json::Value = serde_json::from_str(words).expect("words");
        for scope in app::domain::Scope::ALL {
            assert!(
                words["tokens"]["scope"][scope.code()].is_string(),
                "{language}: {scope} in the token's dialog"
            );
            assert!(scopes.contains(scope.code()), "{scope} opens nothing");
        }
    }
}

#[test]
fn uploads_say_which_headers_they_need() {
    let all = operations();
    let find = |method: &str, path: &str| {
        &all.iter().find(|(m, p, _)| m == method && p == path).expect("described").2
    };
    for (method, path, needed) in [
        ("post", "/api/uploads", ["Tus-Resumable", "Upload-Length"]),
        ("patch", "/api/uploads/{upload}", ["Tus-Resumable", "Upload-Offset"]),
    ] {
        let operation = find(method, path);
        for name in needed {
            let parameters = operation["parameters"].as_array().expect("parameters");
            let one = parameters.iter().find(|one| one["in"] == "header" && one["name"] == name);
            assert!(one.is_some_and(|one| one["required"] == true), "{method} {path}: {name}");
        }
        assert!(
            operation["requestBody"]["content"]["application/offset+octet-stream"].is_object(),
            "{method} {path}"
        );
    }
}
