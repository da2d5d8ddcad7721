//! Size and form of files: length, head, where tests stand, nothing left for later.

#![allow(clippy::panic, reason = "a source that does not parse is a failed test")]

use crate::tree::Source;
use syn::{spanned::Spanned, visit::Visit};

pub(crate) const WHY_SMALL: &str = "a file that fits in one look is one noun; near the limit, split by reason to change. A long \
     function hides its decisions";
pub(crate) const WHY_HEAD: &str = "the head says what the file owns, which invariant it keeps and why this way: the next reader \
     starts there";
pub(crate) const WHY_TESTS_APART: &str = "a reader of the code should not scroll past its tests, and the limit on lines is for \
     code";
pub(crate) const WHY_FINISHED: &str = "what is not done is not in the tree: it is in the tracker, where somebody looks";

const FILE_LINES: usize = 400;
const TEST_FILE_LINES: usize = 600;
const COMPONENT_LINES: usize = 150;
const FUNCTION_LINES: usize = 70;

/// Words that mark something unfinished. Split, so that this file does not complain about itself.
const UNFINISHED: &[&str] = &[
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X:"),
    concat!("to", "do!("),
    concat!("unimple", "mented!("),
];

/// Written by a machine from types that have limits of their own.
const GENERATED: &str = "web/src/protocol.ts";

/// A file over its limit.
pub(crate) fn file_length(source: &Source) -> Vec<String> {
    if source.path == GENERATED {
        return Vec::new();
    }
    let lines = source.text.lines().count();
    let limit = match source {
        s if s.path.ends_with(".svelte") => COMPONENT_LINES,
        s if s.is_test() || s.path.ends_with(".test.ts") => TEST_FILE_LINES,
        _ => FILE_LINES,
    };
    if lines > limit { vec![source.at(lines, &format!("{lines} lines, the limit is {limit}"))] } else { Vec::new() }
}

/// Functions over the limit. Tests are exempt: a test is read alone, and from top to bottom.
pub(crate) fn function_length(source: &Source) -> Vec<String> {
    if source.is_test() {
        return Vec::new();
    }
    let mut functions = Functions(Vec::new());
    functions.visit_file(&parse(source));
    let long = functions.0.into_iter().filter(|(_, _, lines)| *lines > FUNCTION_LINES);
    long.map(|(name, at, lines)| source.at(at, &format!("`{name}` has {lines} lines, the limit is {FUNCTION_LINES}")))
        .collect()
}

fn parse(source: &Source) -> syn::File {
    syn::parse_file(&source.text).unwrap_or_else(|e| panic!("{}: {e}", source.path))
}

/// Name, first line and number of lines of each function, signature included.
struct Functions(Vec<(String, usize, usize)>);

impl Functions {
    fn add(&mut self, signature: &syn::Signature, body: &syn::Block) {
        let (first, last) = (signature.span().start().line, body.span().end().line);
        self.0.push((signature.ident.to_string(), first, last - first + 1));
    }
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item_fn(&mut self, f: &'ast syn::ItemFn) {
        self.add(&f.sig, &f.block);
        syn::visit::visit_item_fn(self, f);
    }

    fn visit_impl_item_fn(&mut self, f: &'ast syn::ImplItemFn) {
        self.add(&f.sig, &f.block);
        syn::visit::visit_impl_item_fn(self, f);
    }

    fn visit_trait_item_fn(&mut self, f: &'ast syn::TraitItemFn) {
        if let Some(body) = &f.default {
            self.add(&f.sig, body);
        }
        syn::visit::visit_trait_item_fn(self, f);
    }
}

/// A file without `//!` at its very start.
pub(crate) fn head(source: &Source) -> Vec<String> {
    let said =
        source.text.lines().next().and_then(|line| line.strip_prefix("//!")).is_some_and(|rest| rest.trim().len() > 10);
    if said { Vec::new() } else { vec![source.at(1, "does not start with `//!` and a sentence")] }
}

/// A test module with a body in a file of code.
pub(crate) fn inline_tests(source: &Source) -> Vec<String> {
    let is_test = |attr: &syn::Attribute| {
        attr.path().is_ident("cfg") && attr.parse_args::<syn::Path>().is_ok_and(|p| p.is_ident("test"))
    };
    let mut complaints = Vec::new();
    for item in parse(source).items {
        if let syn::Item::Mod(module) = item
            && module.content.is_some()
            && module.attrs.iter().any(is_test)
        {
            complaints.push(source.at(module.span().start().line, "move these tests to a `tests.rs` of their own"));
        }
    }
    complaints
}

/// Marks of unfinished work.
pub(crate) fn unfinished(source: &Source) -> Vec<String> {
    let mut complaints = Vec::new();
    for (n, line) in source.text.lines().enumerate() {
        complaints.extend(
            UNFINISHED.iter().filter(|word| line.contains(**word)).map(|word| source.at(n + 1, &format!("`{word}`"))),
        );
    }
    complaints
}

#[test]
fn long_files_are_caught() {
    let lines = |n: usize| "//! x\n".repeat(n);
    assert_eq!(file_length(&Source::new("src/a.rs", &lines(401))).len(), 1);
    assert_eq!(file_length(&Source::new("src/a.rs", &lines(400))).len(), 0);
    assert_eq!(file_length(&Source::new("src/a/tests.rs", &lines(600))).len(), 0);
    assert_eq!(file_length(&Source::new("src/a/tests.rs", &lines(601))).len(), 1);
    assert_eq!(file_length(&Source::new("web/src/A.svelte", &lines(151))).len(), 1);
    assert_eq!(file_length(&Source::new("web/src/a.ts", &lines(401))).len(), 1);
}

#[test]
fn long_functions_are_caught() {
    let body = |n: usize| format!("impl A {{\n fn f(\n  a: u8,\n ) {{\n{} }}\n}}", "  g();\n".repeat(n));
    assert_eq!(function_length(&Source::new("src/a.rs", &body(67))).len(), 1, "71 lines with the signature");
    assert_eq!(function_length(&Source::new("src/a.rs", &body(66))).len(), 0, "70 lines");
    assert_eq!(function_length(&Source::new("src/a/tests.rs", &body(200))).len(), 0);
}

#[test]
fn a_missing_head_is_caught() {
    assert_eq!(head(&Source::new("src/a.rs", "use std::fs;\n//! late\n")).len(), 1);
    assert_eq!(head(&Source::new("src/a.rs", "//!\n")).len(), 1);
    assert_eq!(head(&Source::new("src/a.rs", "//! Owns the doors of the house.\n")).len(), 0);
}

#[test]
fn tests_inside_code_are_caught() {
    assert_eq!(inline_tests(&Source::new("src/a.rs", "#[cfg(test)]\nmod tests { fn f() {} }")).len(), 1);
    assert_eq!(inline_tests(&Source::new("src/a.rs", "#[cfg(test)]\nmod tests;")).len(), 0);
}

#[test]
fn unfinished_work_is_caught() {
    for word in UNFINISHED {
        assert!(!unfinished(&Source::new("src/a.rs", &format!("fn f() {{ {word}\n }}"))).is_empty(), "{word}");
    }
    assert_eq!(unfinished(&Source::new("src/a.rs", "fn todos() {}")), [""; 0]);
}
