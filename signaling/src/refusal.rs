//! The stable codes of "no". A refusal is an answer, not an error: clients act and translate by code, people read the
//! detail. A code is never renamed nor reused.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal, $detail:literal;)+) => {
        /// Why the server said no.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
        pub enum RefusalCode {
            $($(#[doc = $doc])+ #[serde(rename = $code)] $name,)+
        }

        impl RefusalCode {
            /// All codes, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The code as it stands on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// One English sentence for developers; pages show their own words for the code.
            #[must_use]
            pub const fn detail(self) -> &'static str {
                match self { $(Self::$name => $detail,)+ }
            }
        }
    };
}

codes! {
    /// The first message must be `hello`, within the hello timeout.
    HelloExpected = "hello_expected", "The first message must be a hello.";
    /// A second `hello` on the same socket.
    HelloRepeated = "hello_repeated", "This session has already said hello.";
    /// The version in `hello` is not spoken here.
    VersionUnsupported = "version_unsupported", "This protocol version is not spoken here.";
    /// Not a JSON object, or a field is missing or of the wrong type.
    BadMessage = "bad_message", "The message does not have the documented form.";
    /// The `type` is not one of the documented ones.
    UnknownMessage = "unknown_message", "There is no message of this type.";
    /// The frame is larger than allowed.
    TooLarge = "too_large", "The message is too large.";
    /// A binary frame, or text that is not UTF-8.
    NotText = "not_text", "Messages are UTF-8 text frames.";
    /// Too many requests of this kind; try again after `retry_after_ms`.
    RateLimited = "rate_limited", "Too many requests of this kind.";
    /// Went on sending after many `rate_limited`.
    Flood = "flood", "The session kept sending after being asked to slow down.";
    /// The join token is not ours, or is for something else.
    TokenInvalid = "token_invalid", "The join token is not valid here.";
    /// The join token was ours and is too old; fetch a new one.
    TokenExpired = "token_expired", "The join token has expired.";
    /// No such show.
    ShowNotFound = "show_not_found", "There is no such show.";
    /// The show has no room for another session.
    ShowFull = "show_full", "The show has no room for another session.";
    /// The show is over.
    ShowEnded = "show_ended", "The show is over.";
    /// The role does not allow it.
    NotAllowed = "not_allowed", "Your role does not allow this.";
    /// Nothing left of the text after trimming.
    TextEmpty = "text_empty", "The text is empty.";
    /// The text is longer than allowed.
    TextTooLong = "text_too_long", "The text is too long.";
    /// A chat line before a nickname was chosen.
    NicknameRequired = "nickname_required", "Choose a nickname before writing.";
    /// Nothing left of the nickname after trimming.
    NicknameEmpty = "nickname_empty", "The nickname is empty.";
    /// The nickname is longer than allowed.
    NicknameTooLong = "nickname_too_long", "The nickname is too long.";
    /// The nickname is one that could pass for the host.
    NicknameTaken = "nickname_taken", "The nickname belongs to someone else.";
    /// The same message id with another text, or from another member.
    MessageIdReused = "message_id_reused", "This message id was already used for something else.";
    /// The SDP is malformed, or is not an offer we can serve.
    OfferInvalid = "offer_invalid", "The SDP offer cannot be used.";
    /// The offer has no codec in common with the server.
    CodecUnsupported = "codec_unsupported", "The offer has no codec that is spoken here.";
    /// The media plane has no room or is stopping; try again later.
    MediaBusy = "media_busy", "The media plane cannot take another connection now.";
    /// No such peer in this session.
    PeerNotFound = "peer_not_found", "There is no such media connection in this session.";
    /// Another device of the host went on air; this one's media was closed.
    PublisherReplaced = "publisher_replaced", "Another device went on air in this show.";
    /// Too many messages wait for this client; reconnect and resume by `seq`.
    SlowConsumer = "slow_consumer", "The client reads too slowly; reconnect and resume.";
    /// Nothing was heard from the client for too long.
    Idle = "idle", "Nothing was heard for too long.";
    /// The server is going down; reconnect, with some jitter.
    ServerStopping = "server_stopping", "The server is stopping; reconnect.";
    /// The show's state could not be saved or is being reloaded; reconnect and resume.
    ShowRestarted = "show_restarted", "The show is being reloaded; reconnect and resume.";
    /// No such product, or none that you may see.
    ProductNotFound = "product_not_found", "There is no such product.";
    /// The product or the variant cannot be bought.
    NotForSale = "not_for_sale", "This is not for sale.";
    /// Nobody can buy it before its opening.
    NotOpen = "not_open", "The sale of this has not opened yet.";
    /// Not so many are left.
    SoldOut = "sold_out", "Not enough pieces are left.";
    /// More than one buyer may have, of this or of everything at once.
    OverLimit = "over_limit", "This is more than one buyer may have.";
    /// The quantity is 0 or more than an order may have.
    QuantityInvalid = "quantity_invalid", "An order has 1 to 99 pieces.";
    /// The order's key does not have the form of one.
    KeyInvalid = "key_invalid", "An order's key is 32 bytes in base64url.";
    /// No such order, or the key is not its own.
    OrderNotFound = "order_not_found", "There is no such order under this key.";
    /// The same order id for something else.
    OrderIdReused = "order_id_reused", "This order id was already used for something else.";
    /// The reservation is over, by time or because it was given back; reserve again under a new id.
    ReservationOver = "expired", "The reservation is over.";
    /// The order is not at the point where this can be done.
    OrderStepInvalid = "order_step_invalid", "The order cannot go there from where it is.";
    /// The total is not the one that the buyer was shown.
    PriceChanged = "price_changed", "The total is another one now.";
    /// No such way of shipping, or it does not go there.
    ShippingInvalid = "shipping_invalid", "The goods cannot be sent this way.";
    /// The shop does not take money this way.
    PaymentUnavailable = "payment_unavailable", "The shop does not take money this way.";
    /// Name, e-mail or address is missing or malformed.
    ContactInvalid = "contact_invalid", "Name, e-mail or address is missing or malformed.";
    /// An offer that says nothing, is out of bounds or runs already.
    FlashInvalid = "flash_invalid", "The offer is empty or out of bounds.";
    /// The offer's price is not below the lowest price of the last 30 days, or there is no such price.
    FlashNotLower = "flash_not_lower", "The offer is not below the lowest price of the last 30 days.";
    /// The shop is full: too many products, orders or open reservations.
    ShopFull = "shop_full", "The shop has no room for more of this.";
    /// The shop's state could not be saved or is being reloaded; ask again with the same ids.
    ShopRestarted = "shop_restarted", "The shop is being reloaded; ask again with the same ids.";
    /// No such question.
    QuestionNotFound = "question_not_found", "There is no such question.";
    /// The question is not where this can be done: answered, put away or merged.
    QuestionClosed = "question_closed", "The question is not open any more.";
    /// The same question id for another text, or from another member.
    QuestionIdReused = "question_id_reused", "This question id was already used for something else.";
    /// The member was forbidden to ask.
    AskingForbidden = "asking_forbidden", "You may not ask questions in this show.";
    /// No such poll.
    PollNotFound = "poll_not_found", "There is no such poll.";
    /// The poll is closed, or cannot be opened again.
    PollClosed = "poll_closed", "The poll is closed.";
    /// The same poll id for another poll.
    PollIdReused = "poll_id_reused", "This poll id was already used for something else.";
    /// Not 2 to 6 choices, a right choice that is none, or a time out of bounds.
    PollInvalid = "poll_invalid", "The poll is out of bounds.";
    /// No such choice, or more than one may make.
    ChoiceInvalid = "choice_invalid", "This cannot be chosen.";
    /// No such line, or not at hand any more.
    MessageNotFound = "message_not_found", "There is no such line at hand.";
    /// Slow mode: the last line was too short a time ago; see `retry_after_ms`.
    SlowMode = "slow_mode", "The chat is in slow mode.";
    /// Who has just come may not write yet; see `retry_after_ms`.
    TooNew = "too_new", "Who has just come may not write yet.";
    /// Many write at once, and it is others' turn; see `retry_after_ms`.
    ChatBusy = "chat_busy", "Many write at once; it is the others' turn.";
    /// Muted; see `retry_after_ms`.
    Muted = "muted", "You may not write for a while.";
    /// The text or the nickname has a word of the filter.
    TextFiltered = "text_filtered", "The text has a word that is not welcome here.";
    /// No such member, or one that this cannot be done to.
    MemberNotFound = "member_not_found", "There is no such member.";
    /// A rule or a time is out of bounds.
    RulesInvalid = "rules_invalid", "The rules are out of bounds.";
    /// No room for more of this in the show.
    TooMany = "too_many", "There is no room for more of this.";
    /// Kept away from this show.
    Banned = "banned", "You have been sent away from this show.";
    /// The link that this came by was taken back.
    AccessRevoked = "access_revoked", "The link has been taken back.";
    /// Something failed on the server; it is in its log, not here.
    Internal = "internal", "Something went wrong on the server.";
}

