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
