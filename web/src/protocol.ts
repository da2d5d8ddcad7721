// Generated from the crate `signaling`; do not edit. Renew: QUIORA_BLESS=1 cargo test -p quiora-signaling

export const PROTOCOL_VERSION = 1;

export const REFUSAL_CODES = ["hello_expected", "hello_repeated", "version_unsupported", "bad_message", "unknown_message", "too_large", "not_text", "rate_limited", "flood", "token_invalid", "token_expired", "show_not_found", "show_full", "show_ended", "not_allowed", "text_empty", "text_too_long", "nickname_required", "nickname_empty", "nickname_too_long", "nickname_taken", "message_id_reused", "offer_invalid", "codec_unsupported", "media_busy", "peer_not_found", "publisher_replaced", "slow_consumer", "idle", "server_stopping", "show_restarted", "internal"] as const;

export type ShopId = string;

export type ShowId = string;

export type MemberId = string;

export type SessionId = string;

export type PeerId = string;

export type MessageId = string;

export type Role = "host" | "moderator" | "viewer";

export type ShowStatus = "draft" | "scheduled" | "live" | "ended";

export type OnAir = "off" | "live" | "reconnecting";

export type Source = "camera" | "screen";

export type Stage = { 
/**
 * Whether media is flowing.
 */
on_air: OnAir, 
/**
 * Whether the host sends a picture.
 */
video: boolean, 
/**
 * Whether the host sends sound.
 */
audio: boolean, 
/**
 * Where the picture comes from.
 */
source: Source, };

export type ShowState = { 
/**
 * Its id.
 */
show: ShowId, 
/**
 * Its name in links: `[a-z0-9-]`.
 */
slug: string, 
/**
 * Its name for people.
 */
title: string, 
/**
 * The shop's name for people.
 */
shop: string, 
/**
 * Where in its life it is.
 */
status: ShowStatus, 
/**
 * The announced date, in milliseconds since the Unix epoch.
 */
scheduled_at_ms: number | null, 
/**
 * When it began.
 */
started_at_ms: number | null, 
/**
 * When it ended.
 */
ended_at_ms: number | null, 
/**
 * What is on its stage.
 */
stage: Stage, 
/**
 * Members with an open session, the host not counted.
 */
viewers: number, };

export type ShowEvent = { "kind": "started" } | { "kind": "ended" } | { "kind": "chat", 
/**
 * The id its writer gave it.
 */
message: MessageId, 
/**
 * Who wrote it.
 */
member: MemberId, 
/**
 * The writer's nickname at that moment.
 */
nickname: string, 
/**
 * The writer's role at that moment.
 */
role: Role, 
/**
 * One clean line.
 */
text: string, };

export type Logged = { 
/**
 * 1, 2, 3 … without a gap, per show.
 */
seq: number, 
/**
 * When, by the server's clock: milliseconds since the Unix epoch.
 */
at_ms: number, 
/**
 * What.
 */
event: ShowEvent, };

export type Resume = { 
/**
 * The `seq` of the last event it applied; 0 if none.
 */
after_seq: number, };

export type Hello = { 
/**
 * Request id.
 */
id: number, 
/**
 * [`crate::PROTOCOL_VERSION`].
 */
version: number, 
/**
 * A join token: from the page, from `POST /api/shows/{slug}/join`, or from an earlier `welcome` (then the client is
 * the same member again).
 */
token: string, 
/**
 * Where to go on after a lost socket.
 */
resume?: Resume, 
/**
 * A `recvonly` offer, as in `subscribe`: its answer comes with the `welcome`, so that joining takes one round trip.
 */
subscribe?: string, };

export type ClientMessage = { "type": "hello" } & Hello | { "type": "ping", 
/**
 * Request id.
 */
id: number, } | { "type": "subscribe", 
/**
 * Request id.
 */
id: number, 
/**
 * SDP offer with at most one audio and one video section, both `recvonly`.
 */
sdp: string, } | { "type": "publish", 
/**
 * Request id.
 */
id: number, 
/**
 * SDP offer with at most one audio and one video section, both `sendonly`; simulcast by RID is welcome.
 */
sdp: string, } | { "type": "peer_close", 
/**
 * Request id.
 */
id: number, 
/**
 * The connection, as named in its `answer`.
 */
peer: PeerId, } | { "type": "view", 
/**
 * Request id.
 */
id: number, 
/**
 * In device pixels; 0 to 65,535.
 */
height_px: number, } | { "type": "show_start", 
/**
 * Request id.
 */
id: number, } | { "type": "show_end", 
/**
 * Request id.
 */
id: number, } | { "type": "stage_set", 
/**
 * Request id.
 */
id: number, 
/**
 * Whether a picture is being sent.
 */
video: boolean, 
/**
 * Whether sound is being sent.
 */
audio: boolean, 
/**
 * Where the picture comes from.
 */
source: Source, } | { "type": "rename", 
/**
 * Request id.
 */
id: number, 
/**
 * 1 to `nickname_chars` characters on one line.
 */
nickname: string, } | { "type": "chat_send", 
/**
 * Request id.
 */
id: number, 
/**
 * Id of the line: a UUIDv7 made by the client and kept until answered.
 */
message: MessageId, 
/**
 * 1 to `chat_chars` characters on one line.
 */
text: string, };

