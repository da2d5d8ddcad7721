//! What is pinned on screen, and what is left of what the shop sells. The first is durable and said once; the second is
//! state that may change with each buyer, so everybody is told at most every [`STOCK_INTERVAL_MS`] per product: a rush of
//! ten thousand buyers must not become ten thousand messages to each of them.

use quiora_signaling::limits::STOCK_INTERVAL_MS;
use quiora_signaling::{ProductId, ProductStock, Showcase};

/// Products whose stock is remembered: more than a line-up holds. The longest unchanged goes.
const MAX_KNOWN: usize = 128;

#[derive(Debug, Default)]
pub(super) struct ShowcaseState {
    pinned: Option<Box<Showcase>>,
    known: Vec<Known>,
}

#[derive(Debug)]
struct Known {
    stock: ProductStock,
    /// When everybody was told last.
    told_at_ms: Option<u64>,
    /// It changed since.
    stale: bool,
}

impl Known {
    fn due_at_ms(&self) -> Option<u64> {
        self.stale.then(|| self.told_at_ms.map_or(0, |told| told + STOCK_INTERVAL_MS))
    }
}

impl ShowcaseState {
    pub(super) fn new(pinned: Option<Box<Showcase>>) -> Self {
        Self { pinned, known: Vec::new() }
    }

    pub(super) const fn pinned(&self) -> Option<&Showcase> {
        match &self.pinned {
            Some(showcase) => Some(&**showcase),
            None => None,
        }
    }

    pub(super) fn pin(&mut self, showcase: Box<Showcase>) {
        self.pinned = Some(showcase);
    }

    pub(super) fn unpin(&mut self) -> Option<ProductId> {
        self.pinned.take().map(|showcase| showcase.product.product)
    }

    /// What is known to be left of the pinned product.
    pub(super) fn stock(&self) -> Option<&ProductStock> {
        let product = self.pinned()?.product.product;
        self.known.iter().map(|known| &known.stock).find(|stock| stock.product == product)
    }

    /// The shop says what is left. What is older than what is known is dropped.
    pub(super) fn set(&mut self, stock: ProductStock) {
        let at = self.known.iter().position(|known| known.stock.product == stock.product);
        let known = match at {
            Some(at) if self.known[at].stock.as_of >= stock.as_of => return,
            Some(at) => Known { stock, stale: true, ..self.known.remove(at) },
            None => Known { stock, told_at_ms: None, stale: true },
        };
        if self.known.len() == MAX_KNOWN {
            self.known.remove(0);
        }
        self.known.push(known);
    }

    pub(super) fn poll_timeout(&self) -> Option<u64> {
        self.known.iter().filter_map(Known::due_at_ms).min()
    }

    /// What everybody is to be told now.
    pub(super) fn handle_timeout(&mut self, now_ms: u64) -> Vec<ProductStock> {
        let mut news = Vec::new();
        for known in &mut self.known {
            // A clock that was set back must not silence this.
            let due = known.told_at_ms.is_none_or(|told| now_ms < told || now_ms >= told + STOCK_INTERVAL_MS);
            if known.stale && due {
                (known.stale, known.told_at_ms) = (false, Some(now_ms));
                news.push(known.stock.clone());
            }
        }
        news
    }
}
