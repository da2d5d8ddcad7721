//! The source texts that the rules read: which files there are, where they stand in the house.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// What a machine makes and nobody writes.
const GENERATED: &[&str] = &["node_modules", "dist", "generated", "target", "artefacts", ".svelte-kit"];

/// One file: its path from the root of the project, with `/`, and its text.
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Source {
    /// A made-up file, for the tests of the rules.
    pub(crate) fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    /// Whether the file is compiled for tests only.
    pub(crate) fn is_test(&self) -> bool {
        self.path.ends_with("/tests.rs")
            || self.path.ends_with("/testing.rs")
            || self.path.contains("/tests/")
            || self.path.starts_with("tests/")
    }

    /// The modules that the file is, from the crate's root: `src/show/core/chat.rs` is `[show, core, chat]`.
    pub(crate) fn module(&self) -> Vec<String> {
        let inside = self.path.strip_prefix("signaling/").unwrap_or(&self.path);
        let inside = inside.strip_prefix("src/").unwrap_or(inside).trim_end_matches(".rs");
        let mut parts: Vec<String> = inside.split('/').map(str::to_owned).collect();
        if parts.last().is_some_and(|last| matches!(last.as_str(), "mod" | "lib" | "main")) {
            parts.pop();
        }
        parts
    }

    /// `path:line: complaint`.
    pub(crate) fn at(&self, line: usize, complaint: &str) -> String {
        format!("{}:{line}: {complaint}", self.path)
    }
}

/// The root of the project.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files below `folders` with one of `endings`, sorted; "" stands for files without an ending.
pub(crate) fn sources(folders: &[&str], endings: &[&str]) -> Vec<Source> {
    let mut paths = Vec::new();
    folders.iter().for_each(|folder| walk(&root().join(folder), endings, &mut paths));
    paths.sort();
    paths.iter().filter_map(|path| read(path)).collect()
}

fn read(path: &Path) -> Option<Source> {
    let text = fs::read_to_string(path).ok()?;
    let path = path.strip_prefix(root()).ok()?.to_str()?.replace('\\', "/");
    Some(Source { path, text })
}

fn walk(folder: &Path, endings: &[&str], found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        let skipped = name.starts_with('.') || GENERATED.contains(&name.as_str());
        if path.is_dir() && !skipped {
            walk(&path, endings, found);
        } else if path.is_file() && endings.contains(&path.extension().and_then(|e| e.to_str()).unwrap_or("")) {
            found.push(path);
        }
    }
}

#[test]
fn modules_are_told_from_paths() {
    let module = |path| Source::new(path, "").module().join("::");
    assert_eq!(module("src/show/core/chat.rs"), "show::core::chat");
    assert_eq!(module("src/show/mod.rs"), "show");
    assert_eq!(module("src/lib.rs"), "");
    assert_eq!(module("signaling/src/text/tests.rs"), "text::tests");
}

#[test]
fn the_tree_is_found() {
    let found = sources(&["src", "signaling"], &["rs"]);
    assert!(found.iter().any(|s| s.path == "src/clock.rs"), "src/clock.rs is not among {} files", found.len());
    assert!(found.iter().any(|s| s.path.starts_with("signaling/src/")));
}
