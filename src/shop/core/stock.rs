//! Pieces of one variant, and how they move. Every change is a [`Move`] with its counter-entry, as in a ledger: pieces
//! come in, are taken out, or go from one column into another.

use quiora_signaling::{OrderId, VariantId};

/// How many pieces there are, and where. `free + reserved + sold == stock`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stock {
    /// Came in, less taken out.
    pub stock: u32,
    /// Can be bought.
    pub free: u32,
    /// Held for buyers.
    pub reserved: u32,
    /// Ordered.
    pub sold: u32,
}

/// A change of each column.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Move {
    /// Came in or was taken out.
    pub stock: i64,
    /// Became free or no longer is.
    pub free: i64,
    /// Became held or no longer is.
    pub reserved: i64,
    /// Became sold or no longer is.
    pub sold: i64,
}

/// A move of a variant's pieces, and the order that caused it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerMove {
    /// Of what.
    pub variant: VariantId,
    /// How.
    pub by: Move,
    /// Through which order.
    pub order: Option<OrderId>,
}

impl Move {
    /// Pieces come in, or go.
    #[must_use]
    pub const fn supply(change: i64) -> Self {
        Self { stock: change, free: change, reserved: 0, sold: 0 }
    }

    /// Free pieces are held.
    #[must_use]
    pub fn hold(pieces: u32) -> Self {
        let n = i64::from(pieces);
        Self { free: -n, reserved: n, ..Self::default() }
    }

    /// Held pieces are free again.
    #[must_use]
    pub fn give_back(pieces: u32) -> Self {
        let n = i64::from(pieces);
        Self { free: n, reserved: -n, ..Self::default() }
    }

    /// Held pieces are sold.
    #[must_use]
    pub fn sell(pieces: u32) -> Self {
        let n = i64::from(pieces);
        Self { reserved: -n, sold: n, ..Self::default() }
    }

    /// Free pieces are sold.
    #[must_use]
    pub fn take(pieces: u32) -> Self {
        let n = i64::from(pieces);
        Self { free: -n, sold: n, ..Self::default() }
    }

    /// Sold pieces are free again.
    #[must_use]
    pub fn restock(pieces: u32) -> Self {
        let n = i64::from(pieces);
        Self { free: n, sold: -n, ..Self::default() }
    }
}

impl Stock {
    /// The stock after a move. One that takes what is not there breaks the invariant of the whole shop, and ends it.
    #[must_use]
    pub fn moved(self, by: Move) -> Self {
        let column = |pieces: u32, change: i64| u32::try_from(i64::from(pieces) + change).ok();
        let moved = column(self.stock, by.stock)
            .zip(column(self.free, by.free))
            .zip(column(self.reserved, by.reserved).zip(column(self.sold, by.sold)))
            .map(|((stock, free), (reserved, sold))| Self { stock, free, reserved, sold });
        assert!(moved.is_some_and(Self::is_sound), "{self:?} cannot move by {by:?}");
        moved.unwrap_or(self)
    }

    /// The invariant.
    #[must_use]
    pub fn is_sound(self) -> bool {
        u64::from(self.free) + u64::from(self.reserved) + u64::from(self.sold) == u64::from(self.stock)
    }
}
