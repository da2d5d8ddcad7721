//! An order, from the reservation to the end. Its id and its key are made by the client before anything is sent: whoever
//! has both is the buyer, on whatever device, and a repeated request is the same order.

use crate::{Currency, OrderId, Payment, ProductId, RefusalCode, ShippingId, VariantId, clean_line};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use ts_rs::TS;

/// The secret of an order: 32 random bytes in base64url without padding, made by the client. The server keeps its hash.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(transparent)]
#[ts(type = "string")]
pub struct OrderKey(pub String);

impl OrderKey {
    /// The length of every key.
    pub const CHARS: usize = 43;

    /// Whether it has the form of a key.
    #[must_use]
    pub fn is_well_formed(&self) -> bool {
        self.0.len() == Self::CHARS && self.0.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    }
}

/// It never gets into a log.
impl fmt::Debug for OrderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OrderKey")
    }
}

/// Where an order is. `reserved` → `placed` → `paid` → `packed` → `shipped` → `done`. Before `reserved` there may be
/// `waiting`; who pays through a provider goes from `reserved` over `paying` to `paid`. The others are ends as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    /// In line for pieces that may come back; nothing is owed.
    Waiting,
    /// Pieces are held until `expires_at_ms`, unless the shop serves who pays first; nothing is owed.
    Reserved,
    /// Ordered, and at the payment provider's until `expires_at_ms`. It counts once it is paid.
    Paying,
    /// Ordered, with the obligation to pay.
    Placed,
    /// The money is there.
    Paid,
    /// Ready to go.
    Packed,
    /// On its way, or ready for pick-up.
    Shipped,
    /// With the buyer.
    Done,
    /// Called off before it was paid.
    Cancelled,
    /// Called off after it was paid, and the money went back.
    Refunded,
    /// The reservation was given back by the buyer.
    Released,
    /// The reservation ran out.
    Expired,
}

impl OrderStatus {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Waiting,
        Self::Reserved,
        Self::Paying,
        Self::Placed,
        Self::Paid,
        Self::Packed,
        Self::Shipped,
        Self::Done,
        Self::Cancelled,
        Self::Refunded,
        Self::Released,
        Self::Expired,
    ];

    /// As it stands on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Reserved => "reserved",
            Self::Paying => "paying",
            Self::Placed => "placed",
            Self::Paid => "paid",
            Self::Packed => "packed",
            Self::Shipped => "shipped",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
            Self::Refunded => "refunded",
            Self::Released => "released",
            Self::Expired => "expired",
        }
    }

    /// Whether somebody ordered: the seller has it in the list.
    #[must_use]
    pub const fn is_ordered(self) -> bool {
        !self.is_open() && !matches!(self, Self::Released | Self::Expired)
    }

    /// Whether it may still become an order.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Reserved | Self::Paying)
    }
}

/// Who moved an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderHand {
    /// Whoever has the key.
    Buyer,
    /// The shop.
    Seller,
    /// Time.
    Clock,
    /// The payment provider.
    Provider,
}

/// One step of an order's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct OrderStep {
    /// What it became.
    pub status: OrderStatus,
    /// When: milliseconds since the Unix epoch.
    #[ts(type = "number")]
    pub at_ms: u64,
    /// By whom.
    pub by: OrderHand,
}

/// A way of getting the goods to the buyer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct ShippingOption {
    /// Which.
    pub shipping: ShippingId,
    /// Its name.
    pub name: String,
    /// What it costs, VAT included, in minor units.
    #[ts(type = "number")]
    pub price_minor: u64,
    /// The buyer comes: no address is needed.
    #[serde(default)]
    pub pick_up: bool,
    /// ISO 3166-1 alpha-2 codes of the countries it goes to; none for all.
    #[serde(default)]
    pub countries: Vec<String>,
}

/// Where to send goods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Address {
    /// Street and number.
    pub street: String,
    /// Postal code; may be empty where there is none.
    #[serde(default)]
    pub postcode: String,
    /// City.
    pub city: String,
    /// Province, state or prefecture; may be empty.
    #[serde(default)]
    pub region: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
}

/// Who buys. Goes to the host and to whoever has the order's key, and is erased on request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Contact {
    /// First and last name.
    pub name: String,
    /// Where to write.
    pub email: String,
    /// Where to call; may be empty.
    #[serde(default)]
    pub phone: String,
    /// Needed unless the goods are picked up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub address: Option<Address>,
    /// A word to the seller; may be empty.
    #[serde(default)]
    pub note: String,
}

/// The longest field of a contact but for the note, in characters.
pub const MAX_CONTACT_CHARS: usize = 120;

/// The longest e-mail address, RFC 5321 §4.5.3.1.3.
pub const MAX_EMAIL_CHARS: usize = 254;

