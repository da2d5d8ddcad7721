// Which key does what, in one table: the keyboard follows it, and so does the sheet that tells of it. A key belongs to a
// place: it acts on what is chosen there, or, without anything chosen, on the first that waits.
export type Place = "questions" | "chat" | "held" | "poll";
export type Action =
  | "help" | "undo" | "microphone" | "camera" | "captions" | "write" | "go_questions" | "go_chat" | "go_held" | "next" | "previous" | "leave"
  | "take" | "answer_aloud" | "answer_text" | "dismiss" | "merge" | "forbid"
  | "poll_new" | "poll_close" | "poll_pin"
  | "delete" | "reply" | "line_pin" | "mute" | "ban"
  | "approve" | "reject" | "slow" | "review" | "people" | "rules" | "crew" | "remote";

export type Group = "everywhere" | "questions" | "poll" | "chat" | "held";

export interface Key {
  key: string;
  action: Action;
  group: Group;
  /** Does not repeat what a held key would do to the next in line. */
  once: boolean;
}

const key = (name: string, action: Action, group: Group, once = true): Key => ({ key: name, action, group, once });

export const KEYS: readonly Key[] = [
  key("?", "help", "everywhere"),
  key("z", "undo", "everywhere"),
  key("i", "microphone", "everywhere"),
  key("v", "camera", "everywhere"),
  key("s", "captions", "everywhere"),
  key("q", "go_questions", "everywhere"),
  key("c", "go_chat", "everywhere"),
  key("h", "go_held", "everywhere"),
  // Letters have run out: what opens rarely lies beside the full stop.
  key(".", "crew", "everywhere"),
  key("-", "remote", "everywhere"),
  key("ArrowDown", "next", "everywhere", false),
  key("ArrowUp", "previous", "everywhere", false),
  key("Escape", "leave", "everywhere"),
  key("t", "take", "questions"),
  key("a", "answer_aloud", "questions"),
  key("w", "answer_text", "questions"),
  key("x", "dismiss", "questions"),
  key("m", "merge", "questions"),
  key("f", "forbid", "questions"),
  key("p", "poll_new", "poll"),
  key("e", "poll_close", "poll"),
  key("o", "poll_pin", "poll"),
  key("Enter", "write", "chat"),
  key("r", "reply", "chat"),
  key("d", "delete", "chat"),
  key("u", "mute", "chat"),
  key("b", "ban", "chat"),
  key("g", "line_pin", "chat"),
  key("l", "slow", "chat"),
  key("k", "review", "chat"),
  key("j", "people", "chat"),
  key(",", "rules", "chat"),
  key("y", "approve", "held"),
  key("n", "reject", "held"),
];

export interface Pressed {
  key: string;
  repeat: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

/** What a pressed key asks for; null if nothing. Whoever calls has seen that nobody is typing. */
export function actionOf(pressed: Pressed): Action | null {
  if (pressed.ctrlKey || pressed.metaKey || pressed.altKey) return null;
  const name = pressed.key.length === 1 ? pressed.key.toLowerCase() : pressed.key;
  const found = KEYS.find((one) => one.key === name);
  return !found || (pressed.repeat && found.once) ? null : found.action;
}

/** The one after, or before, what is chosen; from nothing the first, or the last. */
export function stepped<T>(list: readonly T[], chosen: T | undefined, step: 1 | -1): T | undefined {
  const at = chosen === undefined ? -1 : list.indexOf(chosen);
  if (at < 0) return step > 0 ? list[0] : list.at(-1);
  return list[Math.min(list.length - 1, Math.max(0, at + step))];
}
