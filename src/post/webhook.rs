//! One try at an endpoint.

use super::sign;
use super::target::{self, PrivateName, Resolver};
use crate::store::Parcel;
use reqwest::header::RETRY_AFTER;
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use std::sync::Arc;
use std::time::Duration;
use time::OffsetDateTime;
use time::format_description::well_known::{Rfc2822, Rfc3339};

/// Standard Webhooks' advice is 15 to 30 seconds; who needs longer takes the message first and works then.
const TIMEOUT: Duration = Duration::from_secs(15);

/// The longest that an endpoint may ask us to stay away: as long as the last of our own waits.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(6 * 60 * 60);

/// An address that does not answer is known sooner.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// What became of a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Told {
    /// Taken (2xx).
    Taken(String),
    /// Not now.
    Failed(String),
    /// Not now, and not before so long.
    Later(String, Duration),
    /// 410: never again.
    Gone(String),
}

/// Sends messages to endpoints.
#[derive(Debug, Clone)]
pub(super) struct Webhooks {
    client: Client,
    private: bool,
}

impl Webhooks {
    /// No redirects (they would lead past the checks), no proxy of the environment, no address but public ones.
    ///
    /// # Errors
    /// When TLS cannot be set up: a machine without root certificates.
    pub(super) fn new(private: bool) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .dns_resolver(Arc::new(Resolver { private }))
            .timeout(TIMEOUT)
            .connect_timeout(CONNECT_TIMEOUT)
            // A connection that an endpoint closed meanwhile would cost a try.
            .pool_max_idle_per_host(0)
            .user_agent(concat!("Quiora/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { client, private })
    }

    /// Tells it. The answer's body is never read.
    pub(super) async fn tell(&self, url: &str, secrets: &[Vec<u8>], parcel: &Parcel, now_ms: u64) -> Told {
        let Ok(url) = target::check(url, self.private) else { return Told::Failed("address_refused".to_owned()) };
        let Some(body) = envelope(parcel) else { return Told::Failed("internal".to_owned()) };
        let (id, at_s) = (format!("msg_{}", parcel.message.simple()), now_ms / 1_000);
        let signature = sign::signatures(secrets, &id, at_s, &body);
        let request = self
            .client
            .post(url)
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", at_s)
            .header("webhook-signature", signature)
            .body(body);
        match request.send().await {
            Ok(response) => answered(&response, now_ms),
            Err(error) => Told::Failed(why(&error).to_owned()),
        }
    }
}

fn answered(response: &Response, now_ms: u64) -> Told {
    let outcome = response.status().as_u16().to_string();
    match response.status() {
        StatusCode::GONE => Told::Gone(outcome),
        status if status.is_success() => Told::Taken(outcome),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            let after = response.headers().get(RETRY_AFTER).and_then(|value| retry_after(value.to_str().ok()?, now_ms));
            match after {
                Some(wait) => Told::Later(outcome, wait),
                None => Told::Failed(outcome),
            }
        }
        _ => Told::Failed(outcome),
    }
}

/// What `Retry-After` asks for (RFC 9110 §10.2.3): seconds, or a date; as far as it can be given.
fn retry_after(value: &str, now_ms: u64) -> Option<Duration> {
    let value = value.trim();
    let wait = if value.bytes().all(|byte| byte.is_ascii_digit()) && !value.is_empty() {
        // More digits than fit is longer than any wait.
        Duration::from_secs(value.parse().unwrap_or(u64::MAX))
    } else {
        let at_s = OffsetDateTime::parse(value, &Rfc2822).ok()?.unix_timestamp();
        Duration::from_millis(u64::try_from(at_s).ok()?.saturating_mul(1_000).saturating_sub(now_ms))
    };
    Some(wait.min(MAX_RETRY_AFTER))
}

fn why(error: &reqwest::Error) -> &'static str {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        if error.is::<PrivateName>() {
            return "address_refused";
        }
        cause = error.source();
    }
    match error {
        _ if error.is_timeout() => "timeout",
        _ if error.is_connect() => "unreachable",
        _ => "broken_off",
    }
}

/// The body: the same at every try, to the byte.
fn envelope(parcel: &Parcel) -> Option<String> {
    let timestamp = OffsetDateTime::from_unix_timestamp_nanos(i128::from(parcel.at_ms) * 1_000_000).ok()?;
    let timestamp = timestamp.format(&Rfc3339).ok()?;
    let kind = serde_json::to_string(&parcel.kind).ok()?;
    Some(format!("{{\"type\":{kind},\"timestamp\":\"{timestamp}\",\"data\":{}}}", parcel.body))
}

#[cfg(test)]
mod tests;
