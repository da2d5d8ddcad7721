//! What tests of the shop sell, and to whom.

use crate::harness::Server;
use crate::http::ask;
use quiora_signaling::{Contact, OrderId, OrderKey, VariantId};
use reqwest::Method;
use serde_json::json;

/// A bag at 10.00, of which there are so many.
pub async fn bag(server: &Server, cookie: &str, stock: u32) -> VariantId {
    let draft = json!({"title": "Borsa", "status": "active", "vat_bp": 2_200,
        "variants": [{"name": "", "price_minor": 1_000, "stock": stock}]});
    let product = ask(server, Method::POST, "/api/products", cookie, Some(draft)).await.body;
    serde_json::from_value(product["variants"][0]["variant"].clone()).unwrap()
}

/// A key that a test knows again.
pub fn key(order: OrderId) -> OrderKey {
    OrderKey(format!("{:0>43}", order.0.simple().to_string()))
}

/// Somebody who comes to pick it up.
pub fn contact(name: &str, email: &str) -> Contact {
    Contact { name: name.into(), email: email.into(), phone: String::new(), address: None, note: String::new() }
}

/// The same one in all tests that look for a name.
pub fn aiko() -> Contact {
    contact("Aiko Tanaka", "aiko@example.jp")
}