impl RefusalCode {
    /// Whether only shopping meets it. Pages load the words for these when somebody shops.
    #[must_use]
    pub const fn is_about_shopping(self) -> bool {
        matches!(
            self,
            Self::ProductNotFound
                | Self::NotForSale
                | Self::NotOpen
                | Self::SoldOut
                | Self::OverLimit
                | Self::QuantityInvalid
                | Self::KeyInvalid
                | Self::OrderNotFound
                | Self::OrderIdReused
                | Self::ReservationOver
                | Self::OrderStepInvalid
                | Self::PriceChanged
                | Self::ShippingInvalid
                | Self::ContactInvalid
                | Self::PaymentUnavailable
                | Self::FlashInvalid
                | Self::FlashNotLower
                | Self::ShopFull
                | Self::ShopRestarted
        )
    }

    /// Whether only whoever takes part meets it, or runs a show. Pages load the words for these with the part that does.
    #[must_use]
    pub const fn is_about_audience(self) -> bool {
        matches!(
            self,
            Self::QuestionNotFound
                | Self::QuestionClosed
                | Self::QuestionIdReused
                | Self::AskingForbidden
                | Self::PollNotFound
                | Self::PollClosed
                | Self::PollIdReused
                | Self::PollInvalid
                | Self::ChoiceInvalid
                | Self::MessageNotFound
                | Self::SlowMode
                | Self::TooNew
                | Self::ChatBusy
                | Self::Muted
                | Self::TextFiltered
                | Self::MemberNotFound
                | Self::RulesInvalid
                | Self::TooMany
                | Self::Banned
                | Self::AccessRevoked
        )
    }

    /// Whether the session ends with this code: it is sent in a `bye` and as the reason of the close frame.
    #[must_use]
    pub const fn is_fatal(self) -> bool {
        matches!(
            self,
            Self::HelloExpected
                | Self::VersionUnsupported
                | Self::TooLarge
                | Self::NotText
                | Self::Flood
                | Self::TokenInvalid
                | Self::TokenExpired
                | Self::ShowNotFound
                | Self::ShowFull
                | Self::SlowConsumer
                | Self::Idle
                | Self::ServerStopping
                | Self::ShowRestarted
                | Self::Banned
                | Self::AccessRevoked
        )
    }

    /// The WebSocket close code (RFC 6455 §7.4.1) that goes with a fatal refusal.
    #[must_use]
    pub const fn close_code(self) -> u16 {
        match self {
            Self::TooLarge => 1009,
            Self::NotText => 1003,
            Self::ServerStopping | Self::ShowRestarted => 1012,
            Self::SlowConsumer | Self::ShowFull => 1013,
            Self::Internal => 1011,
            _ => 1008,
        }
    }
}

impl std::fmt::Display for RefusalCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
