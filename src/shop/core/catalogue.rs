//! Products, their variants, and the pieces of each. What orders do to the pieces comes in as [`Move`]s.

use super::event::{Event, Reference};
use super::offer::Running;
use super::price::Prices;
use super::stock::{LedgerMove, Move, Stock};
use super::{Change, ShopCore};
use quiora_signaling::limits::{MAX_PRODUCTS, MAX_STOCK};
use quiora_signaling::{Offer, ProductDraft, ProductId, ProductStatus, RefusalCode, VariantDraft, VariantId};
use std::collections::HashMap;

/// A product as it is.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Item {
    pub(super) draft: ProductDraft,
    pub(super) position: u32,
    pub(super) created_at_ms: u64,
    pub(super) updated_at_ms: u64,
    pub(super) running: Option<Running>,
}

/// A variant as it is, whether or not it is still sold.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Form {
    pub(super) product: ProductId,
    pub(super) stock: Stock,
    pub(super) prices: Prices,
}

/// All that the shop sells or has sold.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Catalogue {
    items: HashMap<ProductId, Item>,
    forms: HashMap<VariantId, Form>,
}

impl Item {
    pub(super) fn is_active(&self) -> bool {
        self.draft.status == ProductStatus::Active
    }

    /// The variant as it is sold.
    pub(super) fn variant(&self, variant: VariantId) -> Option<&VariantDraft> {
        self.draft.variants.iter().find(|draft| draft.variant == Some(variant))
    }

    /// Those that are sold, with their ids.
    pub(super) fn variants(&self) -> impl Iterator<Item = (VariantId, &VariantDraft)> {
        self.draft.variants.iter().filter_map(|draft| Some((draft.variant?, draft)))
    }
}

impl Catalogue {
    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = ProductId> {
        self.items.keys().copied()
    }

    pub(super) fn get(&self, product: ProductId) -> Option<&Item> {
        self.items.get(&product)
    }

    pub(super) fn get_mut(&mut self, product: ProductId) -> Option<&mut Item> {
        self.items.get_mut(&product)
    }

    pub(super) fn form(&self, variant: VariantId) -> Option<&Form> {
        self.forms.get(&variant)
    }

    pub(super) fn forms(&self) -> impl Iterator<Item = (VariantId, &Form)> {
        self.forms.iter().map(|(variant, form)| (*variant, form))
    }

    pub(super) fn items(&self) -> impl Iterator<Item = (ProductId, &Item)> {
        self.items.iter().map(|(product, item)| (*product, item))
    }

    /// Holds the invariant up.
    pub(super) fn assert_sound(&self, variant: VariantId) {
        let sound = self.forms.get(&variant).is_some_and(|form| form.stock.is_sound());
        assert!(sound, "free + reserved + sold != stock of {variant}");
    }

    /// Pieces move; the entry for the ledger comes back.
    pub(super) fn shift(&mut self, entry: LedgerMove) -> LedgerMove {
        if let Some(form) = self.forms.get_mut(&entry.variant) {
            form.stock = form.stock.moved(entry.by);
        }
        entry
    }

    pub(super) fn saved(&mut self, at_ms: u64, product: ProductId, draft: &ProductDraft) -> Change {
        let mut moves = Vec::new();
        for wanted in &draft.variants {
            let Some(variant) = wanted.variant else { continue };
            if self.forms.contains_key(&variant) {
                continue;
            }
            let form = Form { product, stock: Stock::default(), prices: Prices::default() };
            self.forms.insert(variant, form);
            let by = Move::supply(i64::from(wanted.stock));
            moves.push(self.shift(LedgerMove { variant, by, order: None }));
        }
        let active = draft.status == ProductStatus::Active;
        for (variant, form) in self.forms.iter_mut().filter(|(_, form)| form.product == product) {
            let listed = draft.variants.iter().find(|draft| draft.variant == Some(*variant));
            form.prices.regular(at_ms, listed.filter(|_| active).map(|draft| draft.price_minor));
        }
        let last = self.items.values().map(|item| item.position + 1).max().unwrap_or(0);
        let draft = draft.clone();
        match self.items.get_mut(&product) {
            Some(item) => (item.draft, item.updated_at_ms) = (draft, at_ms),
            None => {
                let (position, running) = (last, None);
                let item = Item { draft, position, created_at_ms: at_ms, updated_at_ms: at_ms, running };
                self.items.insert(product, item);
            }
        }
        Change { moves, products: vec![product], order: None }
    }

