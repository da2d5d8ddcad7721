//! Media types of requests: what a body is said to be, and what the client would take (RFC 9110 §8.3, §12.5.1). Pure.

use axum::http::{HeaderMap, HeaderName, header};

/// Whether the body is said to be of this type; parameters do not matter.
pub(super) fn is(headers: &HeaderMap, expected: &str) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    essence(value).eq_ignore_ascii_case(expected)
}

/// Whether the client would take this type. No `Accept` at all takes everything. The most specific range decides.
pub(super) fn takes(headers: &HeaderMap, offered: &str) -> bool {
    let ranges: Vec<&str> = all(headers, &header::ACCEPT).flat_map(|value| value.split(',')).map(str::trim).collect();
    if ranges.is_empty() {
        return true;
    }
    let kind = offered.split_once('/').map_or(offered, |(kind, _)| kind);
    [offered.to_owned(), format!("{kind}/*"), "*/*".to_owned()]
        .iter()
        .find_map(|wanted| ranges.iter().find(|range| essence(range).eq_ignore_ascii_case(wanted)))
        .is_some_and(|range| quality(range) > 0.0)
}

/// The readable values of a header.
fn all<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).filter(|value| !value.trim().is_empty())
}

fn essence(value: &str) -> &str {
    value.split(';').next().unwrap_or_default().trim()
}

fn quality(range: &str) -> f32 {
    let named = range.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.trim().split_once('=')?;
        name.trim().eq_ignore_ascii_case("q").then(|| value.trim().parse().unwrap_or(0.0))
    });
    named.unwrap_or(1.0)
}

#[cfg(test)]
mod tests;
