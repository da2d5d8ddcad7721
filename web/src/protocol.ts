// Generated from the crate `signaling`; do not edit. Renew: QUIORA_BLESS=1 cargo test -p quiora-signaling

export const PROTOCOL_VERSION = 1;

export const REFUSAL_CODES = ["hello_expected", "hello_repeated", "version_unsupported", "bad_message", "unknown_message", "too_large", "not_text", "rate_limited", "flood", "token_invalid", "token_expired", "show_not_found", "show_full", "show_ended", "not_allowed", "text_empty", "text_too_long", "nickname_required", "nickname_empty", "nickname_too_long", "nickname_taken", "message_id_reused", "offer_invalid", "codec_unsupported", "media_busy", "peer_not_found", "publisher_replaced", "slow_consumer", "idle", "server_stopping", "show_restarted", "internal"] as const;

export const SHOP_REFUSAL_CODES = ["product_not_found", "not_for_sale", "not_open", "sold_out", "over_limit", "quantity_invalid", "key_invalid", "order_not_found", "order_id_reused", "expired", "order_step_invalid", "price_changed", "shipping_invalid", "payment_unavailable", "contact_invalid", "flash_invalid", "flash_not_lower", "shop_full", "shop_restarted"] as const;

export const AUDIENCE_REFUSAL_CODES = ["question_not_found", "question_closed", "question_id_reused", "asking_forbidden", "poll_not_found", "poll_closed", "poll_id_reused", "poll_invalid", "choice_invalid", "message_not_found", "slow_mode", "too_new", "chat_busy", "muted", "text_filtered", "member_not_found", "rules_invalid", "too_many", "banned", "access_revoked"] as const;

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
 * Members with an open session, staff not counted.
 */
viewers: number, 
/**
 * The most there were at once.
 */
peak: number, 
/**
 * How many there have been in all.
 */
total: number, 
/**
 * What lines are written under.
 */
rules: ChatRules, 
/**
 * What holds besides, while a flood lasts.
 */
guard: Guard, 
/**
 * The line on top of the chat.
 */
pinned_line?: ChatLine, 
/**
 * What is pinned on screen.
 */
showcase?: Showcase, 
/**
 * What is left of it, if that is known yet; if not, it comes as `stock`.
 */
stock?: ProductStock, };

export type ShowEvent = { "kind": "started" } | { "kind": "ended" } | { "kind": "chat" } & ChatLine | { "kind": "pinned" } & Showcase | { "kind": "unpinned", 
/**
 * Which.
 */
product: ProductId, } | { "kind": "question", 
/**
 * What.
 */
change: QuestionChange, 
/**
 * The question as it is now.
 */
question: Question, } | { "kind": "poll", 
/**
 * What.
 */
change: PollChange, 
/**
 * The poll as it is now.
 */
poll: Poll, } | { "kind": "chat_deleted", 
/**
 * Which.
 */
message: MessageId, } | { "kind": "chat_restored", 
/**
 * Where it stood.
 */
line_seq: number, 
/**
 * When it was written.
 */
line_at_ms: number, 
/**
 * The line.
 */
line: ChatLine, } | { "kind": "chat_purged", 
/**
 * Whose.
 */
member: MemberId, } | { "kind": "chat_pinned", 
/**
 * The line.
 */
line: ChatLine, } | { "kind": "chat_unpinned", 
/**
 * Which.
 */
message: MessageId, } | { "kind": "rules" } & ChatRules;

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
sdp: string, } | { "type": "measure", 
/**
 * Request id.
 */
id: number, 
/**
 * As in `publish`.
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
text: string, 
/**
 * The line that it answers; one of the newest 1,000.
 */
reply_to?: MessageId, 
/**
 * Who is meant, at most 5. Who is not here or has no name is left out.
 */
mentions?: Array<MemberId>, } | { "type": "pin", 
/**
 * Request id.
 */
id: number, 
/**
 * Which; it is for sale.
 */
product: ProductId, 
/**
 * Better terms for a while.
 */
offer?: OfferWish, } | { "type": "unpin", 
/**
 * Request id.
 */
id: number, } | { "type": "reserve", 
/**
 * Request id.
 */
id: number, 
/**
 * Id of the order: a UUIDv7 made by the client and kept before this is sent.
 */
order: OrderId, 
/**
 * The order's secret, made and kept with its id.
 */
key: OrderKey, 
/**
 * What.
 */
variant: VariantId, 
/**
 * How many; at least 1.
 */
quantity: number, 
/**
 * If there are not so many: get in line, and be offered what comes back.
 */
wait?: boolean, } | { "type": "order_place", 
/**
 * Request id.
 */
id: number, 
/**
 * Which order.
 */
order: OrderId, 
/**
 * Its secret.
 */
key: OrderKey, 
/**
 * The total that the buyer was shown; refused with `price_changed` if it is another one.
 */
total_minor: number, 
/**
 * How to get the goods there.
 */
shipping: ShippingId, 
/**
 * Who buys.
 */
contact: Contact, 
/**
 * How it is paid; by the seller's instructions if nothing is said.
 */
payment?: PaymentMethod, } | { "type": "order_release", 
/**
 * Request id.
 */
id: number, 
/**
 * Which order.
 */
order: OrderId, 
/**
 * Its secret.
 */
key: OrderKey, } | { "type": "order_get", 
/**
 * Request id.
 */
id: number, 
/**
 * Which order.
 */
order: OrderId, 
/**
 * Its secret.
 */
key: OrderKey, } | QuestionMessage | PollMessage | ModerationMessage | CrowdMessage;

