//! What a sheet would do to the catalogue, product by product, so that a seller sees it before it is done.

use super::Entry;
use quiora_signaling::{Product, ProductDraft, ProductId};
use schemars::JsonSchema;
use serde::Serialize;

/// What becomes of one product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(in crate::http::shop) struct Change {
    /// Its first row, as a spreadsheet counts.
    pub(in crate::http::shop) row: u64,
    /// Which, if it exists.
    product: Option<ProductId>,
    title: String,
    pub(in crate::http::shop) kind: Kind,
    /// What of it is different then.
    pub(in crate::http::shop) differs: Vec<Difference>,
    /// The sheet says another number of pieces than there are. They stay: a sheet is older than the last sale.
    pub(in crate::http::shop) stock_stays: bool,
}

/// New, other, or as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http::shop) enum Kind {
    New,
    Changed,
    Unchanged,
}

/// What can be different.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http::shop) enum Difference {
    Title,
    Description,
    Status,
    Vat,
    MaxPerBuyer,
    VariantsAdded,
    VariantsRemoved,
    /// The same ones in another order.
    VariantsOrder,
    Price,
    Sku,
}

/// What becomes of a product that a sheet names.
pub(in crate::http::shop) fn compare(entry: &Entry<'_>) -> Change {
    let Entry { row, ours, draft } = entry;
    let differs = ours.map_or_else(Vec::new, |ours| differences(ours, draft));
    let kind = match ours {
        None => Kind::New,
        Some(_) if differs.is_empty() => Kind::Unchanged,
        Some(_) => Kind::Changed,
    };
    let stock_stays = ours.is_some_and(|ours| {
        ours.variants.iter().any(|known| {
            draft.variants.iter().any(|wanted| wanted.variant == Some(known.variant) && wanted.stock != known.free)
        })
    });
    let product = ours.map(|ours| ours.product);
    Change { row: *row, product, title: draft.title.clone(), kind, differs, stock_stays }
}

fn differences(ours: &Product, draft: &ProductDraft) -> Vec<Difference> {
    let pairs = || {
        draft.variants.iter().filter_map(|wanted| {
            ours.variants.iter().find(|known| wanted.variant == Some(known.variant)).map(|known| (known, wanted))
        })
    };
    let (added, kept) = (draft.variants.iter().any(|wanted| wanted.variant.is_none()), pairs().count());
    let order = pairs().map(|(known, _)| known.variant).ne(ours.variants.iter().map(|known| known.variant));
    let all = [
        (Difference::Title, ours.title != draft.title),
        (Difference::Description, ours.description != draft.description),
        (Difference::Status, ours.status != draft.status),
        (Difference::Vat, ours.vat_bp != draft.vat_bp),
        (Difference::MaxPerBuyer, ours.max_per_buyer != draft.max_per_buyer),
        (Difference::VariantsAdded, added),
        (Difference::VariantsRemoved, kept < ours.variants.len()),
        (Difference::VariantsOrder, !added && kept == ours.variants.len() && order),
        (Difference::Price, pairs().any(|(known, wanted)| known.price_minor != wanted.price_minor)),
        (Difference::Sku, pairs().any(|(known, wanted)| known.sku != wanted.sku)),
    ];
    all.into_iter().filter_map(|(what, is)| is.then_some(what)).collect()
}
