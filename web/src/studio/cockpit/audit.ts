// What was done, as the trail tells it: in words for people, and whatever a newer server adds by its name.
import * as m from "../../generated/messages";
import type { AuditEntry } from "../../protocol";

const WORDS: Record<string, (to: { note: string }) => string> = {
  chat_delete: m.helm_audit_delete,
  chat_restore: m.helm_audit_restore,
  chat_approve: m.helm_audit_approve,
  chat_reject: m.helm_audit_reject,
  chat_pin: m.helm_audit_line_pin,
  chat_unpin: m.helm_audit_line_unpin,
  rules_set: m.helm_audit_rules,
  mute: m.helm_audit_mute,
  unmute: m.helm_audit_unmute,
  forbid: m.helm_audit_forbid,
  allow: m.helm_audit_allow,
  ban: m.helm_audit_ban,
  unban: m.helm_audit_unban,
  question_take: m.helm_audit_take,
  question_answer: m.helm_audit_answer,
  question_dismiss: m.helm_audit_dismiss,
  question_merge: m.helm_audit_merge,
  question_reopen: m.helm_audit_reopen,
  poll_open: m.helm_audit_poll_open,
  poll_close: m.helm_audit_poll_close,
  poll_reopen: m.helm_audit_poll_reopen,
  poll_pin: m.helm_audit_poll_pin,
  poll_unpin: m.helm_audit_poll_unpin,
};

export const auditText = ({ action, note }: AuditEntry): string => (WORDS[action] ?? (() => action))({ note: note ?? "" }).trim();