export type RefusalCode = "hello_expected" | "hello_repeated" | "version_unsupported" | "bad_message" | "unknown_message" | "too_large" | "not_text" | "rate_limited" | "flood" | "token_invalid" | "token_expired" | "show_not_found" | "show_full" | "show_ended" | "not_allowed" | "text_empty" | "text_too_long" | "nickname_required" | "nickname_empty" | "nickname_too_long" | "nickname_taken" | "message_id_reused" | "offer_invalid" | "codec_unsupported" | "media_busy" | "peer_not_found" | "publisher_replaced" | "slow_consumer" | "idle" | "server_stopping" | "show_restarted" | "product_not_found" | "not_for_sale" | "not_open" | "sold_out" | "over_limit" | "quantity_invalid" | "key_invalid" | "order_not_found" | "order_id_reused" | "expired" | "order_step_invalid" | "price_changed" | "shipping_invalid" | "payment_unavailable" | "contact_invalid" | "flash_invalid" | "flash_not_lower" | "shop_full" | "shop_restarted" | "question_not_found" | "question_closed" | "question_id_reused" | "asking_forbidden" | "poll_not_found" | "poll_closed" | "poll_id_reused" | "poll_invalid" | "choice_invalid" | "message_not_found" | "slow_mode" | "too_new" | "chat_busy" | "muted" | "text_filtered" | "member_not_found" | "rules_invalid" | "too_many" | "banned" | "access_revoked" | "internal";

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
chat_interval_ms: number, 
/**
 * See [`MAX_QUESTION_CHARS`].
 */
question_chars: number, 
/**
 * See [`MAX_ANSWER_CHARS`].
 */
answer_chars: number, 
/**
 * See [`MAX_POLL_CHARS`].
 */
poll_chars: number, 
/**
 * See [`MAX_CAPTION_CHARS`].
 */
caption_chars: number, 
/**
 * Milliseconds between messages about reactions that are always accepted.
 */
reaction_interval_ms: number, 
/**
 * Milliseconds between captions that are always accepted.
 */
caption_interval_ms: number, };

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
nickname: string | null, 
/**
 * A remote control of the host: steers, but does not publish.
 */
remote?: boolean, };

export type CatchUp = { "kind": "snapshot", 
/**
 * The newest `seq`: events after this one follow.
 */
seq: number, 
/**
 * At most the newest hundred lines.
 */
chat: Array<Logged>, 
/**
 * Open, on air and answered ones; for staff also those put away or merged. In no order.
 */
questions: Array<Question>, 
/**
 * Questions for which there was no room: the answered first, then the lowest ranked.
 */
questions_left_out: number, 
/**
 * All of them, in the order in which they were opened.
 */
polls: Array<Poll>, } | { "kind": "delta", 
/**
 * The newest `seq`: events after this one follow.
 */
seq: number, 
/**
 * All that was missed.
 */
events: Array<Logged>, 
/**
 * Votes of the questions that are open or on air.
 */
votes: Array<QuestionVotes>, 
/**
 * How the polls stand that are open.
 */
tallies: Array<PollTally>, };

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

export type OrderReply = { 
/**
 * The request.
 */
id: number, 
/**
 * The order.
 */
order: Order, };

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
 * What of the show is the member's own.
 */
mine: Mine, 
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
 * Members with an open session, staff not counted.
 */
viewers: number, 
/**
 * The most there were at once.
 */
peak: number, 
/**
 * How many there have been in all.
 */
