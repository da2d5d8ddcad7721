// Every refusal code in words that help the person who meets it. Codes that mean the same to them share a
// sentence. The record is exhaustive: a new code does not compile until somebody has found its words. Those about
// shopping and the audience (SHOP_ and AUDIENCE_REFUSAL_CODES) are not here: the first view does not load them.
import * as m from "./generated/messages";
import { REFUSAL_CODES } from "./protocol";

/** Two of the audience's end the session: the first view has to say so. */
type Code = (typeof REFUSAL_CODES)[number] | "banned" | "access_revoked";

const SENTENCE: Record<Code, () => string> = {
  hello_expected: m.refusal_unreachable,
  hello_repeated: m.refusal_unknown,
  version_unsupported: m.refusal_update,
  bad_message: m.refusal_update,
  unknown_message: m.refusal_update,
  too_large: m.refusal_text_too_long,
  not_text: m.refusal_unknown,
  rate_limited: m.refusal_slow_down,
  flood: m.refusal_slow_down,
  token_invalid: m.refusal_token,
  token_expired: m.refusal_token,
  show_not_found: m.refusal_no_show,
  show_full: m.refusal_full,
  show_ended: m.refusal_ended,
  not_allowed: m.refusal_not_allowed,
  text_empty: m.refusal_text_empty,
  text_too_long: m.refusal_text_too_long,
  nickname_required: m.refusal_nickname_empty,
  nickname_empty: m.refusal_nickname_empty,
  nickname_too_long: m.refusal_nickname_too_long,
  nickname_taken: m.refusal_nickname_taken,
  message_id_reused: m.refusal_unknown,
  offer_invalid: m.refusal_device,
  codec_unsupported: m.refusal_device,
  media_busy: m.refusal_busy,
  peer_not_found: m.refusal_unknown,
  publisher_replaced: m.refusal_replaced,
  slow_consumer: m.refusal_unreachable,
  idle: m.refusal_unreachable,
  server_stopping: m.refusal_unreachable,
  show_restarted: m.refusal_unreachable,
  internal: m.refusal_unknown,
  banned: m.refusal_banned,
  access_revoked: m.refusal_revoked,
};

const isCode = (code: string): code is Code => code in SENTENCE;

/** The sentence for a code; one of a newer server than this page gets the general one. */
export const refusal = (code: string): string => (isCode(code) ? SENTENCE[code] : m.refusal_unknown)();