    /// Those named come first, in that order; the others keep theirs.
    pub(super) fn ordered(&mut self, products: &[ProductId]) -> Change {
        let mut all: Vec<(usize, u32, ProductId)> = self
            .items
            .iter()
            .map(|(id, item)| {
                let named = products.iter().position(|named| named == id);
                (named.unwrap_or(usize::MAX), item.position, *id)
            })
            .collect();
        all.sort_unstable();
        let mut changed = Vec::new();
        for (position, (_, before, id)) in (0u32..).zip(all) {
            if before != position
                && let Some(item) = self.items.get_mut(&id)
            {
                item.position = position;
                changed.push(id);
            }
        }
        Change { products: changed, ..Change::default() }
    }

    pub(super) fn stock_changed(&mut self, variant: VariantId, change: i64) -> Change {
        let products = self.forms.get(&variant).map(|form| form.product).into_iter().collect();
        let entry = self.shift(LedgerMove { variant, by: Move::supply(change), order: None });
        Change { moves: vec![entry], products, order: None }
    }

    pub(super) fn offer_opened(
        &mut self,
        seq: u64,
        at_ms: u64,
        product: ProductId,
        offer: Offer,
        price_minor: Option<u64>,
        references: &[Reference],
    ) -> Change {
        self.offer_ended(at_ms, product);
        if let (Some(item), Some(price)) = (self.items.get(&product), price_minor) {
            let from_ms = offer.opens_at_ms.unwrap_or(at_ms);
            for (variant, _) in item.variants() {
                if let Some(form) = self.forms.get_mut(&variant) {
                    form.prices.offer(from_ms, offer.ends_at_ms, price);
                }
            }
        }
        if let Some(item) = self.items.get_mut(&product) {
            item.running = Some(Running::new(seq, offer, price_minor, references));
        }
        Change { products: vec![product], ..Change::default() }
    }

    pub(super) fn offer_ended(&mut self, at_ms: u64, product: ProductId) -> Change {
        let Some(item) = self.items.get_mut(&product) else { return Change::default() };
        item.running = None;
        for form in self.forms.values_mut().filter(|form| form.product == product) {
            form.prices.cut_offer(at_ms);
        }
        Change { products: vec![product], ..Change::default() }
    }
}

impl ShopCore {
    pub(super) fn save_products(&self, drafts: &[(ProductId, ProductDraft)]) -> Result<Vec<Event>, RefusalCode> {
        let new = drafts.iter().filter(|(product, _)| self.catalogue.get(*product).is_none()).count();
        let kept = self.catalogue.items().filter(|(_, item)| item.draft.status != ProductStatus::Archived).count();
        if new > 0 && kept + new > MAX_PRODUCTS {
            return Err(RefusalCode::ShopFull);
        }
        let mut events = Vec::with_capacity(drafts.len());
        for (product, draft) in drafts {
            let foreign = |v: &VariantDraft| {
                v.variant.and_then(|id| self.catalogue.form(id)).is_some_and(|form| form.product != *product)
            };
            if draft.variants.iter().any(foreign) {
                return Err(RefusalCode::ProductNotFound);
            }
            let known = self.catalogue.get(*product);
            if known.is_none_or(|item| item.draft != *draft) {
                events.push(Event::ProductSaved { product: *product, draft: Box::new(draft.clone()) });
            }
        }
        Ok(events)
    }

    pub(super) fn order_products(&self, products: &[ProductId]) -> Result<Vec<Event>, RefusalCode> {
        if products.iter().any(|product| self.catalogue.get(*product).is_none()) {
            return Err(RefusalCode::ProductNotFound);
        }
        Ok(vec![Event::ProductsOrdered { products: products.to_vec() }])
    }

    pub(super) fn change_stock(&self, variant: VariantId, change: i64) -> Result<Vec<Event>, RefusalCode> {
        let form = self.catalogue.form(variant).ok_or(RefusalCode::ProductNotFound)?;
        let free = i64::from(form.stock.free).saturating_add(change);
        if free < 0 {
            return Err(RefusalCode::SoldOut);
        }
        if i64::from(form.stock.stock).saturating_add(change) > i64::from(MAX_STOCK) {
            return Err(RefusalCode::ShopFull);
        }
        Ok(if change == 0 { Vec::new() } else { vec![Event::StockChanged { variant, change }] })
    }
}
