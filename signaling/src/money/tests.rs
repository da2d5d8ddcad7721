//! Amounts are exact and codes are what they seem.

use super::{Currency, vat_included};
use proptest::prelude::*;

#[test]
fn vat_is_taken_out_of_the_price_it_is_in() {
    assert_eq!(vat_included(12_200, 2_200), 2_200);
    assert_eq!(vat_included(10_000, 0), 0);
    assert_eq!(vat_included(999, 1_000), 91, "90.8");
    assert_eq!(vat_included(1, 2_200), 0);
}

#[test]
fn a_code_has_three_capitals() {
    assert_eq!(Currency::new("EUR"), Some(Currency::EUR));
    for bad in ["", "EU", "eur", "EURO", "E1R", "€€€", "ÀÈ"] {
        assert_eq!(Currency::new(bad), None, "{bad}");
        assert!(serde_json::from_value::<Currency>(serde_json::json!(bad)).is_err(), "{bad}");
    }
    assert_eq!(serde_json::to_string(&Currency::EUR).unwrap(), "\"EUR\"");
}

proptest! {
    #[test]
    fn vat_never_exceeds_the_price_and_grows_with_it(gross in 0u64..=1 << 50, vat_bp in 0u32..=10_000) {
        let vat = vat_included(gross, vat_bp);
        prop_assert!(vat <= gross);
        prop_assert!(vat_included(gross + 1, vat_bp) >= vat);
    }
}
