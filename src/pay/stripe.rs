//! Stripe's Checkout, as far as a shop needs it: make a page, look after it, close it, send money back
//! (<https://docs.stripe.com/api/checkout/sessions>, <https://docs.stripe.com/api/refunds>).
//!
//! Four requests, so no client library: the ones there are generate the whole API. The answers are read for what is needed
//! and no more, and never further than [`MAX_ANSWER_BYTES`].

use quiora_signaling::{Currency, Order};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// The release of the API that is spoken, whatever the account's own is.
const VERSION: &str = "2024-06-20";

/// An answer comes within this time or is asked for again, under the same key.
const TIMEOUT: Duration = Duration::from_secs(20);

/// A session is some four thousand bytes.
const MAX_ANSWER_BYTES: usize = 256 * 1024;

/// How long Stripe keeps a page at least, and a little for clocks that differ. The reservation is shorter: the page is
/// closed when it is over.
const PAGE_S: u64 = 31 * 60;

/// Currencies that Stripe counts in hundredths although they have none (its documentation, "Special cases").
const COUNTED_IN_HUNDREDTHS: [&str; 2] = ["ISK", "UGX"];

/// Why a request did not do what it was to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// No answer, or one that says "later": ask again, under the same key.
    #[error("later: {0}")]
    Later(String),
    /// The key is not good for it: the seller has to look.
    #[error("key refused: {0}")]
    Key(String),
    /// It will never be done so.
    #[error("refused: {0}")]
    Refused(String),
}

/// A page where an order can be paid.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Session {
    /// Its name.
    pub id: String,
    /// The page; only while it is open.
    #[serde(default)]
    pub url: Option<String>,
    /// `open`, `complete` or `expired`.
    #[serde(default)]
    pub status: Option<String>,
    /// `paid`, `unpaid` or `no_payment_required`.
    #[serde(default)]
    pub payment_status: Option<String>,
    /// What pays it, once it is complete.
    #[serde(default)]
    pub payment_intent: Option<String>,
    /// How much, as Stripe counts.
    #[serde(default)]
    pub amount_total: Option<u64>,
    /// Of what, in small letters.
    #[serde(default)]
    pub currency: Option<String>,
    /// The order, as we named it.
    #[serde(default)]
    pub client_reference_id: Option<String>,
}

/// Money that went back.
#[derive(Debug, Deserialize)]
struct Refund {
    id: String,
    #[serde(default)]
    status: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Answered {
    error: Reason,
}

#[derive(Debug, Default, Deserialize)]
struct Reason {
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    param: Option<String>,
}

/// What a page is for.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// What is to be paid.
    pub order: &'a Order,
    /// Tells this asking from an earlier one of the same order.
    pub attempt: u64,
    /// Where the buyer gets the receipt.
    pub email: Option<&'a str>,
    /// Where the buyer goes after paying.
    pub paid_url: &'a str,
    /// Where the buyer goes after giving up.
    pub unpaid_url: &'a str,
    /// When the order was made, in seconds since the Unix epoch: the same request at every try.
    pub asked_at_s: u64,
}

/// The way to Stripe. Clones share its connections.
#[derive(Debug, Clone)]
pub struct Stripe {
    client: Client,
    base: Url,
}

/// Whether it has the form of a secret key (or a restricted one).
#[must_use]
pub fn is_key(key: &str) -> bool {
    let kind = key.starts_with("sk_") || key.starts_with("rk_");
    kind && (8..=255).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

impl Stripe {
    /// Stripe, or what stands in for it, at `base`.
    ///
    /// # Errors
    /// When the address is none, or TLS cannot be set up.
    pub fn new(base: &str) -> Result<Self, String> {
        let base = Url::parse(base).map_err(|error| error.to_string())?;
        let client = Client::builder()
            .redirect(Policy::none())
            .timeout(TIMEOUT)
            .user_agent(concat!("Quiora/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| error.to_string())?;
        Ok(Self { client, base })
    }

    /// Whether the key opens an account.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn check(&self, key: &str) -> Result<(), Fault> {
        // Whoever may make pages may list them, with a restricted key as well.
        let request = self.request(Method::GET, "v1/checkout/sessions?limit=1", key);
        read::<serde_json::Value>(request).await.map(drop)
    }

    /// Makes the page, or gives the one that was made before for the same asking.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn open(&self, key: &str, page: &Page<'_>) -> Result<Session, Fault> {
        let idempotency = format!("{}-{}", page.order.order, page.attempt);
        let request = self.request(Method::POST, "v1/checkout/sessions", key);
        read(request.header("idempotency-key", idempotency).form(&form(page))).await
    }

    /// The page as it is.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn look(&self, key: &str, session: &str) -> Result<Session, Fault> {
        read(self.request(Method::GET, &format!("v1/checkout/sessions/{session}"), key)).await
    }

    /// Closes the page. Refused if it is not open: then [`Stripe::look`] says why.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn close(&self, key: &str, session: &str) -> Result<Session, Fault> {
        read(self.request(Method::POST, &format!("v1/checkout/sessions/{session}/expire"), key)).await
    }

    /// Sends all of a payment back. Returns the refund's name. What went back already is as good.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn refund(&self, key: &str, order: &Order, payment: &str) -> Result<String, Fault> {
        let request = self.request(Method::POST, "v1/refunds", key);
        let idempotency = format!("{}-refund", order.order);
        let form = [("payment_intent", payment), ("metadata[order]", &order.order.to_string())];
        match read::<Refund>(request.header("idempotency-key", idempotency).form(&form)).await {
            Ok(Refund { status: Some(status), .. }) if matches!(status.as_str(), "failed" | "canceled") => {
                Err(Fault::Refused(format!("refund_{status}")))
            }
            Ok(refund) => Ok(refund.id),
            Err(Fault::Refused(code)) if code == "charge_already_refunded" => Ok(code),
            Err(fault) => Err(fault),
        }
    }

    fn request(&self, method: Method, path: &str, key: &str) -> RequestBuilder {
        let url = format!("{}/{path}", self.base.as_str().trim_end_matches('/'));
        self.client.request(method, url).bearer_auth(key).header("stripe-version", VERSION)
    }
}