total: number, } | { "type": "peer_closed", 
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
count: number, } | { "type": "stock" } & ProductStock | { "type": "order" } & OrderReply | { "type": "order_changed", 
/**
 * The order as it is now; one with a smaller `as_of` is older.
 */
order: Order, } | { "type": "question_votes" } & QuestionVotes | { "type": "your_question" } & YourQuestion | { "type": "poll_tally" } & PollTally | { "type": "reactions", 
/**
 * Each at most once.
 */
counts: Array<ReactionCount>, } | { "type": "caption" } & Caption | { "type": "guard" } & Guard | { "type": "held" } & HeldLine | { "type": "held_decided" } & HeldDecided | { "type": "standing" } & Standing | { "type": "remotes", 
/**
 * So many.
 */
count: number, } | { "type": "people" } & People | { "type": "gap" } & Gap | { "type": "missed" } & Missed | { "type": "bye", 
/**
 * Why.
 */
code: RefusalCode, 
/**
 * For developers.
 */
detail: string, };

export type QuestionId = string;

export type PollId = string;

export type ReplyTo = { 
/**
 * Which.
 */
message: MessageId, 
/**
 * Who wrote it.
 */
member: MemberId, 
/**
 * Under which nickname.
 */
nickname: string, };

export type Mention = { 
/**
 * Who.
 */
member: MemberId, 
/**
 * Under which nickname at that moment.
 */
nickname: string, };

export type ChatLine = { 
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
 * One clean line. Addresses in it are text.
 */
text: string, 
/**
 * The line that it answers.
 */
reply_to?: ReplyTo, 
/**
 * Who is meant by it.
 */
mentions?: Array<Mention>, };

export type ChatRules = { 
/**
 * The least time between two lines of a member; 0 for none, at most 10 minutes.
 */
slow_ms: number, 
/**
 * Lines wait until staff lets them through.
 */
review: boolean, 
/**
 * Who came less than this ago may not write yet; 0 for none, at most 1 hour.
 */
join_age_ms: number, };

export type Guard = { 
/**
 * Whether it holds.
 */
active: boolean, 
/**
 * The least time between two lines of such a member.
 */
slow_ms: number, 
/**
 * Who came less than this ago may not write.
 */
join_age_ms: number, };

export type HeldReason = "review" | "filter";

export type HeldLine = { 
/**
 * When it was written.
 */
at_ms: number, 
/**
 * Why it waits.
 */
reason: HeldReason, 
/**
 * The line as it will be.
 */
line: ChatLine, };

export type HeldDecided = { 
/**
 * Which.
 */
message: MessageId, 
/**
 * Whether it was let through.
 */
approved: boolean, };

export type Moment = { 
/**
 * On the server's clock: milliseconds since the Unix epoch.
 */
at_ms: number, 
/**
 * The frame that was being taken, as in a showcase: microseconds since the Unix epoch. Missing without a picture.
 */
media_us?: number, };

export type QuestionStatus = "open" | "on_air" | "answered" | "dismissed" | "merged";

export type QuestionChange = "asked" | "taken" | "returned" | "answered" | "dismissed" | "merged" | "reopened";

export type Question = { 
/**
 * Its id.
 */
question: QuestionId, 
/**
 * The `seq` under which it was asked.
 */
seq: number, 
/**
 * Who asked.
 */
member: MemberId, 
/**
 * The asker's nickname at that moment.
 */
nickname: string, 
/**
 * One clean line.
 */
text: string, 
/**
 * The product that it is about.
 */
product?: ProductId, 
/**
 * When it was asked.
 */
asked_at_ms: number, 
/**
 * Where it is.
 */
status: QuestionStatus, 
/**
 * Members who want the answer, those of merged ones among them; each counts once.
 */
votes: number, 
/**
 * The one that it lives on in.
 */
merged_into?: QuestionId, 
/**
 * When it was last taken on air.
 */
taken?: Moment, 
/**
 * When it was answered: with `taken`, a chapter of the replay.
 */
answered?: Moment, 
/**
 * The answer in words.
 */
answer?: string, };

export type QuestionVotes = { 
/**
 * Which.
 */
question: QuestionId, 
/**
 * Members who want the answer.
 */
votes: number, };

export type YourQuestion = { 
/**
 * The one that they asked.
 */
question: QuestionId, 
/**
 * The one that it lives on in; itself if it was not merged.
 */
shown: QuestionId, 
/**
 * What: `taken`, `answered` or `merged`.
 */
change: QuestionChange, };

