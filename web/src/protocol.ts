// Generated from the crate `signaling`; do not edit. Renew: QUIORA_BLESS=1 cargo test -p quiora-signaling

export const PROTOCOL_VERSION = 1;

export const REFUSAL_CODES = ["hello_expected", "hello_repeated", "version_unsupported", "bad_message", "unknown_message", "too_large", "not_text", "rate_limited", "flood", "token_invalid", "token_expired", "show_not_found", "show_full", "show_ended", "not_allowed", "text_empty", "text_too_long", "nickname_required", "nickname_empty", "nickname_too_long", "nickname_taken", "message_id_reused", "offer_invalid", "codec_unsupported", "media_busy", "peer_not_found", "publisher_replaced", "slow_consumer", "idle", "server_stopping", "show_restarted", "internal"] as const;

export const SHOP_REFUSAL_CODES = ["product_not_found", "not_for_sale", "not_open", "sold_out", "over_limit", "quantity_invalid", "key_invalid", "order_not_found", "order_id_reused", "expired", "order_step_invalid", "price_changed", "shipping_invalid", "payment_unavailable", "contact_invalid", "flash_invalid", "flash_not_lower", "shop_full", "shop_restarted"] as const;

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
viewers: number, 
/**
 * What is pinned on screen.
 */
showcase?: Showcase, 
/**
 * What is left of it, if that is known yet; if not, it comes as `stock`.
 */
stock?: ProductStock, };

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
text: string, } | { "kind": "pinned" } & Showcase | { "kind": "unpinned", 
/**
 * Which.
 */
product: ProductId, };

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
text: string, } | { "type": "pin", 
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
key: OrderKey, };

export type RefusalCode = "hello_expected" | "hello_repeated" | "version_unsupported" | "bad_message" | "unknown_message" | "too_large" | "not_text" | "rate_limited" | "flood" | "token_invalid" | "token_expired" | "show_not_found" | "show_full" | "show_ended" | "not_allowed" | "text_empty" | "text_too_long" | "nickname_required" | "nickname_empty" | "nickname_too_long" | "nickname_taken" | "message_id_reused" | "offer_invalid" | "codec_unsupported" | "media_busy" | "peer_not_found" | "publisher_replaced" | "slow_consumer" | "idle" | "server_stopping" | "show_restarted" | "product_not_found" | "not_for_sale" | "not_open" | "sold_out" | "over_limit" | "quantity_invalid" | "key_invalid" | "order_not_found" | "order_id_reused" | "expired" | "order_step_invalid" | "price_changed" | "shipping_invalid" | "payment_unavailable" | "contact_invalid" | "flash_invalid" | "flash_not_lower" | "shop_full" | "shop_restarted" | "internal";

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
count: number, } | { "type": "stock" } & ProductStock | { "type": "order" } & OrderReply | { "type": "order_changed", 
/**
 * The order as it is now; one with a smaller `as_of` is older.
 */
order: Order, } | { "type": "bye", 
/**
 * Why.
 */
code: RefusalCode, 
/**
 * For developers.
 */
detail: string, };

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

