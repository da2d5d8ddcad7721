//! What others see of the shop: viewers a card and what is left, the seller all of it, a buyer the order.

use super::catalogue::Item;
use super::entry::Entry;
use super::price::Span;
use super::stock::Stock;
use super::{KeyHash, ShopCore};
use quiora_signaling::limits::MAX_CARD_IMAGES;
use quiora_signaling::{
    Image, Offer, Order, OrderId, OrderStatus, Product, ProductCard, ProductId, ProductStatus, ProductStock, ShowId,
    Variant, VariantCard, VariantDraft, VariantId, VariantStock,
};

/// A product in a line-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// What is on its card.
    pub card: ProductCard,
    /// What it is.
    pub description: String,
    /// All its pictures.
    pub images: Vec<Image>,
    /// What is left.
    pub stock: ProductStock,
    /// The offer that runs, or will.
    pub offer: Option<Offer>,
}

/// An order and what may be done with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderFile {
    /// The order.
    pub order: Order,
    /// Whether its contact was erased.
    pub contact_erased: bool,
    /// What withdrawing would lead to: `cancelled`, `refunded`, or nothing.
    pub withdrawal: Option<OrderStatus>,
}

impl ShopCore {
    /// The product as viewers see it, whether or not it is for sale.
    #[must_use]
    pub fn card(&self, now_ms: u64, product: ProductId) -> Option<ProductCard> {
        let (now_ms, item) = (self.clock(now_ms), self.catalogue.get(product)?);
        Some(ProductCard {
            product,
            title: item.draft.title.clone(),
            currency: self.settings.currency,
            vat_bp: item.draft.vat_bp,
            max_per_buyer: item.draft.max_per_buyer,
            images: item.draft.images.iter().take(MAX_CARD_IMAGES).cloned().collect(),
            variants: item.variants().map(|(variant, draft)| variant_card(item, now_ms, variant, draft)).collect(),
        })
    }

    /// What is left of the product.
    #[must_use]
    pub fn stock(&self, now_ms: u64, product: ProductId) -> Option<ProductStock> {
        let (now_ms, item) = (self.clock(now_ms), self.catalogue.get(product)?);
        let left = |(variant, _): (VariantId, &VariantDraft)| {
            let Stock { free, reserved, .. } = self.catalogue.form(variant)?.stock;
            Some(VariantStock { variant, left: free, reserved })
        };
        let running = item.running.as_ref().filter(|running| !running.is_over(now_ms));
        Some(ProductStock {
            product,
            as_of: self.seq,
            for_sale: item.is_active(),
            variants: item.variants().filter_map(left).collect(),
            offer_left: running.and_then(super::offer::Running::left),
        })
    }

    /// The offer of the product, if it is not over.
    #[must_use]
    pub fn offer(&self, now_ms: u64, product: ProductId) -> Option<Offer> {
        let running = self.catalogue.get(product)?.running.as_ref()?;
        (!running.is_over(self.clock(now_ms))).then_some(running.offer)
    }

    /// What is sold in the show.
    #[must_use]
    pub fn line_up(&self, now_ms: u64, show: ShowId) -> Vec<Listed> {
        let products = self.line_ups.get(&show).map(Vec::as_slice).unwrap_or_default();
        products.iter().filter_map(|product| self.listed(now_ms, *product)).collect()
    }

    fn listed(&self, now_ms: u64, product: ProductId) -> Option<Listed> {
        let item = self.catalogue.get(product).filter(|item| item.is_active())?;
        Some(Listed {
            card: self.card(now_ms, product)?,
            description: item.draft.description.clone(),
            images: item.draft.images.clone(),
            stock: self.stock(now_ms, product)?,
            offer: self.offer(now_ms, product),
        })
    }