export type QuestionMessage = { "type": "question_ask", 
/**
 * Request id.
 */
id: number, 
/**
 * Id of the question: a UUIDv7 made by the client and kept until answered.
 */
question: QuestionId, 
/**
 * 1 to `question_chars` characters on one line.
 */
text: string, 
/**
 * The product of the line-up that it is about.
 */
product?: ProductId, } | { "type": "question_vote", 
/**
 * Request id.
 */
id: number, 
/**
 * Which. A vote for one that was merged counts for the one it was merged into.
 */
question: QuestionId, } | { "type": "question_unvote", 
/**
 * Request id.
 */
id: number, 
/**
 * Which.
 */
question: QuestionId, } | { "type": "question_take", 
/**
 * Request id.
 */
id: number, 
/**
 * Which; it is open.
 */
question: QuestionId, } | { "type": "question_answer", 
/**
 * Request id.
 */
id: number, 
/**
 * Which; it is open or on air. One that was answered aloud may get its text later.
 */
question: QuestionId, 
/**
 * The answer in words: 1 to `answer_chars` characters on one line.
 */
text?: string, } | { "type": "question_dismiss", 
/**
 * Request id.
 */
id: number, 
/**
 * Which; it is open or on air.
 */
question: QuestionId, } | { "type": "question_merge", 
/**
 * Request id.
 */
id: number, 
/**
 * Which; it is open or on air.
 */
question: QuestionId, 
/**
 * The one that stays; it is open or on air.
 */
into: QuestionId, } | { "type": "question_reopen", 
/**
 * Request id.
 */
id: number, 
/**
 * Which.
 */
question: QuestionId, };

export type Choice = { 
/**
 * 1 to `poll_chars` characters on one line.
 */
text: string, 
/**
 * The product that it stands for.
 */
product?: ProductId, };

export type PollResults = "live" | "after";

export type PollDraft = { 
/**
 * 1 to `poll_chars` characters on one line.
 */
text: string, 
/**
 * 2 to 6.
 */
choices: Array<Choice>, 
/**
 * Whether one may choose several.
 */
multiple?: boolean, 
/**
 * When everybody sees the counts.
 */
results?: PollResults, 
/**
 * It closes by itself after this time: 5 seconds to 1 hour.
 */
duration_ms?: number, 
/**
 * Makes it a quiz: the number of the right choice, told to nobody before it closes.
 */
right?: number, 
/**
 * Whether it goes over the picture at once.
 */
pin?: boolean, };

export type PollChange = "opened" | "closed" | "reopened" | "pinned" | "unpinned";

export type Poll = { 
/**
 * Its id.
 */
poll: PollId, 
/**
 * The `seq` under which it was opened.
 */
seq: number, 
/**
 * What is asked.
 */
text: string, 
/**
 * What may be chosen.
 */
choices: Array<Choice>, 
/**
 * Whether one may choose several.
 */
multiple: boolean, 
/**
 * When everybody sees the counts.
 */
results: PollResults, 
/**
 * Whether one of the choices is right.
 */
quiz: boolean, 
/**
 * When it was opened.
 */
opened_at_ms: number, 
/**
 * When it closes by itself, while it is open.
 */
closes_at_ms?: number, 
/**
 * When it was closed; missing while it is open.
 */
closed_at_ms?: number, 
/**
 * Whether it is over the picture.
 */
pinned: boolean, 
/**
 * Members who voted. In an event: at that moment; what changes comes as `poll_tally`.
 */
voters: number, 
/**
 * Votes of each choice, in their order; missing while they are not for everybody to see.
 */
counts?: Array<number>, 
/**
 * The number of the right choice, of a quiz that is closed.
 */
right?: number, };

export type PollTally = { 
/**
 * Which.
 */
poll: PollId, 
/**
 * Members who voted.
 */
voters: number, 
/**
 * Votes of each choice; missing while they are not for the receiver to see.
 */
counts?: Array<number>, };

export type PollBallot = { 
/**
 * Which.
 */
poll: PollId, 
/**
 * Numbers of choices.
 */
choices: Array<number>, };

export type PollMessage = { "type": "poll_open", 
/**
 * Request id.
 */
id: number, 
/**
 * Id of the poll: a UUIDv7 made by the client and kept until answered.
 */
poll: PollId, 
/**
 * What is asked, and how.
 */
draft: PollDraft, } | { "type": "poll_vote", 
/**
 * Request id.
 */
id: number, 
/**
 * Which.
 */
poll: PollId, 
/**
 * Numbers of choices, the first being 0; at most one unless the poll is `multiple`.
 */
choices: Array<number>, } | { "type": "poll_close", 
/**
 * Request id.
 */
id: number, 
/**
 * Which.
 */
poll: PollId, } | { "type": "poll_reopen", 
/**
 * Request id.
 */
id: number, 
/**
 * Which.
 */
poll: PollId, 
/**
 * It closes by itself after this time.
 */
duration_ms?: number, } | { "type": "poll_pin", 
/**
 * Request id.
 */
id: number, 
/**
 * Which.
 */
poll: PollId, } | { "type": "poll_unpin", 
/**
 * Request id.
 */
id: number, };

