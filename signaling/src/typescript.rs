//! The TypeScript that our pages compile against, made from the types of this crate.
//!
//! `web/src/protocol.ts` is this text, committed. A test of this crate fails when the file is stale and, run with
//! `QUIORA_BLESS=1`, writes it anew.

use crate::{
    Address, Answer, CatchUp, ClientMessage, Contact, Currency, Hello, Image, Language, Limits, Logged, MediaReply,
    MemberId, MessageId, Offer, OfferWish, OnAir, Order, OrderHand, OrderId, OrderKey, OrderReply, OrderStatus,
    OrderStep, PROTOCOL_VERSION, Payment, PaymentMethod, PaymentState, PeerEnd, PeerId, Product, ProductCard,
    ProductDraft, ProductId, ProductStatus, ProductStock, RefusalCode, Refused, Resume, Role, ServerMessage, SessionId,
    ShippingChoice, ShippingId, ShippingOption, ShopId, ShopSettings, ShowEvent, ShowId, ShowState, ShowStatus,
    Showcase, Source, Stage, StockPolicy, Variant, VariantCard, VariantDraft, VariantId, VariantStock, Welcome, You,
};
use crate::{
    AuditEntry, Caption, ChatLine, ChatRules, Choice, CrowdMessage, FilterSettings, Gap, Guard, HeldDecided, HeldLine,
    HeldReason, Mention, Mine, Missed, ModerationMessage, Moment, OnMatch, People, Person, Poll, PollBallot,
    PollChange, PollDraft, PollId, PollMessage, PollResults, PollTally, Question, QuestionChange, QuestionId,
    QuestionMessage, QuestionStatus, QuestionVotes, Reaction, ReactionCount, ReplyTo, Standing, YourQuestion,
};
use std::fmt::Write as _;
use ts_rs::{Config, TS};

/// The whole file, ready to be written to `web/src/protocol.ts`.
#[must_use]
pub fn generate() -> String {
    let config = Config::new();
    let mut out = String::from(
        "// Generated from the crate `signaling`; do not edit. Renew: QUIORA_BLESS=1 cargo test -p quiora-signaling\n\n",
    );
    let _ = writeln!(out, "export const PROTOCOL_VERSION = {PROTOCOL_VERSION};\n");
    // Three lists, so that a page that only watches carries no words about shopping or running a show.
    for (name, shopping, audience) in
        [("REFUSAL_CODES", false, false), ("SHOP_REFUSAL_CODES", true, false), ("AUDIENCE_REFUSAL_CODES", false, true)]
    {
        let wanted = |code: &&RefusalCode| code.is_about_shopping() == shopping && code.is_about_audience() == audience;
        let codes = RefusalCode::ALL.iter().filter(wanted);
        let codes = codes.map(|code| format!("\"{code}\"")).collect::<Vec<_>>().join(", ");
        let _ = writeln!(out, "export const {name} = [{codes}] as const;\n");
    }
    show(&mut out, &config);
    audience(&mut out, &config);
    shop(&mut out, &config);
    out
}

macro_rules! declare {
    ($out:ident, $config:ident, $($name:ty),+ $(,)?) => {
        $(let _ = writeln!($out, "export {}\n", <$name as TS>::decl($config));)+
    };
}

fn show(out: &mut String, config: &Config) {
    declare![
        out,
        config,
        ShopId,
        ShowId,
        MemberId,
        SessionId,
        PeerId,
        MessageId,
        Role,
        ShowStatus,
        OnAir,
        Source,
        Stage,
        ShowState,
        ShowEvent,
        Logged,
        Resume,
        Hello,
        ClientMessage,
        RefusalCode,
        PeerEnd,
        Limits,
        You,
        CatchUp,
        MediaReply,
        Answer,
        Refused,
        OrderReply,
        Welcome,
        ServerMessage,
    ];
}

fn audience(out: &mut String, config: &Config) {
    declare![
        out,
        config,
        QuestionId,
        PollId,
        ReplyTo,
        Mention,
        ChatLine,
        ChatRules,
        Guard,
        HeldReason,
        HeldLine,
        HeldDecided,
        Moment,
        QuestionStatus,
        QuestionChange,
        Question,
        QuestionVotes,
        YourQuestion,
        QuestionMessage,
        Choice,
        PollResults,
        PollDraft,
        PollChange,
        Poll,
        PollTally,
        PollBallot,
        PollMessage,
        Standing,
        Person,
        People,
        ModerationMessage,
        OnMatch,
        FilterSettings,
        AuditEntry,
        Reaction,
        ReactionCount,
        Caption,
        Gap,
        Missed,
        Mine,
        CrowdMessage,
    ];
}

fn shop(out: &mut String, config: &Config) {
    declare![
        out,
        config,
        ProductId,
        VariantId,
        OrderId,
        ShippingId,
        Currency,
        Image,
        ProductStatus,
        VariantDraft,
        ProductDraft,
        Variant,
        Product,
        VariantCard,
        ProductCard,
        VariantStock,
        ProductStock,
        OfferWish,
        Offer,
        Showcase,
        OrderKey,
        OrderStatus,
        OrderHand,
        OrderStep,
        ShippingOption,
        ShippingChoice,
        Address,
        Contact,
        PaymentMethod,
        PaymentState,
        Payment,
        Order,
        Language,
        StockPolicy,
        ShopSettings,
    ];
}