    /// The product as its seller sees it.
    #[must_use]
    pub fn product(&self, now_ms: u64, product: ProductId) -> Option<Product> {
        let (now_ms, item) = (self.clock(now_ms), self.catalogue.get(product)?);
        let draft = item.draft.clone();
        Some(Product {
            product,
            position: item.position,
            title: draft.title,
            description: draft.description,
            status: draft.status,
            vat_bp: draft.vat_bp,
            max_per_buyer: draft.max_per_buyer,
            images: draft.images,
            variants: item.variants().filter_map(|(id, draft)| self.seller_variant(now_ms, id, draft)).collect(),
            currency: self.settings.currency,
            created_at_ms: item.created_at_ms,
            updated_at_ms: item.updated_at_ms,
        })
    }

    fn seller_variant(&self, now_ms: u64, variant: VariantId, draft: &VariantDraft) -> Option<Variant> {
        let form = self.catalogue.form(variant)?;
        let Stock { stock, free, reserved, sold } = form.stock;
        Some(Variant {
            variant,
            name: draft.name.clone(),
            sku: draft.sku.clone(),
            price_minor: draft.price_minor,
            lowest_30_days_minor: form.prices.lowest(now_ms),
            stock,
            free,
            reserved,
            sold,
        })
    }

    /// All products as their seller sees them, by position, archived ones last.
    #[must_use]
    pub fn products(&self, now_ms: u64) -> Vec<Product> {
        let mut all: Vec<_> = self.catalogue.ids().filter_map(|product| self.product(now_ms, product)).collect();
        all.sort_by_key(|product| (product.status == ProductStatus::Archived, product.position));
        all
    }

    /// Whose variant it is.
    #[must_use]
    pub fn product_of(&self, variant: VariantId) -> Option<ProductId> {
        self.catalogue.form(variant).map(|form| form.product)
    }

    /// The prices of a variant, oldest first, and the lowest of the last 30 days.
    #[must_use]
    pub fn prices(&self, now_ms: u64, variant: VariantId) -> Option<(Vec<Span>, Option<u64>)> {
        let prices = &self.catalogue.form(variant)?.prices;
        Some((prices.spans().to_vec(), prices.lowest(self.clock(now_ms))))
    }

    /// All products.
    pub fn product_ids(&self) -> impl Iterator<Item = ProductId> {
        self.catalogue.ids()
    }

    /// The pieces of a variant, and whose it is.
    #[must_use]
    pub fn stock_of(&self, variant: VariantId) -> Option<(ProductId, Stock)> {
        self.catalogue.form(variant).map(|form| (form.product, form.stock))
    }

    /// The pieces of every variant, also of those that are no longer sold.
    pub fn stocks(&self) -> impl Iterator<Item = (VariantId, ProductId, Stock)> {
        self.catalogue.forms().map(|(variant, form)| (variant, form.product, form.stock))
    }

    /// Every order and reservation.
    pub fn orders(&self) -> impl Iterator<Item = &Order> {
        self.book.entries().map(|entry| &entry.order)
    }

    /// The order of that id.
    #[must_use]
    pub fn order(&self, order: OrderId) -> Option<&Order> {
        self.book.get(order).map(|entry| &entry.order)
    }

    /// The order, for the seller (`None`) or for whoever has its key.
    #[must_use]
    pub fn file(&self, now_ms: u64, order: OrderId, key: Option<&KeyHash>) -> Option<OrderFile> {
        let entry: &Entry = self.book.get(order)?;
        if key.is_some_and(|key| *key != entry.key) {
            return None;
        }
        let withdrawal = self.withdrawal(self.clock(now_ms), &entry.order);
        let mut order = entry.order.clone();
        order.ahead = self.book.lines.ahead(order.order);
        Some(OrderFile { order, contact_erased: entry.contact_erased, withdrawal })
    }
}

fn variant_card(item: &Item, now_ms: u64, variant: VariantId, draft: &VariantDraft) -> VariantCard {
    let running = item.running.as_ref().filter(|running| !running.is_over(now_ms));
    let offered = running.and_then(|running| Some((running.price_minor?, running.reference(variant)?)));
    VariantCard {
        variant,
        name: draft.name.clone(),
        price_minor: draft.price_minor,
        offer_minor: offered.map(|(price, _)| price),
        lowest_30_days_minor: offered.map(|(_, reference)| reference.lowest_minor),
        for_sale_since_ms: offered.and_then(|(_, reference)| reference.since_ms),
    }
}