export type Standing = { 
/**
 * May write nothing until then.
 */
muted_until_ms?: number, 
/**
 * May ask no questions.
 */
forbidden: boolean, };

export type Person = { 
/**
 * Who.
 */
member: MemberId, 
/**
 * The nickname chosen.
 */
nickname: string, 
/**
 * What they may do.
 */
role: Role, 
/**
 * What they may not do.
 */
standing: Standing, 
/**
 * Whether they are kept away.
 */
banned: boolean, };

export type People = { 
/**
 * The request.
 */
id: number, 
/**
 * At most 500 of those who chose a name, and at most 500 who are kept away.
 */
people: Array<Person>, 
/**
 * Lines that wait, the oldest first.
 */
held: Array<HeldLine>, };

export type ModerationMessage = { "type": "chat_delete", 
/**
 * Request id.
 */
id: number, 
/**
 * Which; one of the newest 1,000.
 */
message: MessageId, } | { "type": "chat_restore", 
/**
 * Request id.
 */
id: number, 
/**
 * Which.
 */
message: MessageId, } | { "type": "chat_decide", 
/**
 * Request id.
 */
id: number, 
/**
 * Which.
 */
message: MessageId, 
/**
 * Whether it is let through.
 */
approve: boolean, } | { "type": "chat_pin", 
/**
 * Request id.
 */
id: number, 
/**
 * Which; one of the newest 1,000.
 */
message: MessageId, } | { "type": "chat_unpin", 
/**
 * Request id.
 */
id: number, } | { "type": "rules_set", 
/**
 * Request id.
 */
id: number, 
/**
 * The least time between two lines of a viewer; 0 to 600,000.
 */
slow_ms: number, 
/**
 * Whether lines wait until staff lets them through.
 */
review: boolean, 
/**
 * Who came less than this ago may not write yet; 0 to 3,600,000.
 */
join_age_ms: number, } | { "type": "mute", 
/**
 * Request id.
 */
id: number, 
/**
 * Whom.
 */
member: MemberId, 
/**
 * For how long; at most 7 days.
 */
duration_ms: number, } | { "type": "unmute", 
/**
 * Request id.
 */
id: number, 
/**
 * Whom.
 */
member: MemberId, } | { "type": "forbid", 
/**
 * Request id.
 */
id: number, 
/**
 * Whom.
 */
member: MemberId, } | { "type": "allow", 
/**
 * Request id.
 */
id: number, 
/**
 * Whom.
 */
member: MemberId, } | { "type": "ban", 
/**
 * Request id.
 */
id: number, 
/**
 * Whom.
 */
member: MemberId, 
/**
 * Whether the address is kept away too, for `duration_ms`. It may be that of many people.
 */
address?: boolean, 
/**
 * For how long; for good if nothing is said (an address: for a day). At most 1 year.
 */
duration_ms?: number, 
/**
 * Whether the viewer's lines among the newest 1,000 go too.
 */
purge?: boolean, } | { "type": "unban", 
/**
 * Request id.
 */
id: number, 
/**
 * Whom.
 */
member: MemberId, } | { "type": "people_get", 
/**
 * Request id.
 */
id: number, };

export type OnMatch = "refuse" | "hold";

export type FilterSettings = { 
/**
 * Languages whose starter list is used.
 */
languages: Array<Language>, 
/**
 * The shop's own words besides; at most 500 of at most 60 characters.
 */
words: Array<string>, 
/**
 * Words of the lists that are welcome here; likewise.
 */
allowed: Array<string>, 
/**
 * What becomes of a line that has one.
 */
on_match: OnMatch, };

export type AuditEntry = { 
/**
 * When: milliseconds since the Unix epoch.
 */
at_ms: number, 
/**
 * Who.
 */
by: MemberId, 
/**
 * Under which nickname.
 */
nickname?: string, 
/**
 * As what.
 */
role: Role, 
/**
 * What: the `type` of the message; `chat_approve` and `chat_reject` for `chat_decide`.
 */
action: string, 
/**
 * To whom.
 */
member?: MemberId, 
/**
 * To which line, question or poll.
 */
subject?: string, 
/**
 * In what way: the nickname of who was muted, the rules that were set.
 */
note?: string, };

