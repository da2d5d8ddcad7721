//! Quiora as a client of its own public protocol: the seller of the demo, the publisher of the tests, the guests of a
//! rehearsal, and the [`audience`] that measures servers.
//!
//! It owns a WebSocket and a peer connection, speaks nothing but what signaling/README.md tells a stranger, and knows
//! no other part of this program: what it can do, any client can. It is the only folder that names `webrtc`.
//!
//! Invariant: [`run`] ends only when it is told to, when the show is over, or when trying again cannot help
//! ([`RobotError::is_final`]). Everything else (a lost socket, a lost peer, a restarted server) is answered by going
//! back on air, soon and then less often.
//!
//! | file | owns |
//! |---|---|
//! | `seller` | the will to be on air: try, wait, try again |
//! | `air` | one try: a socket, a peer, and what is said meanwhile |
//! | `wire` | the WebSocket: messages out, replies and news in |
//! | `peer` | the WebRTC connection and its two tracks |
//! | `pace` | when each picture and sound is due; pure |
//! | `clip` | the pictures and sounds |
//! | `guests` | the audience of a rehearsal: a dozen viewers that talk, ask, vote and buy |
//! | [`audience`] | thousands of viewers, on a WebRTC of its own |

mod air;
pub mod audience;
mod backoff;
mod clip;
mod guests;
mod pace;
mod peer;
mod seller;
#[cfg(test)]
mod tests;
mod wire;

pub use clip::ClipError;
pub use guests::{GuestsConfig, Ware, entertain};
pub use seller::run;

use futures_util::future::BoxFuture;
use quiora_signaling::RefusalCode;
use std::sync::Arc;

/// Gives a join token of a host, asked anew for each connection so that it is never stale.
pub type TokenSource = Arc<dyn Fn() -> BoxFuture<'static, Result<String, RobotError>> + Send + Sync>;

/// What the robot seller needs to know.
#[derive(Clone)]
pub struct SellerConfig {
    /// The server's socket: `ws://host:port/ws`.
    pub ws_url: String,
    /// What to send as `Origin`: the server's own, `http://host:port`.
    pub origin: String,
    /// The show's slug, for the log; the token is what names the show to the server.
    pub show: String,
    /// Where tokens come from.
    pub tokens: TokenSource,
}

/// Why a stretch on air could not begin, or ended.
#[derive(Debug, thiserror::Error)]
pub enum RobotError {
    /// The clip cannot be played.
    #[error(transparent)]
    Clip(#[from] ClipError),
    /// No token could be had.
    #[error("no token: {0}")]
    Token(String),
    /// The socket could not be opened, or broke.
    #[error("socket: {0}")]
    Socket(#[from] Box<tokio_tungstenite::tungstenite::Error>),
    /// The server closed the socket without a goodbye.
    #[error("the server closed the socket")]
    SocketClosed,
    /// The server did not do what was due in time.
    #[error("timed out: {0}")]
    Timeout(&'static str),
    /// The reply was not of the kind that the protocol promises.
    #[error("a reply that is no {0}")]
    Unexpected(&'static str),
    /// The server refused a request, or said goodbye.
    #[error("refused: {0:?}")]
    Refused(RefusalCode),
    /// More news arrived during one request than a request lasts.
    #[error("too much news during one request")]
    Flooded,
    /// The WebRTC library failed.
    #[error("media: {0}")]
    Media(#[from] webrtc::error::Error),
    /// The media connection failed, or the server ended it.
    #[error("the media connection is over")]
    PeerLost,
}

impl RobotError {
    /// Whether trying again cannot help: the configuration is wrong, not the moment.
    #[must_use]
    pub fn is_final(&self) -> bool {
        match self {
            Self::Clip(_) => true,
            Self::Refused(code) => matches!(
                code,
                RefusalCode::VersionUnsupported
                    | RefusalCode::ShowNotFound
                    | RefusalCode::NotAllowed
                    | RefusalCode::OfferInvalid
                    | RefusalCode::CodecUnsupported
            ),
            _ => false,
        }
    }
}
