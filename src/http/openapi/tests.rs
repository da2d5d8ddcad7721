//! What is told is what is there.

use super::*;
use std::collections::BTreeSet;
use std::path::Path;

/// Each `.route("/api/…", get(…).post(…))` of the folder, as `method path`.
fn routes(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            routes(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") && !path.ends_with("tests.rs") {
            let source = std::fs::read_to_string(&path).expect("a source");
            for route in source.split(".route(\"/api/").skip(1) {
                let (path, rest) = route.split_once('"').expect("the end of a path");
                // The methods stand before the next route, layer or statement.
                let end = [".route(", ".layer(", ";", ".merge(Router"].iter().filter_map(|end| rest.find(end)).min();
                let methods = rest.get(..end.unwrap_or(rest.len())).unwrap_or(rest);
                for method in ["get", "post", "put", "patch", "delete"] {
                    // `posted` is `post` where that is a module's name.
                    let posted = method == "post" && methods.contains(" posted(");
                    if posted || methods.contains(&format!(" {method}(")) || methods.contains(&format!(".{method}(")) {
                        found.insert(format!("{method} /api/{path}"));
                    }
                }
            }
        }
    }
}

#[test]
fn every_route_is_told_and_nothing_else() {
    let document = document();
    let paths = document["paths"].as_object().expect("paths");
    let method = |path: &str, methods: &Value| -> Vec<String> {
        methods.as_object().expect("methods").keys().map(|method| format!("{method} {path}")).collect()
    };
    let told: BTreeSet<String> = paths.iter().flat_map(|(path, methods)| method(path, methods)).collect();
    let mut there = BTreeSet::new();
    routes(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http"), &mut there);
    assert!(there.len() > 30, "{there:?}");
    assert_eq!(told, there);
}

#[test]
fn every_reference_leads_somewhere() {
    fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(map) => {
                found.extend(map.get("$ref").and_then(Value::as_str));
                map.values().for_each(|value| references(value, found));
            }
            Value::Array(values) => values.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let document = document();
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 40, "{}", found.len());
    for reference in found {
        let pointer = reference.strip_prefix('#').expect("within the document");
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}