export type Reaction = "heart" | "clap" | "fire" | "laugh" | "wow";

export type ReactionCount = { 
/**
 * What.
 */
reaction: Reaction, 
/**
 * How many.
 */
count: number, };

export type Caption = { 
/**
 * When the server got it.
 */
at_ms: number, 
/**
 * The frame that was being taken when it was said, as in a showcase.
 */
media_us?: number, 
/**
 * A BCP 47 tag.
 */
language: string, 
/**
 * One clean line; it replaces what was shown since the last `last`.
 */
text: string, 
/**
 * Whether the sentence will not change any more.
 */
last: boolean, };

export type Gap = { 
/**
 * The `seq` of the first line left out.
 */
from_seq: number, 
/**
 * The `seq` of the last one. Events between that are no chat lines were not left out.
 */
to_seq: number, };

export type Missed = { 
/**
 * The request.
 */
id: number, 
/**
 * The chat lines from `from_seq` to `to_seq` that are still at hand and not deleted, oldest first, as many as fit.
 */
chat: Array<Logged>, 
/**
 * From where to ask for those that did not.
 */
rest_from_seq?: number, };

export type Mine = { 
/**
 * Questions voted for that are open or on air.
 */
voted: Array<QuestionId>, 
/**
 * Choices in polls that are open or pinned.
 */
ballots: Array<PollBallot>, 
/**
 * Own lines that wait for staff; all that wait, for staff.
 */
held: Array<HeldLine>, 
/**
 * What the member may not do.
 */
standing: Standing, };

export type CrowdMessage = { "type": "react", 
/**
 * Request id.
 */
id: number, 
/**
 * What.
 */
reaction: Reaction, 
/**
 * How often since the last one: 1 to 10.
 */
count?: number, } | { "type": "caption_send", 
/**
 * Request id.
 */
id: number, 
/**
 * 1 to `caption_chars` characters on one line.
 */
text: string, 
/**
 * What it is in: a BCP 47 tag, at most 16 bytes.
 */
language: string, 
/**
 * Whether the sentence will not change any more.
 */
last: boolean, 
/**
 * How long ago it was said, as far as the client can tell: what recognition takes. At most 5,000.
 */
ago_ms?: number, } | { "type": "missed_get", 
/**
 * Request id.
 */
id: number, 
/**
 * As in the `gap`.
 */
from_seq: number, 
/**
 * As in the `gap`.
 */
to_seq: number, };

export type ProductId = string;

export type VariantId = string;

export type OrderId = string;

export type ShippingId = string;

export type Currency = string;

export type Image = { 
/**
 * The SHA-256 of its content, in hexadecimal.
 */
image: string, 
/**
 * Of the large form.
 */
width_px: number, 
/**
 * Of the large form.
 */
height_px: number, 
/**
 * What it shows, for those who do not see it; may be empty.
 */
alt: string, };

export type ProductStatus = "draft" | "active" | "archived";

export type VariantDraft = { 
/**
 * Which, if it exists already; without it a new one is made.
 */
variant?: VariantId, 
/**
 * Size, colour…; empty if there is only one.
 */
name: string, 
/**
 * The seller's own number; may be empty.
 */
sku: string, 
/**
 * The regular price of one, VAT included, in minor units.
 */
price_minor: number, 
/**
 * The pieces of a new variant. Of one that exists the stock is changed by what came or went, never set: meanwhile
 * some may have been sold.
 */
stock: number, };

export type ProductDraft = { 
/**
 * Its name.
 */
title: string, 
/**
 * What it is; several lines.
 */
description: string, 
/**
 * Whether it can be bought.
 */
status: ProductStatus, 
/**
 * The VAT in its prices, in hundredths of a percent: 2200 is 22 %.
 */
vat_bp: number, 
/**
 * The most that one buyer gets, if there is such a limit.
 */
max_per_buyer: number | null, 
/**
 * Its pictures; the first is the one on the card.
 */
images: Array<Image>, 
/**
 * At least one. One that is left out is no longer sold.
 */
variants: Array<VariantDraft>, };

export type Variant = { 
/**
 * Which.
 */
variant: VariantId, 
/**
 * Size, colour…; empty if there is only one.
 */
name: string, 
/**
 * The seller's own number.
 */
sku: string, 
/**
 * The regular price of one, VAT included, in minor units.
 */
price_minor: number, 
/**
 * The lowest price at which it was for sale within the last 30 days, offers included; `null` if it never was.
 */
lowest_30_days_minor: number | null, 
/**
 * Pieces that ever came in, less those that were taken out.
 */
stock: number, 
/**
 * Pieces that can be bought.
 */
free: number, 
/**
 * Pieces that are held for buyers who are filling in their order.
 */
reserved: number, 
/**
 * Pieces that were ordered.
 */
sold: number, };

