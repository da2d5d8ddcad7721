//! How a guest behaves: a pure function of what it hears, of chance, and of `now`.
//!
//! A guest is told everything that it hears ([`Guest::enter`], [`Guest::hear`]); it makes up its mind and remembers what to do when.
//! [`Guest::poll`] gives what is due, one thing at a time, never closer together than the server's limits ask for. Nothing that a
//! server says makes a guest plan more than [`guest::MAX_PLANS`] things.

mod dice;
mod guest;
mod part;
mod phrases;

pub(super) use dice::Dice;
pub(super) use guest::Guest;
pub(super) use part::{CAST, Part};
pub(super) use phrases::{Phrases, Topic};

use quiora_signaling::{OrderId, PollId, ProductId, QuestionId, Reaction, ShippingOption, VariantId};

/// A product that is sold in the show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ware {
    /// Which.
    pub product: ProductId,
    /// Its name.
    pub title: String,
}

/// What all guests know.
#[derive(Debug, Clone)]
pub(super) struct Sheet {
    pub(super) phrases: Phrases,
    pub(super) line_up: Vec<Ware>,
    /// How an order would be sent; without it nobody orders.
    pub(super) shipping: Option<ShippingOption>,
}

/// What a guest does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Act {
    /// Writes a line.
    Say(String),
    /// Asks a question.
    Ask(String, Option<ProductId>),
    /// Wants an answer too.
    Want(QuestionId),
    /// Chooses in a poll.
    Choose(PollId, u8),
    /// Feels something, so often.
    React(Reaction, u8),
    /// Wants one piece.
    Reserve(VariantId),
    /// Orders what it holds, for that total.
    Place(OrderId, u64),
    /// Gives it back.
    Release(OrderId),
}

#[cfg(test)]
mod tests;
