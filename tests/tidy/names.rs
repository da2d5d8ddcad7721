//! Every path that a source text names, wherever it stands: in a `use`, in a type, in the middle of an expression,
//! in an attribute or inside a macro.
//!
//! It reads tokens and not the syntax tree, because the tree stops at macros and half of a shell's code is inside
//! `select!` and `info!`. Relative paths (`self`, `super`) are resolved; names brought in by a `use` are seen at the `use`.

#![allow(clippy::panic, reason = "a source that does not parse is a failed test")]

use crate::tree::Source;
use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

/// A path as the text names it, and where.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Named {
    /// Segments. Those of this crate begin with `crate`, whatever way the text says it.
    pub(crate) path: Vec<String>,
    pub(crate) line: usize,
}

impl Named {
    /// The segments behind `crate::`, or nothing for a path of another crate.
    pub(crate) fn in_house(&self) -> Option<&[String]> {
        (self.path.first().map(String::as_str) == Some("crate")).then(|| &self.path[1..])
    }

    /// `a::b::c`.
    pub(crate) fn text(&self) -> String {
        self.path.join("::")
    }
}

/// All paths in a file. Panics on a text that is not Rust: the compiler would have said so before.
pub(crate) fn names(source: &Source) -> Vec<Named> {
    let stream: TokenStream = source.text.parse().unwrap_or_else(|e| panic!("{}: {e}", source.path));
    let mut found = Vec::new();
    scan(&stream.into_iter().collect::<Vec<_>>(), &source.module(), &mut found);
    found
}

fn scan(tokens: &[TokenTree], module: &[String], found: &mut Vec<Named>) {
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Group(group) => scan(&group.stream().into_iter().collect::<Vec<_>>(), module, found),
            TokenTree::Ident(word) if *word == "mod" => {
                if let (Some(TokenTree::Ident(name)), Some(TokenTree::Group(body))) =
                    (tokens.get(at + 1), tokens.get(at + 2))
                {
                    let inner = [module, &[name.to_string()]].concat();
                    scan(&body.stream().into_iter().collect::<Vec<_>>(), &inner, found);
                    at += 2;
                }
            }
            TokenTree::Ident(word) if *word == "use" && !tokens.get(at + 1).is_some_and(|t| is(t, '<')) => {
                let end = tokens[at..].iter().position(|t| is(t, ';')).map_or(tokens.len(), |n| at + n);
                tree(&tokens[at + 1..end], &[], module, found);
                at = end;
            }
            TokenTree::Ident(_) if !after_type(tokens, at) => {
                let (path, line, next) = path_at(tokens, at);
                if path.len() > 1 {
                    found.push(Named { path: resolve(path, module), line });
                }
                at = next - 1;
            }
            _ => {}
        }
        at += 1;
    }
}

/// One tree of a `use`: `a::b`, `a::{b, c::d}`, `a as b`, `a::*`.
fn tree(tokens: &[TokenTree], prefix: &[String], module: &[String], found: &mut Vec<Named>) {
    let start = if tokens.len() > 1 && is(&tokens[0], ':') { 2 } else { 0 };
    let Some(first) = tokens.get(start) else { return };
    match first {
        TokenTree::Ident(_) => {
            let (path, line, next) = path_at(tokens, start);
            let whole = [prefix, &path].concat();
            match tokens.get(next + 2) {
                Some(TokenTree::Group(group)) if is(&tokens[next], ':') => {
                    branches(&group.stream().into_iter().collect::<Vec<_>>(), &whole, module, found);
                }
                _ => found.push(Named { path: resolve(whole, module), line }),
            }
        }
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
            branches(&group.stream().into_iter().collect::<Vec<_>>(), prefix, module, found);
        }
        other => found.push(Named { path: resolve(prefix.to_vec(), module), line: other.span().start().line }),
    }
}

fn branches(tokens: &[TokenTree], prefix: &[String], module: &[String], found: &mut Vec<Named>) {
    tokens.split(|t| is(t, ',')).for_each(|branch| tree(branch, prefix, module, found));
}

/// The longest `a::b::c` that starts at `at`; its line; the index of the token behind it.
fn path_at(tokens: &[TokenTree], at: usize) -> (Vec<String>, usize, usize) {
    let line = tokens[at].span().start().line;
    let (mut path, mut next) = (vec![tokens[at].to_string()], at + 1);
    while let (Some(colon), Some(_), Some(TokenTree::Ident(word))) =
        (tokens.get(next), tokens.get(next + 1), tokens.get(next + 2))
    {
        if !double_colon(colon) {
            break;
        }
        path.push(word.to_string());
        next += 3;
    }
    (path, line, next)
}

/// `self` and `super` become `crate::…`.
fn resolve(path: Vec<String>, module: &[String]) -> Vec<String> {
    let ups = path.iter().take_while(|s| *s == "super").count();
    let own = usize::from(path[0] == "self");
    if ups + own == 0 {
        return path;
    }
    let base = &module[..module.len().saturating_sub(ups)];
    [&["crate".to_owned()], base, &path[ups.max(own)..]].concat()
}

/// Whether the word at `at` goes on behind a type, as `now` in `<Foo as Bar>::now`: no root of a path.
fn after_type(tokens: &[TokenTree], at: usize) -> bool {
    at > 2 && is(&tokens[at - 1], ':') && is(&tokens[at - 2], ':') && is(&tokens[at - 3], '>')
}

fn double_colon(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(p) if p.as_char() == ':' && p.spacing() == Spacing::Joint)
}

fn is(token: &TokenTree, mark: char) -> bool {
    matches!(token, TokenTree::Punct(p) if p.as_char() == mark)
}

#[cfg(test)]
fn of(path: &str, text: &str) -> Vec<String> {
    names(&Source::new(path, text)).iter().map(Named::text).collect()
}

#[test]
fn uses_are_unfolded() {
    let found =
        of("src/show/mod.rs", "use crate::{store::{A, b::C as D}, show::*};\nuse ::rtc as r;\nuse {tokio, axum::X};");
    assert_eq!(found, ["crate::store::A", "crate::store::b::C", "crate::show", "rtc", "tokio", "axum::X"]);
}

#[test]
fn inline_paths_are_seen_everywhere() {
    let text = r#"
        #[tokio::test] fn f(a: crate::store::Row) -> Vec<rtc::Pc> { info!(x = sqlx::y(), "rtc::no"); }
        // rtc::comment
        fn h<'a>() -> impl Iterator + use<'a> { rcgen::x() }
        fn g() { let rtc = 1; <A as B>::now::then(); mio::Poll::<webrtc::Q>::new() }
    "#;
    let found = of("src/show/mod.rs", text);
    assert_eq!(found, ["tokio::test", "crate::store::Row", "rtc::Pc", "sqlx::y", "rcgen::x", "mio::Poll", "webrtc::Q"]);
}

#[test]
fn relative_paths_are_resolved() {
    assert_eq!(of("src/show/core/chat.rs", "use super::super::outbox::X;"), ["crate::show::outbox::X"]);
    assert_eq!(of("src/show/mod.rs", "mod a { mod b { use super::super::super::store; } }"), ["crate::store"]);
    assert_eq!(of("src/show/mod.rs", "fn f() { self::core::g() }"), ["crate::show::core::g"]);
}