export type Product = { 
/**
 * Which.
 */
product: ProductId, 
/**
 * Its place in the catalogue; the lowest first.
 */
position: number, 
/**
 * Its name.
 */
title: string, 
/**
 * What it is.
 */
description: string, 
/**
 * Whether it can be bought.
 */
status: ProductStatus, 
/**
 * The VAT in its prices, in hundredths of a percent.
 */
vat_bp: number, 
/**
 * The most that one buyer gets.
 */
max_per_buyer: number | null, 
/**
 * Its pictures.
 */
images: Array<Image>, 
/**
 * Those that are sold.
 */
variants: Array<Variant>, 
/**
 * What its prices are in.
 */
currency: Currency, 
/**
 * When it was made: milliseconds since the Unix epoch.
 */
created_at_ms: number, 
/**
 * When it was last changed.
 */
updated_at_ms: number, };

export type VariantCard = { 
/**
 * Which.
 */
variant: VariantId, 
/**
 * Size, colour…; empty if there is only one.
 */
name: string, 
/**
 * The regular price of one, VAT included, in minor units.
 */
price_minor: number, 
/**
 * The price of one while the offer lasts.
 */
offer_minor?: number, 
/**
 * The lowest price of the 30 days before the offer; shown wherever `offer_minor` is.
 */
lowest_30_days_minor?: number, 
/**
 * Since when it is for sale, if that is less than 30 days before the offer: the lowest price is of that time.
 */
for_sale_since_ms?: number, };

export type ProductCard = { 
/**
 * Which.
 */
product: ProductId, 
/**
 * Its name.
 */
title: string, 
/**
 * What its prices are in.
 */
currency: Currency, 
/**
 * The VAT in its prices, in hundredths of a percent.
 */
vat_bp: number, 
/**
 * The most that one buyer gets.
 */
max_per_buyer?: number, 
/**
 * Its pictures, the first few.
 */
images: Array<Image>, 
/**
 * Those that are sold.
 */
variants: Array<VariantCard>, };

export type VariantStock = { 
/**
 * Which.
 */
variant: VariantId, 
/**
 * Pieces that can be bought now.
 */
left: number, 
/**
 * Pieces held by buyers who are filling in their order: they may come back.
 */
reserved: number, };

export type ProductStock = { 
/**
 * Of which product.
 */
product: ProductId, 
/**
 * The shop's newest event that it counts.
 */
as_of: number, 
/**
 * Whether it can be bought at all.
 */
for_sale: boolean, 
/**
 * Each variant that is sold.
 */
variants: Array<VariantStock>, 
/**
 * Pieces left at the offer's terms, if the offer is limited to a number.
 */
offer_left?: number, };

export type OfferWish = { 
/**
 * The price of one, whatever the variant; below the lowest of the last 30 days.
 */
price_minor?: number, 
/**
 * The most pieces at these terms, all variants together.
 */
quantity?: number, 
/**
 * A drop: nobody can buy before that instant. Milliseconds since the Unix epoch.
 */
opens_at_ms?: number, 
/**
 * How long the offer lasts from its opening; 10 s to 24 h.
 */
duration_ms: number, };

export type Offer = { 
/**
 * Nobody can buy the product before that instant.
 */
opens_at_ms?: number, 
/**
 * From that instant the regular price holds again.
 */
ends_at_ms: number, 
/**
 * The most pieces at these terms.
 */
quantity?: number, };

export type Showcase = { 
/**
 * When it was pinned, by the show's clock.
 */
at_ms: number, 
/**
 * The time of the frame that was being taken, on the clock of the sender reports that players get: microseconds since
 * the Unix epoch. A player shows the card when its own picture gets there; without it, at once.
 */
media_us?: number, 
/**
 * The product as it was then.
 */
product: ProductCard, 
/**
 * The offer it was pinned with.
 */
offer?: Offer, };

export type OrderKey = string;

export type OrderStatus = "waiting" | "reserved" | "paying" | "placed" | "paid" | "packed" | "shipped" | "done" | "cancelled" | "refunded" | "released" | "expired";

export type OrderHand = "buyer" | "seller" | "clock" | "provider";

export type OrderStep = { 
/**
 * What it became.
 */
status: OrderStatus, 
/**
 * When: milliseconds since the Unix epoch.
 */
at_ms: number, 
/**
 * By whom.
 */
by: OrderHand, };

