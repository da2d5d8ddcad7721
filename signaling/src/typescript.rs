//! The TypeScript that our pages compile against, made from the types of this crate.
//!
//! `web/src/protocol.ts` is this text, committed. A test of this crate fails when the file is stale and, run with
//! `QUIORA_BLESS=1`, writes it anew.

use crate::{
    Answer, CatchUp, ClientMessage, Hello, Limits, Logged, MediaReply, MemberId, MessageId, OnAir, PROTOCOL_VERSION,
    PeerEnd, PeerId, RefusalCode, Refused, Resume, Role, ServerMessage, SessionId, ShopId, ShowEvent, ShowId,
    ShowState, ShowStatus, Source, Stage, Welcome, You,
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
    let codes = RefusalCode::ALL.iter().map(|c| format!("\"{c}\"")).collect::<Vec<_>>().join(", ");
    let _ = writeln!(out, "export const REFUSAL_CODES = [{codes}] as const;\n");
    macro_rules! declare {
        ($($name:ty),+ $(,)?) => {
            $(let _ = writeln!(out, "export {}\n", <$name as TS>::decl(&config));)+
        };
    }
    declare![
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
        Welcome,
        ServerMessage,
    ];
    out
}
