//! What is sent and what is wanted.

use super::{is, takes};
use axum::http::{HeaderMap, HeaderValue, header};

fn wanting(accept: &[&'static str]) -> bool {
    let mut headers = HeaderMap::new();
    for value in accept {
        headers.append(header::ACCEPT, HeaderValue::from_static(value));
    }
    takes(&headers, "application/sdp")
}

#[test]
fn a_body_is_what_it_is_said_to_be() {
    let said =
        |value| is(&HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(value))]), "application/sdp");
    assert!(said("application/sdp") && said("Application/SDP; charset=utf-8"));
    assert!(!said("application/json") && !said("") && !said("text/application/sdp"));
    assert!(!is(&HeaderMap::new(), "application/sdp"));
}

#[test]
fn the_most_specific_range_decides() {
    assert!(wanting(&[]) && wanting(&["*/*"]) && wanting(&["application/sdp"]) && wanting(&["application/*;q=0.1"]));
    assert!(wanting(&["text/html, application/sdp;q=0.5"]) && wanting(&["text/html", "*/*;q=0.1"]) && wanting(&[""]));
    assert!(!wanting(&["application/json"]) && !wanting(&["text/*"]) && !wanting(&["*/*;q=0"]));
    assert!(!wanting(&["application/sdp;q=0, */*"]) && wanting(&["application/sdp, */*;q=0"]));
    assert!(!wanting(&["application/sdp;q=none"]));
}