/// Names of a session come from Stripe and go into paths.
#[must_use]
pub(super) fn is_name(name: &str) -> bool {
    (1..=255).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// An amount as Stripe counts it: in the smallest unit, but for a few.
#[must_use]
pub(super) fn counted(minor: u64, currency: Currency) -> u64 {
    if COUNTED_IN_HUNDREDTHS.contains(&currency.as_str()) { minor.saturating_mul(100) } else { minor }
}

/// The way back of [`counted`]; nothing for a part of what has no parts.
#[must_use]
pub(super) fn uncounted(amount: u64, currency: Currency) -> Option<u64> {
    if !COUNTED_IN_HUNDREDTHS.contains(&currency.as_str()) {
        return Some(amount);
    }
    amount.is_multiple_of(100).then_some(amount / 100)
}

fn form(page: &Page<'_>) -> Vec<(String, String)> {
    let order = page.order;
    let currency = order.currency.as_str().to_lowercase();
    let id = order.order.to_string();
    let mut form: Vec<(String, String)> = [
        ("mode", "payment".to_owned()),
        ("payment_method_types[0]", "card".to_owned()),
        ("client_reference_id", id.clone()),
        ("metadata[order]", id.clone()),
        ("payment_intent_data[metadata][order]", id),
        ("success_url", page.paid_url.to_owned()),
        ("cancel_url", page.unpaid_url.to_owned()),
        ("expires_at", (page.asked_at_s + PAGE_S).to_string()),
        ("locale", "auto".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    form.extend(page.email.map(|email| ("customer_email".to_owned(), email.to_owned())));
    let form_of = if order.variant_name.is_empty() { String::new() } else { format!(" ({})", order.variant_name) };
    let goods = (format!("{}{form_of}", order.title), order.unit_minor, order.quantity);
    let shipping = order.shipping.as_ref().map(|choice| (choice.name.clone(), order.shipping_minor, 1));
    let lines = [Some(goods), shipping.filter(|(_, minor, _)| *minor > 0)];
    for (n, (name, minor, quantity)) in lines.into_iter().flatten().enumerate() {
        form.extend([
            (format!("line_items[{n}][quantity]"), quantity.to_string()),
            (format!("line_items[{n}][price_data][currency]"), currency.clone()),
            (format!("line_items[{n}][price_data][unit_amount]"), counted(minor, order.currency).to_string()),
            (format!("line_items[{n}][price_data][product_data][name]"), name),
        ]);
    }
    form
}

async fn read<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, Fault> {
    let response = request.send().await.map_err(|error| {
        let why = if error.is_timeout() { "timeout" } else { "unreachable" };
        Fault::Later(why.to_owned())
    })?;
    let status = response.status();
    let body = whole(response).await?;
    if status.is_success() {
        return serde_json::from_slice(&body).map_err(|_| Fault::Later("unreadable".to_owned()));
    }
    let reason = serde_json::from_slice::<Answered>(&body).map(|answered| answered.error).unwrap_or_default();
    Err(fault(status, reason))
}

async fn whole(mut response: Response) -> Result<Vec<u8>, Fault> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| Fault::Later("broken_off".to_owned()))? {
        if body.len() + chunk.len() > MAX_ANSWER_BYTES {
            return Err(Fault::Later("too_long".to_owned()));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// What an answer other than 2xx means. Its message is for people and may name them: it goes nowhere.
fn fault(status: StatusCode, reason: Reason) -> Fault {
    let Reason { kind, code, param } = reason;
    let code = code.or(param).or(kind).unwrap_or_else(|| status.as_u16().to_string());
    let code: String =
        code.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '[' | ']')).take(80).collect();
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Fault::Key(code),
        // Another request with the same key is under way, too many requests, or theirs.
        StatusCode::CONFLICT | StatusCode::TOO_MANY_REQUESTS => Fault::Later(code),
        status if status.is_client_error() => Fault::Refused(code),
        _ => Fault::Later(code),
    }
}

#[cfg(test)]
mod tests;
