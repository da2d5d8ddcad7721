//! Better terms for a while. A reduced price is below the lowest of the 30 days before, or it is refused: the page shows
//! that lowest price beside it, and what it shows must be true.

use super::event::{Event, Reference};
use super::{Change, ShopCore};
use crate::shop::core::catalogue::Item;
use quiora_signaling::limits::MAX_STOCK;
use quiora_signaling::{Offer, OfferWish, ProductId, RefusalCode, VariantDraft, VariantId};

/// The shortest and the longest offer.
const DURATION_MS: std::ops::RangeInclusive<u64> = 10_000..=24 * 60 * 60 * 1_000;

/// How far ahead a drop may be announced.
const AHEAD_MS: u64 = 30 * 24 * 60 * 60 * 1_000;

/// The offer of a product, as it was opened.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Running {
    /// The `seq` of its opening: pieces remember of which offer they are part.
    pub(super) seq: u64,
    pub(super) offer: Offer,
    pub(super) price_minor: Option<u64>,
    pub(super) references: Vec<Reference>,
    /// Pieces that went at its terms.
    pub(super) taken: u32,
}

/// What one piece costs now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Terms {
    pub(super) unit_minor: u64,
    /// The offer that the pieces are part of.
    pub(super) offer: Option<u64>,
}

impl Running {
    pub(super) fn new(seq: u64, offer: Offer, price_minor: Option<u64>, references: &[Reference]) -> Self {
        Self { seq, offer, price_minor, references: references.to_vec(), taken: 0 }
    }

    pub(super) fn is_over(&self, now_ms: u64) -> bool {
        now_ms >= self.offer.ends_at_ms
    }

    fn has_opened(&self, now_ms: u64) -> bool {
        self.offer.opens_at_ms.is_none_or(|opens| now_ms >= opens)
    }

    /// Pieces left at its terms, if it is limited to a number.
    pub(super) fn left(&self) -> Option<u32> {
        self.offer.quantity.map(|quantity| quantity.saturating_sub(self.taken))
    }

    pub(super) fn reference(&self, variant: VariantId) -> Option<&Reference> {
        self.references.iter().find(|reference| reference.variant == variant)
    }
}

impl Item {
    /// What `quantity` pieces cost each, or why they cannot be bought now.
    pub(super) fn terms(&self, now_ms: u64, variant: &VariantDraft, quantity: u32) -> Result<Terms, RefusalCode> {
        let regular = Terms { unit_minor: variant.price_minor, offer: None };
        let Some(running) = self.running.as_ref().filter(|running| !running.is_over(now_ms)) else {
            return Ok(regular);
        };
        if !running.has_opened(now_ms) {
            return Err(RefusalCode::NotOpen);
        }
        let enough = running.left().is_none_or(|left| left >= quantity);
        match running.price_minor {
            // A price that has changed meanwhile is never raised by an offer.
            Some(price) if enough => Ok(Terms { unit_minor: price.min(variant.price_minor), offer: Some(running.seq) }),
            Some(_) => Ok(regular),
            None if enough => Ok(Terms { offer: Some(running.seq), ..regular }),
            // So many were offered, and no more.
            None => Err(RefusalCode::SoldOut),
        }
    }
}

impl ShopCore {
    /// The product goes on screen: it must be for sale, and its offer an honest one.
    pub(super) fn present(
        &self,
        now_ms: u64,
        product: ProductId,
        wish: Option<OfferWish>,
    ) -> Result<Vec<Event>, RefusalCode> {
        let item = self.catalogue.get(product).ok_or(RefusalCode::ProductNotFound)?;
        if !item.is_active() {
            return Err(RefusalCode::NotForSale);
        }
        let Some(wish) = wish else { return self.end_offer(now_ms, product) };
        let opens_at_ms = wish.opens_at_ms.filter(|opens| *opens > now_ms);
        let begin = opens_at_ms.unwrap_or(now_ms);
        let says_nothing = wish.price_minor.is_none() && wish.quantity.is_none() && opens_at_ms.is_none();
        let out_of_bounds = !DURATION_MS.contains(&u64::from(wish.duration_ms))
            || begin > now_ms + AHEAD_MS
            || wish.price_minor == Some(0)
            || wish.quantity.is_some_and(|quantity| quantity == 0 || quantity > MAX_STOCK);
        if says_nothing || out_of_bounds {
            return Err(RefusalCode::FlashInvalid);
        }
        let references = match wish.price_minor {
            Some(price) => self.references(now_ms, item, price)?,
            None => Vec::new(),
        };
        let ends_at_ms = begin + u64::from(wish.duration_ms);
        let offer = Offer { opens_at_ms, ends_at_ms, quantity: wish.quantity };
        Ok(vec![Event::OfferOpened { product, offer, price_minor: wish.price_minor, references }])
    }

    /// The lowest prices that the offer's is below. An offer that is being replaced counts as well: it was a price.
    fn references(&self, now_ms: u64, item: &Item, price_minor: u64) -> Result<Vec<Reference>, RefusalCode> {
        let reference = |(variant, _): (VariantId, &VariantDraft)| {
            let prices = &self.catalogue.form(variant).ok_or(RefusalCode::ProductNotFound)?.prices;
            let lowest_minor = prices.lowest(now_ms).filter(|lowest| price_minor < *lowest);
            let lowest_minor = lowest_minor.ok_or(RefusalCode::FlashNotLower)?;
            Ok(Reference { variant, lowest_minor, since_ms: prices.young_since(now_ms) })
        };
        item.variants().map(reference).collect()
    }

    pub(super) fn end_offer(&self, now_ms: u64, product: ProductId) -> Result<Vec<Event>, RefusalCode> {
        let item = self.catalogue.get(product).ok_or(RefusalCode::ProductNotFound)?;
        let running = item.running.as_ref().is_some_and(|running| !running.is_over(now_ms));
        Ok(if running { vec![Event::OfferEnded { product }] } else { Vec::new() })
    }
}

impl super::catalogue::Catalogue {
    /// Pieces go at an offer's terms, or come back to it while it is the same.
    pub(super) fn offer_taken(&mut self, product: ProductId, offer: Option<u64>, quantity: u32, back: bool) -> Change {
        let running = self.get_mut(product).and_then(|item| item.running.as_mut());
        if let Some(running) = running.filter(|running| Some(running.seq) == offer) {
            running.taken =
                if back { running.taken.saturating_sub(quantity) } else { running.taken.saturating_add(quantity) };
        }
        Change { products: vec![product], ..Change::default() }
    }
}
