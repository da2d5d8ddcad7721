//! Choosing among stored forms.

use super::{accepts, content_type, names, serve};
use axum::http::{HeaderMap, HeaderValue};

#[test]
fn a_coding_counts_unless_refused() {
    assert!(accepts("gzip, deflate, br", "br"));
    assert!(accepts("BR;q=0.5", "br"));
    assert!(!accepts("br;q=0, gzip", "br"));
    assert!(!accepts("br; q=0.000", "br"));
    assert!(!accepts("brotli", "br"));
    assert!(!accepts("", "gzip"));
}

#[test]
fn an_etag_is_compared_weakly() {
    let etag = HeaderValue::from_static("\"abc\"");
    for known in ["\"abc\"", "W/\"abc\"", "\"x\", \"abc\"", "*"] {
        assert!(names(&HeaderValue::from_static(known), &etag), "{known}");
    }
    assert!(!names(&HeaderValue::from_static("\"abcd\""), &etag));
}

#[test]
fn what_is_not_there_is_not_found() {
    for path in ["no-such-file.js", "../Cargo.toml", "assets/../../Cargo.toml", "", "index.html.br", "/etc/passwd"] {
        assert!(serve(path, &HeaderMap::new(), "").is_err(), "{path}");
    }
}

#[test]
fn scripts_are_scripts() {
    assert_eq!(content_type("assets/a-1.js"), "text/javascript; charset=utf-8");
    assert_eq!(content_type("noextension"), "application/octet-stream");
}
