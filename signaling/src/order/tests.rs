//! Contacts are bounded and clean, and a key tells nothing.

use super::{Address, Contact, OrderKey, OrderStatus};
use crate::RefusalCode;

fn contact() -> Contact {
    Contact {
        name: "  Aiko   Tanaka ".into(),
        email: "aiko@example.jp".into(),
        phone: " ".into(),
        address: Some(Address {
            street: "1-2-3 Jingumae".into(),
            postcode: "150-0001".into(),
            city: "Tokyo".into(),
            region: String::new(),
            country: "JP".into(),
        }),
        note: "Grazie\nmille".into(),
    }
}

#[test]
fn a_contact_is_cleaned() {
    let clean = contact().cleaned().unwrap();
    assert_eq!((clean.name.as_str(), clean.phone.as_str(), clean.note.as_str()), ("Aiko Tanaka", "", "Grazie mille"));
}

#[test]
fn what_cannot_be_a_contact_is_refused() {
    let bad = |change: fn(&mut Contact)| {
        let mut contact = contact();
        change(&mut contact);
        assert_eq!(contact.clone().cleaned(), Err(RefusalCode::ContactInvalid), "{contact:?}");
    };
    bad(|c| c.name = " ".into());
    bad(|c| c.name = "x".repeat(121));
    bad(|c| c.note = "x".repeat(301));
    bad(|c| c.email = format!("{}@example.com", "x".repeat(250)));
    bad(|c| c.address.as_mut().unwrap().country = "jp".into());
    bad(|c| c.address.as_mut().unwrap().street = String::new());
    for email in ["", "a", "a@", "@b.it", "a@b", "a@b..it", "a@@b.it", "a b@c.it", "a@b.it."] {
        let contact = Contact { email: email.into(), ..contact() };
        assert_eq!(contact.cleaned(), Err(RefusalCode::ContactInvalid), "{email}");
    }
}

#[test]
fn a_key_has_one_form_and_is_never_printed() {
    assert!(OrderKey("A-_9".repeat(11)[..43].into()).is_well_formed());
    for bad in [String::new(), "a".repeat(42), "a".repeat(44), "é".repeat(21) + "a", "a".repeat(42) + "="] {
        assert!(!OrderKey(bad.clone()).is_well_formed(), "{bad}");
    }
    assert_eq!(format!("{:?}", OrderKey("secret".into())), "OrderKey");
}

#[test]
fn names_are_those_of_the_wire() {
    for status in OrderStatus::ALL {
        assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
    }
}