export type RefusalCode = "hello_expected" | "hello_repeated" | "version_unsupported" | "bad_message" | "unknown_message" | "too_large" | "not_text" | "rate_limited" | "flood" | "token_invalid" | "token_expired" | "show_not_found" | "show_full" | "show_ended" | "not_allowed" | "text_empty" | "text_too_long" | "nickname_required" | "nickname_empty" | "nickname_too_long" | "nickname_taken" | "message_id_reused" | "offer_invalid" | "codec_unsupported" | "media_busy" | "peer_not_found" | "publisher_replaced" | "slow_consumer" | "idle" | "server_stopping" | "show_restarted" | "internal";

export type PeerEnd = "timeout" | "closed" | "replaced" | "failed" | "show_ended" | "server_stopping";

export type Limits = { 
/**
 * See [`MAX_CHAT_CHARS`].
 */
chat_chars: number, 
/**
 * See [`MAX_NICKNAME_CHARS`].
 */
nickname_chars: number, 
/**
 * See [`PING_INTERVAL_MS`].
 */
ping_interval_ms: number, 
/**
 * Milliseconds between chat lines that are always accepted.
 */
chat_interval_ms: number, };

export type You = { 
/**
 * Outlives reconnects and, with the token kept, reloads.
 */
member: MemberId, 
/**
 * What this member may do.
 */
role: Role, 
/**
 * The nickname last chosen, if any.
 */
nickname: string | null, };

export type CatchUp = { "kind": "snapshot", 
/**
 * The newest `seq`: events after this one follow.
 */
seq: number, 
/**
 * At most the newest hundred lines.
 */
chat: Array<Logged>, } | { "kind": "delta", 
/**
 * The newest `seq`: events after this one follow.
 */
seq: number, 
/**
 * All that was missed.
 */
events: Array<Logged>, };

export type MediaReply = { "kind": "answer", 
/**
 * The connection.
 */
peer: PeerId, 
/**
 * SDP answer with all candidates.
 */
sdp: string, } | { "kind": "refused", 
/**
 * Why.
 */
code: RefusalCode, };

export type Answer = { 
/**
 * The request.
 */
id: number, 
/**
 * The connection, for `peer_close` and `peer_closed`.
 */
peer: PeerId, 
/**
 * SDP answer with all candidates; nothing trickles.
 */
sdp: string, };

export type Refused = { 
/**
 * The request, unless the message was so broken that it had none.
 */
id?: number, 
/**
 * Why; act and translate by this.
 */
code: RefusalCode, 
/**
 * For developers.
 */
detail: string, 
/**
 * When it is worth trying again, if it is a matter of time.
 */
retry_after_ms?: number, };

export type Welcome = { 
/**
 * The request.
 */
id: number, 
/**
 * The version both speak now.
 */
version: number, 
/**
 * This socket.
 */
session: SessionId, 
/**
 * Who the client is in this show.
 */
you: You, 
/**
 * A fresh join token of this member: keep it and say hello with it next time.
 */
token: string, 
/**
 * The server's clock: milliseconds since the Unix epoch.
 */
clock_ms: number, 
/**
 * What the client should respect.
 */
limits: Limits, 
/**
 * The show as it is now.
 */
show: ShowState, 
/**
 * What the client has missed.
 */
catch_up: CatchUp, 
/**
 * The reply to the `subscribe` within the hello, if it had one.
 */
media?: MediaReply, };

export type ServerMessage = { "type": "welcome" } & Welcome | { "type": "pong", 
/**
 * The request.
 */
id: number, 
/**
 * The server's clock: milliseconds since the Unix epoch.
 */
clock_ms: number, } | { "type": "done", 
/**
 * The request.
 */
id: number, 
/**
 * The place in the log of the event it caused, if it caused one.
 */
seq?: number, } | { "type": "answer" } & Answer | { "type": "refused" } & Refused | { "type": "event" } & Logged | { "type": "stage" } & Stage | { "type": "presence", 
/**
 * Members with an open session, the host not counted.
 */
viewers: number, } | { "type": "peer_closed", 
/**
 * Which.
 */
peer: PeerId, 
/**
 * Why.
 */
reason: PeerEnd, } | { "type": "layers_wanted", 
/**
 * Which connection.
 */
peer: PeerId, 
/**
 * How many layers to send, from the lowest; at least one.
 */
count: number, } | { "type": "bye", 
/**
 * Why.
 */
code: RefusalCode, 
/**
 * For developers.
 */
detail: string, };

