// The words of the cockpit: what was done, what a key does, what waits.
import { timeLeft } from "../../components/left";
import { crowdRefusal } from "../../crowd/refusals";
import * as m from "../../generated/messages";
import type { RecognitionTrouble } from "../../lib/recogniser";
import type { DeedKind } from "../../state/helm.svelte";
import type { Action, Group } from "../../state/keys";
import type { Note } from "../../state/now";
import type { Problem } from "../../state/poll_form";

const DEEDS: Record<DeedKind, (about: { about: string }) => string> = {
  taken: m.helm_did_taken,
  answered: m.helm_did_answered,
  dismissed: m.helm_did_dismissed,
  merged: m.helm_did_merged,
  forbidden: m.helm_did_forbidden,
  deleted: m.helm_did_deleted,
  muted: m.helm_did_muted,
  banned: m.helm_did_banned,
  line_pinned: m.helm_did_line_pinned,
  line_unpinned: m.helm_did_line_unpinned,
  rejected: m.helm_did_rejected,
  poll_closed: m.helm_did_poll_closed,
  poll_unpinned: m.helm_did_poll_unpinned,
  rules: () => m.helm_did_rules(),
};
export const deedText = (kind: DeedKind, about: string): string => DEEDS[kind]({ about });

const ACTIONS: Record<Action, () => string> = {
  help: m.helm_keys,
  undo: m.helm_undo,
  microphone: m.helm_key_microphone,
  camera: m.helm_key_camera,
  captions: m.helm_caption,
  write: m.helm_key_write,
  go_questions: m.helm_key_questions,
  go_chat: m.helm_key_chat,
  go_held: m.helm_key_held,
  next: m.helm_key_next,
  previous: m.helm_key_previous,
  leave: m.helm_key_leave,
  take: m.helm_take,
  answer_aloud: m.helm_answer_aloud,
  answer_text: m.helm_answer_text,
  dismiss: m.helm_dismiss,
  merge: m.helm_merge,
  forbid: m.helm_forbid,
  poll_new: m.helm_poll_new,
  poll_close: m.helm_key_poll_close,
  poll_pin: m.helm_key_poll_pin,
  delete: m.helm_delete,
  reply: m.chat_reply,
  line_pin: m.helm_line_pin,
  mute: m.helm_mute,
  ban: m.helm_ban,
  approve: m.helm_approve,
  reject: m.helm_reject,
  slow: m.helm_slow,
  review: m.helm_review,
  people: m.helm_people,
  rules: m.helm_rules,
  crew: m.helm_crew,
  remote: m.helm_remote,
};
export const actionText = (action: Action): string => ACTIONS[action]();

export const GROUPS: Record<Group, () => string> = {
  everywhere: m.helm_group_everywhere,
  questions: m.ask_open,
  poll: m.poll_title,
  chat: m.chat_title,
  held: m.helm_group_held,
};
const NAMES: Record<string, () => string> = { Enter: m.helm_key_enter, Escape: m.helm_key_escape, ArrowDown: () => "↓", ArrowUp: () => "↑" };
export const keyName = (key: string): string => (NAMES[key] ?? (() => key.toUpperCase()))();

export function noteText(note: Note): string {
  switch (note.kind) {
    case "held":
      return m.helm_now_held({ count: note.count });
    case "order":
      return note.count === 1 ? m.helm_now_order({ title: note.title }) : m.helm_now_orders({ count: note.count });
    case "poll":
      return note.left_ms === null ? m.helm_now_poll({ count: note.voters }) : m.helm_now_poll_left({ time: timeLeft(note.left_ms) });
    case "on_air":
      return m.helm_now_on_air({ text: note.text });
    case "questions":
      return m.helm_now_questions({ count: note.count });
    case "guard":
      return m.helm_now_guard();
  }
}

const PROBLEMS: Record<Problem, () => string> = {
  text: m.helm_poll_bad_text,
  choices: m.helm_poll_bad_choices,
  same: m.helm_poll_bad_same,
  long: m.helm_poll_bad_long,
  right: m.helm_poll_bad_right,
};
export const pollProblem = (problem: Problem): string => PROBLEMS[problem]();

/** What a deed met. */
const TROUBLES: Record<string, () => string> = {
  question_closed: m.helm_trouble_moved_on,
  question_not_found: m.helm_trouble_moved_on,
  poll_closed: m.helm_trouble_moved_on,
  poll_not_found: m.helm_trouble_moved_on,
  message_not_found: m.helm_trouble_moved_on,
  not_allowed: m.helm_trouble_not_allowed,
};
export const helmTrouble = (code: string): string => TROUBLES[code]?.() ?? crowdRefusal(code);

const CAPTIONS: Record<RecognitionTrouble, () => string> = {
  not_allowed: m.helm_caption_not_allowed,
  language: m.helm_caption_no_language,
  unreachable: m.helm_caption_unreachable,
};
export const captionTrouble = (trouble: RecognitionTrouble): string => CAPTIONS[trouble]();
