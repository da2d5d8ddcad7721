//! Money on the wire: integer minor units beside an ISO 4217 code. Never a fraction, never a float; what a minor unit is
//! worth is for the code to say (a yen has none, an euro a hundred).

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use ts_rs::TS;

/// The largest amount, in minor units: ten million euros. A sum of a hundred thousand such lines stays below 2^53.
pub const MAX_AMOUNT_MINOR: u64 = 1_000_000_000;

/// An ISO 4217 code: three capital letters. Whether such a currency exists is not known here.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, TS)]
#[ts(type = "string")]
pub struct Currency([u8; 3]);

impl Currency {
    /// The euro.
    pub const EUR: Self = Self(*b"EUR");

    /// The currency of that code, if it is one.
    #[must_use]
    pub fn new(code: &str) -> Option<Self> {
        let letters: [u8; 3] = code.as_bytes().try_into().ok()?;
        letters.iter().all(u8::is_ascii_uppercase).then_some(Self(letters))
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only capital letters come in.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// How many digits its minor units are written with behind the sign (ISO 4217), of the currencies that shops take.
    #[must_use]
    pub fn minor_digits(&self) -> usize {
        match self.as_str() {
            "JPY" | "KRW" | "ISK" | "CLP" | "VND" => 0,
            "BHD" | "KWD" | "OMR" | "TND" => 3,
            _ => 2,
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::new(&code).ok_or_else(|| serde::de::Error::custom("not an ISO 4217 code"))
    }
}

impl JsonSchema for Currency {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Currency".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[A-Z]{3}$", "description": "An ISO 4217 code." })
    }
}

/// The VAT that is in `gross_minor` at `vat_bp` hundredths of a percent, rounded half up.
#[must_use]
pub fn vat_included(gross_minor: u64, vat_bp: u32) -> u64 {
    let (gross, rate) = (u128::from(gross_minor), u128::from(vat_bp));
    let divisor = 10_000 + rate;
    let vat = (gross * rate + divisor / 2) / divisor;
    u64::try_from(vat).unwrap_or(gross_minor)
}

#[cfg(test)]
mod tests;
