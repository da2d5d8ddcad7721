// What waits for the seller, pure: the few things worth a look, the most pressing first, from what is known at a moment.
import type { HeldLine, Poll } from "../protocol";
import type { Ranked } from "./questions";

export type Note =
  | { kind: "held"; count: number }
  | { kind: "order"; count: number; title: string }
  | { kind: "poll"; left_ms: number | null; voters: number }
  | { kind: "on_air"; text: string }
  | { kind: "questions"; count: number; votes: number }
  | { kind: "guard" };

export interface Facts {
  held: readonly HeldLine[];
  questions: Ranked;
  poll: Poll | null;
  /** What was ordered of late, the newest first. */
  orders: readonly { title: string; at_ms: number }[];
  guard: boolean;
}

/** A question that so many want answered is not one person's any more. */
export const MANY_VOTES = 3;
/** An order is news for so long. */
export const NEWS_MS = 45_000;
/** What a glance holds. */
const AT_MOST = 4;

export function notes({ held, questions, poll, orders, guard }: Facts, now_ms: number): Note[] {
  const found: Note[] = [];
  if (held.length > 0) found.push({ kind: "held", count: held.length });
  const fresh = orders.filter(({ at_ms }) => now_ms - at_ms < NEWS_MS);
  if (fresh[0]) found.push({ kind: "order", count: fresh.length, title: fresh[0].title });
  if (poll && poll.closed_at_ms === undefined)
    found.push({ kind: "poll", left_ms: poll.closes_at_ms === undefined ? null : Math.max(0, poll.closes_at_ms - now_ms), voters: poll.voters });
  if (questions.on_air) found.push({ kind: "on_air", text: questions.on_air.text });
  const wanted = questions.open.filter(({ votes }) => votes >= MANY_VOTES);
  if (wanted[0]) found.push({ kind: "questions", count: wanted.length, votes: wanted[0].votes });
  if (guard) found.push({ kind: "guard" });
  return found.slice(0, AT_MOST);
}
