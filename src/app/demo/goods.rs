//! What the demo's shop sells: enough to pin, to buy and to run out of.

use crate::clock;
use crate::shop::core::Command;
use crate::shop::{Answer, Ask, Query, Shops};
use anyhow::{Result, anyhow};
use quiora_signaling::{
    ProductDraft, ProductId, ProductStatus, RefusalCode, ShippingId, ShippingOption, ShopId, ShopSettings, ShowId,
    VariantDraft, VariantId,
};

/// Title, description, VAT included price in cents, and the variants with their pieces.
type Good = (&'static str, &'static str, u64, &'static [(&'static str, u32)]);

const GOODS: [Good; 3] = [
    (
        "Borsa Conero",
        "Cuoio conciato al vegetale, cucita a mano. Vegetable tanned leather, sewn by hand.",
        18_900,
        &[("Cognac", 5), ("Nero", 3), ("Verde bosco", 1)],
    ),
    ("Cintura Sibilla", "Fibbia in ottone, 3,5 cm. Brass buckle, 3.5 cm.", 6_900, &[("90", 4), ("100", 6), ("110", 2)]),
    ("Portachiavi", "Dagli avanzi del banco. From the offcuts of the bench.", 1_200, &[("", 40)]),
];

/// Fills the shop, unless it sells something already, and puts what it sells into the show's line-up.
pub(super) async fn stock(shops: &Shops, shop: ShopId, show: ShowId) -> Result<()> {
    let refused = |code: RefusalCode| anyhow!("the demo's shop could not be filled: {code}");
    let known = match shops.ask(shop, Ask::Query(Query::Products)).await.map_err(refused)? {
        Answer::Products(products) => products.into_iter().map(|product| product.product).collect(),
        _ => Vec::new(),
    };
    let mut commands = Vec::new();
    let products = if known.is_empty() {
        let goods: Vec<_> = GOODS.iter().map(|good| (ProductId(clock::uuid()), draft(good))).collect();
        let products = goods.iter().map(|(product, _)| *product).collect();
        commands.extend([Command::SetSettings(Box::new(settings())), Command::SaveProducts(goods)]);
        products
    } else {
        known
    };
    commands.push(Command::SetLineUp { show, products });
    for command in commands {
        shops.ask(shop, Ask::Command(command)).await.map_err(refused)?;
    }
    Ok(())
}

fn draft((title, description, price_minor, variants): &Good) -> ProductDraft {
    let variant = |(name, stock): &(&str, u32)| VariantDraft {
        variant: Some(VariantId(clock::uuid())),
        name: (*name).to_owned(),
        sku: String::new(),
        price_minor: *price_minor,
        stock: *stock,
    };
    ProductDraft {
        title: (*title).to_owned(),
        description: (*description).to_owned(),
        status: ProductStatus::Active,
        vat_bp: 2_200,
        max_per_buyer: Some(3),
        images: Vec::new(),
        variants: variants.iter().map(variant).collect(),
    }
}

fn settings() -> ShopSettings {
    let option = |name: &str, price_minor, pick_up| ShippingOption {
        shipping: ShippingId(clock::uuid()),
        name: name.to_owned(),
        price_minor,
        pick_up,
        countries: Vec::new(),
    };
    ShopSettings {
        shipping: vec![option("Corriere · Courier", 900, false), option("Ritiro in bottega · Pick-up", 0, true)],
        payment_instructions: "Demo: nessun pagamento. No payment is taken.".to_owned(),
        seller_details: "Bottega Quiora (demo), Via dei Conciatori 1, 60100 Ancona".to_owned(),
        ..ShopSettings::default()
    }
}
