//! The protocol's README against the wire: each field name and each fixed value that a golden example or the
//! generated TypeScript holds must be named in signaling/README.md.

use crate::tree::{root, sources};
use serde_json::Value;
use std::{collections::BTreeSet, fs};

pub(crate) const WHY: &str = "a stranger must be able to write a client from signaling/README.md alone; a change of the protocol \
     that the README does not tell is found by them, not by us";

const README: &str = "signaling/README.md";

/// Fields whose values are words of the protocol, not of people.
const FIXED: &[&str] = &["type", "kind", "code", "role", "status", "on_air", "source", "reason"];

/// Complaints about words of the wire that the README does not know.
pub(crate) fn check_tree() -> Vec<String> {
    let readme = fs::read_to_string(root().join(README)).unwrap_or_default();
    let examples = sources(&["signaling/tests/golden"], &["json"]);
    let mut words = BTreeSet::new();
    for example in &examples {
        match serde_json::from_str(&example.text) {
            Ok(value) => collect(&value, &mut words),
            Err(e) => return vec![example.at(1, &e.to_string())],
        }
    }
    let typescript = fs::read_to_string(root().join("web/src/protocol.ts")).unwrap_or_default();
    words.extend(literals(&typescript));
    if examples.is_empty() || words.len() < 20 {
        return vec!["found no examples of the protocol: has signaling/tests/golden moved?".to_owned()];
    }
    missing(&readme, &words)
}

/// Field names and fixed values of an example.
fn collect(value: &Value, words: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                words.insert(name.clone());
                if let (true, Value::String(word)) = (FIXED.contains(&name.as_str()), value) {
                    words.insert(word.clone());
                }
                collect(value, words);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, words)),
        _ => {}
    }
}

/// Literal types of the generated TypeScript: the `"live"` in `"off" | "live"`.
fn literals(typescript: &str) -> BTreeSet<String> {
    let code = typescript.lines().filter(|line| !line.trim_start().starts_with(['*', '/']));
    let quoted = code.flat_map(|line| line.split('"').skip(1).step_by(2));
    quoted
        .filter(|word| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
        .map(str::to_owned)
        .collect()
}

/// Words that the README does not have as whole words.
fn missing(readme: &str, words: &BTreeSet<String>) -> Vec<String> {
    let known: BTreeSet<&str> = readme.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
    words
        .iter()
        .filter(|word| !known.contains(word.as_str()))
        .map(|word| format!("{README} does not name `{word}`"))
        .collect()
}

#[test]
fn an_unexplained_field_is_caught() {
    let mut words = BTreeSet::new();
    collect(&serde_json::json!({"type": "poll", "options": [{"label": "Red"}], "id": 1}), &mut words);
    assert_eq!(
        missing("`poll` has an `id` and `options`", &words),
        [format!("{README} does not name `label`"), format!("{README} does not name `type`")]
    );
    assert_eq!(missing("`type` `poll`: `id`, `options` {`label`}", &words), [""; 0]);
    assert_eq!(missing("types polls ids optional labels", &words).len(), 5, "whole words only");
}

#[test]
fn literals_of_the_typescript_are_read() {
    let text = "/** Says \"hello\". */\nexport type OnAir = \"off\" | \"live\";\nimport x from \"./Y\";\n";
    assert_eq!(literals(text).into_iter().collect::<Vec<_>>(), ["live", "off"]);
}
