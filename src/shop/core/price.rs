//! What a variant has cost, and when: the lowest price of the last 30 days stands beside every reduced one (Directive
//! 98/6/EC, Article 6a), so it must be known and not guessed.

/// How far back the law looks.
pub(super) const LOOK_BACK_MS: u64 = 30 * 24 * 60 * 60 * 1_000;

/// Spans kept of one variant: an offer in every weekly show for two years.
const MAX_SPANS: usize = 200;

/// A time during which something was for sale at a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// From this instant.
    pub from_ms: u64,
    /// To that one, which is no longer part of it; `None` goes on.
    pub to_ms: Option<u64>,
    /// In minor units.
    pub price_minor: u64,
    /// Whether it was an offer beside the regular price.
    pub is_offer: bool,
}

/// All of a variant's spans, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Prices(Vec<Span>);

impl Prices {
    /// From now on the regular price is this; `None` if it is not for sale.
    pub(super) fn regular(&mut self, at_ms: u64, price_minor: Option<u64>) {
        let open = self.0.iter_mut().rev().find(|span| !span.is_offer && span.to_ms.is_none());
        match open {
            Some(span) if Some(span.price_minor) == price_minor => return,
            Some(span) => span.to_ms = Some(at_ms),
            None => {}
        }
        if let Some(price_minor) = price_minor {
            self.push(Span { from_ms: at_ms, to_ms: None, price_minor, is_offer: false });
        }
    }

    /// An offer holds for a time.
    pub(super) fn offer(&mut self, from_ms: u64, to_ms: u64, price_minor: u64) {
        self.push(Span { from_ms, to_ms: Some(to_ms), price_minor, is_offer: true });
    }

    /// The offer ends before its time; one that has not begun never was.
    pub(super) fn cut_offer(&mut self, at_ms: u64) {
        for span in self.0.iter_mut().filter(|span| span.is_offer) {
            span.to_ms = span.to_ms.map(|to| to.min(at_ms));
        }
        self.0.retain(|span| !span.is_offer || span.to_ms.is_none_or(|to| to > span.from_ms));
    }

    /// The lowest price within the 30 days before `at_ms`, the present one included.
    pub(super) fn lowest(&self, at_ms: u64) -> Option<u64> {
        let begin = at_ms.saturating_sub(LOOK_BACK_MS);
        let within = |span: &&Span| span.from_ms <= at_ms && span.to_ms.is_none_or(|to| to > begin);
        self.0.iter().filter(within).map(|span| span.price_minor).min()
    }

    /// Since when it is for sale, if that is less than 30 days before `at_ms`.
    pub(super) fn young_since(&self, at_ms: u64) -> Option<u64> {
        let first = self.0.first()?.from_ms;
        (first > at_ms.saturating_sub(LOOK_BACK_MS)).then_some(first)
    }

    pub(super) fn spans(&self) -> &[Span] {
        &self.0
    }

    fn push(&mut self, span: Span) {
        if self.0.len() == MAX_SPANS {
            // An open span is among the newest, or it is the only regular one: that stays.
            let closed = self.0.iter().position(|span| span.to_ms.is_some()).unwrap_or(0);
            self.0.remove(closed);
        }
        self.0.push(span);
    }
}
