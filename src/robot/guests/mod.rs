//! The audience of a rehearsal: robots that come in one after the other, talk, ask, vote and buy like people, over the protocol
//! that people use.
//!
//! How they behave is decided by the pure [`core`]; here is one task and one socket for each. Whatever a server refuses them is
//! no matter, and a lost socket is opened again, under the same name.
//!
//! | file | owns |
//! |---|---|
//! | `core` | what a guest does, and when |
//! | `seat` | one guest's socket |

mod core;
mod seat;

pub use self::core::Ware;

use super::TokenSource;
use crate::clock;
use core::{CAST, Dice, Guest, Phrases, Sheet};
use quiora_signaling::ShippingOption;
use seat::Seat;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// When the first one comes.
const FIRST_MS: u64 = 500;

/// Between two of them: the last is there after half a minute.
const APART_MS: u64 = 2_400;

/// How much sooner or later each comes.
const JITTER_MS: u64 = 1_500;

/// What the guests need to know.
#[derive(Clone)]
pub struct GuestsConfig {
    /// The socket: `ws://host:port/…/ws`.
    pub ws_url: String,
    /// What to send as `Origin`: the server's own, `http://host:port`.
    pub origin: String,
    /// What they speak: `it`, `en`, `de`, `fr`, `es`, `ja`; English for all others.
    pub language: String,
    /// What chance follows from: the same seed and the same show give the same audience.
    pub seed: u64,
    /// What is sold in the show.
    pub line_up: Vec<Ware>,
    /// How an order would be sent; without it nobody orders.
    pub shipping: Option<ShippingOption>,
    /// Where viewers' tokens come from.
    pub tokens: TokenSource,
}

/// Sends the guests in; they stay until `shutdown`, or until the show is over for them.
pub async fn entertain(config: GuestsConfig, shutdown: CancellationToken) {
    let GuestsConfig { ws_url, origin, language, seed, line_up, shipping, tokens } = config;
    let sheet = Arc::new(Sheet { phrases: Phrases::of(&language), line_up, shipping });
    let mut guests = JoinSet::new();
    let mut wait = Duration::from_millis(FIRST_MS);
    for (number, part) in CAST.into_iter().enumerate() {
        let mut dice = Dice::new(seed, number as u64);
        let arrival = wait + dice.between(0, JITTER_MS);
        wait += Duration::from_millis(APART_MS);
        let seat = Seat {
            ws_url: ws_url.clone(),
            origin: origin.clone(),
            number,
            name: sheet.phrases.name(number),
            country: country(&language, sheet.shipping.as_ref()),
            shipping: sheet.shipping.clone(),
            tokens: tokens.clone(),
        };
        let (sheet, shutdown) = (Arc::clone(&sheet), shutdown.clone());
        guests.spawn(async move {
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(arrival) => {}
            }
            let guest = Guest::new(part, dice, sheet, clock::monotonic());
            seat.occupy(guest, shutdown).await;
        });
    }
    while guests.join_next().await.is_some() {}
}

/// Where guests live: where their language is spoken, if goods go there.
fn country(language: &str, shipping: Option<&ShippingOption>) -> String {
    let home = match language {
        "it" => "IT",
        "de" => "DE",
        "fr" => "FR",
        "es" => "ES",
        "ja" => "JP",
        _ => "GB",
    };
    let countries = shipping.map(|option| option.countries.as_slice()).unwrap_or_default();
    let reached = countries.is_empty() || countries.iter().any(|country| country == home);
    if reached { home.to_owned() } else { countries.first().cloned().unwrap_or_default() }
}
