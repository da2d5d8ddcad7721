//! The wire protocol between Quiora's server and any client: what may be said, how big it may be, and how a "no" is
//! spelled. Nothing else lives here: no IO, no state, no clock.
//!
//! Invariants:
//! - Every message is JSON text with a `type`; what a client sends carries an `id` of its own choosing, and every such
//!   request gets exactly one reply with that `id` ([`ServerMessage::Done`], [`ServerMessage::Answer`],
//!   [`ServerMessage::Welcome`], [`ServerMessage::Pong`] or [`ServerMessage::Refused`]).
//! - [`parse`] is total: any bytes give a message or a refusal code, never a panic, and a message it returns is within
//!   every limit of [`limits`].
//! - Unknown fields are ignored, so that an older server bears a newer client; unknown messages are refused by code.
//! - A refusal code, once released, keeps its meaning; clients translate by code.
//!
//! `README.md` beside this crate says the same to someone who writes a client in another language. The TypeScript that
//! our own pages compile against is made from these types by [`typescript::generate`].

pub mod limits;
pub mod typescript;

mod chat;
mod client;
mod crowd;
mod event;
mod ids;
mod moderation;
mod money;
mod order;
mod parse;
mod payment;
mod poll;
mod product;
mod question;
mod refusal;
mod server;
mod settings;
mod text;

pub use chat::{ChatLine, ChatRules, Guard, HeldDecided, HeldLine, HeldReason, Mention, ReplyTo};
pub use client::{ClientMessage, Hello, Resume};
pub use crowd::{Caption, CrowdMessage, Gap, Mine, Missed, Reaction, ReactionCount};
pub use event::{Logged, OnAir, Role, ShowEvent, ShowState, ShowStatus, Source, Stage};
pub use ids::{
    MemberId, MessageId, OrderId, PeerId, PollId, ProductId, QuestionId, RequestId, SessionId, ShippingId, ShopId,
    ShowId, VariantId,
};
pub use limits::Limits;
pub use moderation::{AuditEntry, FilterSettings, ModerationMessage, OnMatch, People, Person, Standing};
pub use money::{Currency, MAX_AMOUNT_MINOR, vat_included};
pub use order::{
    Address, Contact, MAX_CONTACT_CHARS, MAX_EMAIL_CHARS, MAX_NOTE_CHARS, Order, OrderHand, OrderKey, OrderStatus,
    OrderStep, ShippingChoice, ShippingOption, is_country,
};
pub use parse::{Rejected, parse};
pub use payment::{Payment, PaymentMethod, PaymentState};
pub use poll::{Choice, Poll, PollBallot, PollChange, PollDraft, PollMessage, PollResults, PollTally};
pub use product::{
    Image, Offer, OfferWish, Product, ProductCard, ProductDraft, ProductStatus, ProductStock, Showcase, Variant,
    VariantCard, VariantDraft, VariantStock,
};
pub use question::{Moment, Question, QuestionChange, QuestionMessage, QuestionStatus, QuestionVotes, YourQuestion};
pub use refusal::RefusalCode;
pub use server::{Answer, CatchUp, MediaReply, OrderReply, PeerEnd, Refused, ServerMessage, Welcome, You};
pub use settings::{Language, ShopSettings, StockPolicy};
pub use text::{TextFault, clean_line};

/// The version a client names in its hello. It changes only when an old client would misunderstand a new server.
pub const PROTOCOL_VERSION: u32 = 1;