export type ShippingOption = { 
/**
 * Which.
 */
shipping: ShippingId, 
/**
 * Its name.
 */
name: string, 
/**
 * What it costs, VAT included, in minor units.
 */
price_minor: number, 
/**
 * The buyer comes: no address is needed.
 */
pick_up: boolean, 
/**
 * ISO 3166-1 alpha-2 codes of the countries it goes to; none for all.
 */
countries: Array<string>, };

export type ShippingChoice = { 
/**
 * Which.
 */
shipping: ShippingId, 
/**
 * Its name then.
 */
name: string, 
/**
 * The buyer comes.
 */
pick_up: boolean, };

export type Address = { 
/**
 * Street and number.
 */
street: string, 
/**
 * Postal code; may be empty where there is none.
 */
postcode: string, 
/**
 * City.
 */
city: string, 
/**
 * Province, state or prefecture; may be empty.
 */
region: string, 
/**
 * ISO 3166-1 alpha-2.
 */
country: string, };

export type Contact = { 
/**
 * First and last name.
 */
name: string, 
/**
 * Where to write.
 */
email: string, 
/**
 * Where to call; may be empty.
 */
phone: string, 
/**
 * Needed unless the goods are picked up.
 */
address?: Address, 
/**
 * A word to the seller; may be empty.
 */
note: string, };

export type PaymentMethod = "manual" | "stripe";

export type PaymentState = "opening" | "open" | "paid" | "closed" | "refunding" | "refunded";

export type Payment = { 
/**
 * Through whom.
 */
method: PaymentMethod, 
/**
 * Where it is.
 */
state: PaymentState, 
/**
 * The provider's page, while the buyer can pay there.
 */
url?: string, };

export type Order = { 
/**
 * Which.
 */
order: OrderId, 
/**
 * The shop's number for it, once placed: 1, 2, 3 …
 */
number: number | null, 
/**
 * Where it is.
 */
status: OrderStatus, 
/**
 * What was bought.
 */
product: ProductId, 
/**
 * In which form.
 */
variant: VariantId, 
/**
 * The product's name then.
 */
title: string, 
/**
 * The variant's name then.
 */
variant_name: string, 
/**
 * How many.
 */
quantity: number, 
/**
 * What amounts are in.
 */
currency: Currency, 
/**
 * The price of one.
 */
unit_minor: number, 
/**
 * The price of all.
 */
goods_minor: number, 
/**
 * How it gets to the buyer, once placed.
 */
shipping: ShippingChoice | null, 
/**
 * What that costs; 0 until placed.
 */
shipping_minor: number, 
/**
 * Goods and shipping.
 */
total_minor: number, 
/**
 * The VAT in the total.
 */
vat_minor: number, 
/**
 * Its rate, in hundredths of a percent.
 */
vat_bp: number, 
/**
 * Until when it is reserved or can be paid.
 */
expires_at_ms: number | null, 
/**
 * While it is reserved or being paid: whether pieces are held for it. If not, who is first gets them.
 */
held: boolean, 
/**
 * While it waits: how many orders are before it in line, as of when this was said.
 */
ahead?: number, 
/**
 * How it is paid through a provider, if it is.
 */
payment?: Payment, 
/**
 * When the buyer withdrew from the contract, if so.
 */
withdrawn_at_ms: number | null, 
/**
 * Everything that happened to it, oldest first.
 */
steps: Array<OrderStep>, 
/**
 * The shop's newest event about it: of two forms the one with the larger number is newer.
 */
as_of: number, };

export type Language = "it" | "en";

export type StockPolicy = "reserve" | "first_paid";

export type ShopSettings = { 
/**
 * What all prices are in. It cannot change while there are products.
 */
currency: Currency, 
/**
 * How long pieces are held for a buyer who is filling in the order.
 */
reservation_ms: number, 
/**
 * When pieces are taken from the shelf.
 */
policy: StockPolicy, 
/**
 * Whether buyers can line up for what is sold out.
 */
waiting_list: boolean, 
/**
 * How buyers can pay; at least one way.
 */
payments: Array<PaymentMethod>, 
/**
 * At least one before anybody can order.
 */
shipping: Array<ShippingOption>, 
/**
 * How to pay, as the seller says it: transfer, cash at pick-up. Shown with every order.
 */
payment_instructions: string, 
/**
 * Who the seller is by law: name, address, VAT number. Shown before ordering and with every order.
 */
seller_details: string, 
/**
 * Days within which a buyer may withdraw; at least 14 in the EU.
 */
withdrawal_days: number, 
/**
 * What letters to buyers are written in; English if nothing is said.
 */
language?: Language, };

