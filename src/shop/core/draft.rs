//! What a seller may write: texts made clean, numbers within bounds, each fault with a stable code that a form or an
//! import can show at the right place.

use quiora_signaling::limits::{
    MAX_ALT_CHARS, MAX_COUNTRIES, MAX_DESCRIPTION_CHARS, MAX_IMAGES, MAX_NAME_CHARS, MAX_QUANTITY, MAX_SETTING_CHARS,
    MAX_SHIPPING, MAX_SKU_CHARS, MAX_STOCK, MAX_TITLE_CHARS, MAX_VARIANTS,
};
use quiora_signaling::{
    Image, MAX_AMOUNT_MINOR, ProductDraft, ShippingOption, ShopSettings, VariantDraft, clean_line, is_country,
};
use std::collections::HashSet;

/// What is wrong with something a seller wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// Stable.
    pub code: &'static str,
    /// For developers.
    pub detail: &'static str,
}

/// The longest and the shortest time for which pieces are held.
const RESERVATION_MS: std::ops::RangeInclusive<u32> = 30_000..=3_600_000;

const fn fault(code: &'static str, detail: &'static str) -> Fault {
    Fault { code, detail }
}

/// A product with clean texts.
///
/// # Errors
/// The first fault.
pub fn clean_draft(draft: ProductDraft) -> Result<ProductDraft, Fault> {
    let title = clean_line(&draft.title, MAX_TITLE_CHARS)
        .map_err(|_| fault("title_invalid", "A title has 1 to 120 characters on one line."))?;
    let description = clean_text(&draft.description, MAX_DESCRIPTION_CHARS)
        .ok_or(fault("description_invalid", "A description has at most 4,000 characters."))?;
    if draft.vat_bp > 10_000 {
        return Err(fault("vat_invalid", "VAT is 0 to 10,000 hundredths of a percent."));
    }
    if draft.max_per_buyer.is_some_and(|most| most == 0 || most > MAX_QUANTITY) {
        return Err(fault("max_per_buyer_invalid", "A buyer may have 1 to 99, or any number."));
    }
    if draft.images.len() > MAX_IMAGES {
        return Err(fault("images_invalid", "A product has at most 8 pictures."));
    }
    if draft.variants.is_empty() || draft.variants.len() > MAX_VARIANTS {
        return Err(fault("variants_invalid", "A product has 1 to 24 variants."));
    }
    let images = draft.images.into_iter().map(clean_image).collect::<Result<Vec<_>, _>>()?;
    let variants = draft.variants.iter().map(clean_variant).collect::<Result<Vec<_>, _>>()?;
    let (mut names, mut ids) = (HashSet::new(), HashSet::new());
    let twice = |v: &VariantDraft| !names.insert(v.name.clone()) || v.variant.is_some_and(|id| !ids.insert(id));
    if variants.iter().any(twice) {
        return Err(fault("variants_invalid", "Variants of one product have different names."));
    }
    Ok(ProductDraft { title, description, images, variants, ..draft })
}

fn clean_image(image: Image) -> Result<Image, Fault> {
    let bad = fault("images_invalid", "A picture is named by the hash that its upload gave.");
    let named =
        image.image.len() == 64 && image.image.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    if !named || image.width_px == 0 || image.height_px == 0 {
        return Err(bad);
    }
    Ok(Image { alt: optional(&image.alt, MAX_ALT_CHARS).ok_or(bad)?, ..image })
}

fn clean_variant(variant: &VariantDraft) -> Result<VariantDraft, Fault> {
    let name = optional(&variant.name, MAX_NAME_CHARS)
        .ok_or(fault("variant_invalid", "A variant's name has at most 60 characters on one line."))?;
    let sku = optional(&variant.sku, MAX_SKU_CHARS)
        .ok_or(fault("sku_invalid", "A number of the seller's own has at most 40 characters on one line."))?;
    if variant.price_minor > MAX_AMOUNT_MINOR {
        return Err(fault("price_invalid", "A price is an integer in minor units, at most 1,000,000,000."));
    }
    if variant.stock > MAX_STOCK {
        return Err(fault("stock_invalid", "A stock is at most 1,000,000 pieces."));
    }
    Ok(VariantDraft { name, sku, ..*variant })
}

/// Settings with clean texts.
///
/// # Errors
/// The first fault.
pub fn clean_settings(settings: ShopSettings) -> Result<ShopSettings, Fault> {
    if !RESERVATION_MS.contains(&settings.reservation_ms) {
        return Err(fault("reservation_invalid", "A reservation lasts 30 seconds to an hour."));
    }
    if settings.shipping.len() > MAX_SHIPPING {
        return Err(fault("shipping_invalid", "There are at most 20 ways of shipping."));
    }
    if settings.withdrawal_days > 365 {
        return Err(fault("withdrawal_invalid", "Withdrawal is possible for at most 365 days."));
    }
    let mut payments = settings.payments.clone();
    payments.sort_by_key(|method| *method as u8);
    payments.dedup();
    if payments.is_empty() {
        return Err(fault("payments_invalid", "There is at least one way to pay."));
    }
    let text =
        |raw: &str| clean_text(raw, MAX_SETTING_CHARS).ok_or(fault("text_too_long", "At most 2,000 characters."));
    let payment_instructions = text(&settings.payment_instructions)?;
    let seller_details = text(&settings.seller_details)?;
    let shipping = settings.shipping.into_iter().map(clean_shipping).collect::<Result<Vec<_>, _>>()?;
    let mut ids = HashSet::new();
    if !shipping.iter().all(|option| ids.insert(option.shipping)) {
        return Err(fault("shipping_invalid", "Each way of shipping has an id of its own."));
    }
    Ok(ShopSettings { payments, payment_instructions, seller_details, shipping, ..settings })
}

fn clean_shipping(option: ShippingOption) -> Result<ShippingOption, Fault> {
    let bad = fault("shipping_invalid", "A way of shipping has a name, a price and country codes.");
    let name = clean_line(&option.name, MAX_NAME_CHARS).map_err(|_| bad)?;
    let countries = option.countries.len() <= MAX_COUNTRIES && option.countries.iter().all(|code| is_country(code));
    if !countries || option.price_minor > MAX_AMOUNT_MINOR {
        return Err(bad);
    }
    Ok(ShippingOption { name, ..option })
}

/// One clean line, or an empty one.
fn optional(raw: &str, max_chars: usize) -> Option<String> {
    if raw.trim().is_empty() { Some(String::new()) } else { clean_line(raw, max_chars).ok() }
}

/// Clean lines, of which empty ones part paragraphs.
fn clean_text(raw: &str, max_chars: usize) -> Option<String> {
    let lines: Option<Vec<String>> = raw.lines().map(|line| optional(line, max_chars)).collect();
    let text = lines?.join("\n").trim().to_owned();
    (text.chars().count() <= max_chars).then_some(text)
}
