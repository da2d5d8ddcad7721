//! Whose page a request comes from (RFC 6454). Cookies travel with requests that other sites' pages make; this is what
//! keeps those from acting in a seller's name, and from opening a WebSocket at all.

use super::error::Error;
use crate::config::BaseUrl;
use axum::http::{HeaderMap, HeaderName, header};

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Whether a request may act: its `Origin` is the base URL's or that of the host it addresses.
///
/// Without an `Origin` it is not a page's script (or, if `Sec-Fetch-Site` says so, a same-origin one), and brings no
/// cookie it was not given: allowed, so that clients other than browsers can work.
///
/// # Errors
/// `bad_origin`.
pub fn check(headers: &HeaderMap, base: &BaseUrl) -> Result<(), Error> {
    let Some(origin) = headers.get(header::ORIGIN) else {
        let foreign = headers.get(FETCH_SITE).is_some_and(|site| site != "same-origin" && site != "none");
        return if foreign { Err(Error::BadOrigin) } else { Ok(()) };
    };
    let origin = origin.to_str().map_err(|_| Error::BadOrigin)?;
    if origin == base.origin() {
        return Ok(());
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).ok_or(Error::BadOrigin)?;
    let authority = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    match authority {
        Some(authority) if authority.eq_ignore_ascii_case(host) => Ok(()),
        Some(_) | None => Err(Error::BadOrigin),
    }
}

/// The host that the request addresses, if it is fit to be put into a header.
#[must_use]
pub fn plain_host(headers: &HeaderMap) -> Option<&str> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    (!host.is_empty() && host.len() <= 260 && host.chars().all(plain)).then_some(host)
}

#[cfg(test)]
mod tests;