/// The longest note, in characters.
pub const MAX_NOTE_CHARS: usize = 300;

impl Contact {
    /// Makes clean lines of its texts.
    ///
    /// # Errors
    /// `contact_invalid` if name, e-mail or a part of the address is missing, too long or cannot be one.
    pub fn cleaned(self) -> Result<Self, RefusalCode> {
        let email = needed(&self.email, MAX_EMAIL_CHARS)?;
        if !is_email(&email) {
            return Err(RefusalCode::ContactInvalid);
        }
        let address = self.address.map(Address::cleaned).transpose()?;
        Ok(Self {
            name: needed(&self.name, MAX_CONTACT_CHARS)?,
            email,
            phone: optional(&self.phone, MAX_CONTACT_CHARS)?,
            address,
            note: optional(&self.note, MAX_NOTE_CHARS)?,
        })
    }
}

impl Address {
    fn cleaned(self) -> Result<Self, RefusalCode> {
        if !is_country(&self.country) {
            return Err(RefusalCode::ContactInvalid);
        }
        Ok(Self {
            street: needed(&self.street, MAX_CONTACT_CHARS)?,
            postcode: optional(&self.postcode, MAX_CONTACT_CHARS)?,
            city: needed(&self.city, MAX_CONTACT_CHARS)?,
            region: optional(&self.region, MAX_CONTACT_CHARS)?,
            country: self.country,
        })
    }
}

/// Whether it has the form of an ISO 3166-1 alpha-2 code.
#[must_use]
pub fn is_country(code: &str) -> bool {
    code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase())
}

fn needed(raw: &str, max_chars: usize) -> Result<String, RefusalCode> {
    clean_line(raw, max_chars).map_err(|_| RefusalCode::ContactInvalid)
}

fn optional(raw: &str, max_chars: usize) -> Result<String, RefusalCode> {
    if raw.trim().is_empty() { Ok(String::new()) } else { needed(raw, max_chars) }
}

/// Something on both sides of one @, a dot in the domain, no spaces. Whether mail arrives only mail can tell.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    !local.is_empty()
        && !local.contains('@')
        && !text.contains(char::is_whitespace)
        && domain.split('.').count() > 1
        && domain.split('.').all(|label| !label.is_empty())
}

/// The way of shipping that a buyer chose, as it was then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct ShippingChoice {
    /// Which.
    pub shipping: ShippingId,
    /// Its name then.
    pub name: String,
    /// The buyer comes.
    pub pick_up: bool,
}

/// An order without the person behind it. Amounts are in minor units, VAT included; they were fixed when it was reserved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Order {
    /// Which.
    pub order: OrderId,
    /// The shop's number for it, once placed: 1, 2, 3 …
    #[ts(type = "number | null")]
    pub number: Option<u64>,
    /// Where it is.
    pub status: OrderStatus,
    /// What was bought.
    pub product: ProductId,
    /// In which form.
    pub variant: VariantId,
    /// The product's name then.
    pub title: String,
    /// The variant's name then.
    pub variant_name: String,
    /// How many.
    pub quantity: u32,
    /// What amounts are in.
    pub currency: Currency,
    /// The price of one.
    #[ts(type = "number")]
    pub unit_minor: u64,
    /// The price of all.
    #[ts(type = "number")]
    pub goods_minor: u64,
    /// How it gets to the buyer, once placed.
    pub shipping: Option<ShippingChoice>,
    /// What that costs; 0 until placed.
    #[ts(type = "number")]
    pub shipping_minor: u64,
    /// Goods and shipping.
    #[ts(type = "number")]
    pub total_minor: u64,
    /// The VAT in the total.
    #[ts(type = "number")]
    pub vat_minor: u64,
    /// Its rate, in hundredths of a percent.
    pub vat_bp: u32,
    /// Until when it is reserved or can be paid.
    #[ts(type = "number | null")]
    pub expires_at_ms: Option<u64>,
    /// While it is reserved or being paid: whether pieces are held for it. If not, who is first gets them.
    #[serde(default)]
    pub held: bool,
    /// While it waits: how many orders are before it in line, as of when this was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub ahead: Option<u32>,
    /// How it is paid through a provider, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub payment: Option<Payment>,
    /// When the buyer withdrew from the contract, if so.
    #[ts(type = "number | null")]
    pub withdrawn_at_ms: Option<u64>,
    /// Everything that happened to it, oldest first.
    pub steps: Vec<OrderStep>,
    /// The shop's newest event about it: of two forms the one with the larger number is newer.
    #[ts(type = "number")]
    pub as_of: u64,
}

#[cfg(test)]
mod tests;
