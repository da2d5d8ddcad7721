// Why the audience's wish was refused, in the words of who meets it. Exhaustive like ../refusals, and apart from it: the
// first view does not load these.
import * as m from "../generated/messages";
import type { AUDIENCE_REFUSAL_CODES } from "../protocol";
import { refusal } from "../refusals";
import { UNANSWERED } from "../state/talk";

type Code = Exclude<(typeof AUDIENCE_REFUSAL_CODES)[number], "banned" | "access_revoked">;

const SENTENCE: Record<Code, () => string> = {
  question_not_found: m.refusal_question_gone,
  question_closed: m.refusal_question_gone,
  question_id_reused: m.refusal_unknown,
  asking_forbidden: m.refusal_question_forbidden,
  poll_not_found: m.refusal_poll_gone,
  poll_closed: m.refusal_poll_gone,
  poll_id_reused: m.refusal_unknown,
  poll_invalid: m.refusal_unknown,
  choice_invalid: m.refusal_choice,
  message_not_found: m.chat_reply_gone,
  slow_mode: m.refusal_slow,
  too_new: m.refusal_new,
  chat_busy: m.refusal_chat_busy,
  muted: m.refusal_muted,
  text_filtered: m.refusal_filtered,
  member_not_found: m.refusal_unknown,
  rules_invalid: m.refusal_unknown,
  too_many: m.refusal_too_many,
};

const isCode = (code: string): code is Code => code in SENTENCE;

/** A request that was never answered has no refusal code; to the person it is a lost connection. */
export function crowdRefusal(code: string | null): string {
  if (code === null || UNANSWERED.includes(code)) return refusal("server_stopping");
  return isCode(code) ? SENTENCE[code]() : refusal(code);
}
