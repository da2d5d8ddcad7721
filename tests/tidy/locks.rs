//! What must not depend on where it was written: lock files name public registries only, and no text holds a path of
//! the machine it was written on.

use crate::tree::{Source, root, sources};

pub(crate) const WHY: &str = "a clone must build anywhere; a private mirror or a home folder in a lock file breaks it for \
     everybody else, and tells more than it should";

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";
const NPM: &str = "https://registry.npmjs.org/";

/// Folders and endings of the texts that are searched for machine paths.
const TEXTS: (&[&str], &[&str]) = (
    &["src", "signaling", "web", "tests", "scripts", ".ci"],
    &["rs", "toml", "json", "ts", "js", "mjs", "svelte", "css", "html", "md", "sh", "sql", "yml", "yaml", ""],
);

/// Complaints about lock files and texts of the tree.
pub(crate) fn check_tree() -> Vec<String> {
    let here = root().to_string_lossy().into_owned();
    let mut files = sources(TEXTS.0, TEXTS.1);
    files.extend(sources(&["."], &["lock", "toml", "md"]).into_iter().filter(|s| !s.path.contains('/')));
    files.iter().flat_map(|file| check(file, &here)).collect()
}

fn check(file: &Source, here: &str) -> Vec<String> {
    let mut complaints = Vec::new();
    for (n, line) in file.text.lines().enumerate() {
        if let Some(why) = foreign_source(&file.path, line).or_else(|| machine_path(line, here)) {
            complaints.push(file.at(n + 1, &why));
        }
    }
    complaints
}

fn foreign_source(path: &str, line: &str) -> Option<String> {
    let line = line.trim();
    if path.ends_with("Cargo.lock") {
        let source = line.strip_prefix("source = \"")?.trim_end_matches('"');
        return (source != CRATES_IO).then(|| format!("`{source}` is not crates.io"));
    }
    if path.ends_with("package-lock.json") {
        let source = line.strip_prefix("\"resolved\": \"")?;
        return (!source.starts_with(NPM))
            .then(|| format!("`{}` is not npm's registry", source.trim_end_matches("\",")));
    }
    None
}

fn machine_path(line: &str, here: &str) -> Option<String> {
    let homes = [here, concat!("/ho", "me/"), concat!("/ro", "ot/"), concat!("/Us", "ers/"), concat!("file:", "///")];
    homes.iter().find(|home| starts_a_path(line, home)).map(|home| format!("names a place on one machine: `{home}`"))
}

/// Whether `place` stands in the line as the beginning of a path, not as a part of another (`./src/home/`).
fn starts_a_path(line: &str, place: &str) -> bool {
    let before =
        |at: usize| line[..at].chars().next_back().is_some_and(|c| c.is_ascii_alphanumeric() || "._-~".contains(c));
    line.match_indices(place).any(|(at, _)| !before(at))
}

#[test]
fn a_private_registry_is_caught() {
    let of = |path: &str, text: &str| check(&Source::new(path, text), "/here");
    assert_eq!(of("Cargo.lock", "source = \"registry+https://mirror.example/index\"").len(), 1);
    assert_eq!(of("Cargo.lock", &format!("source = \"{CRATES_IO}\"")), [""; 0]);
    assert_eq!(of("Cargo.lock", "source = \"git+https://example.org/x\"").len(), 1);
    assert_eq!(of("web/package-lock.json", "  \"resolved\": \"http://10.0.0.1/a.tgz\",").len(), 1);
    assert_eq!(of("web/package-lock.json", "  \"resolved\": \"https://registry.npmjs.org/a.tgz\","), [""; 0]);
}

#[test]
fn a_machine_path_is_caught() {
    let of = |text: &str| check(&Source::new("src/a.rs", text), "/build/quiora");
    assert_eq!(of("const X: &str = \"/build/quiora/data\";").len(), 1);
    assert_eq!(of(concat!("// see /ho", "me/anna/x")).len(), 1);
    assert_eq!(of("// see /usr/bin/chromium"), [""; 0]);
    assert_eq!(of(concat!("import './src/ho", "me/main.ts'")), [""; 0]);
}
