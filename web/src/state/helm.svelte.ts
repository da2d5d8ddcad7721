// What staff does to questions, polls and lines, and to who wrote them. Every deed goes to the server as it is; what can be
// taken back is told to `Undoing` once the server has agreed. Each resolves to null, or to why not.
import type { Request } from "../lib/connection";
import { uuid } from "../lib/uuid";
import type { ChatRules, HeldLine, MessageId, Person, Poll, PollDraft, Question } from "../protocol";
import type { Line } from "./chat";
import type { Crowd } from "./crowd.svelte";
import type { Undoing } from "./undo.svelte";

export type DeedKind =
  | "taken" | "answered" | "dismissed" | "merged" | "forbidden" | "deleted" | "muted" | "banned" | "line_pinned" | "line_unpinned"
  | "rejected" | "poll_closed" | "poll_unpinned" | "rules";

export interface Banning {
  /** Whoever comes from the same connection, too. */
  address: boolean;
  /** The lines go, too. These do not come back. */
  purge: boolean;
}
type Writer = Pick<Line, "member" | "nickname">;

export const MUTE_MS = 10 * 60_000;

export class Helm {
  /** What the last deed met: a code, or null. */
  trouble: string | null = $state(null);
  /** Lines whose refusal is held back: they are no longer shown as waiting. */
  refused: readonly MessageId[] = $state.raw([]);
  people: readonly Person[] | null = $state.raw(null);
  readonly #ask: (request: Request) => Promise<string | null>;
  readonly #people: () => Promise<readonly Person[] | string>;
  readonly #crowd: Crowd;
  readonly #undoing: Undoing;

  constructor(ask: (request: Request) => Promise<string | null>, people: () => Promise<readonly Person[] | string>, crowd: Crowd, undoing: Undoing) {
    this.#ask = ask;
    this.#people = people;
    this.#crowd = crowd;
    this.#undoing = undoing;
  }

  // Questions

  /** Over the picture, in place of the one before. */
  take(question: Question): Promise<boolean> {
    return this.#reopenable("taken", question, { type: "question_take", question: question.question });
  }

  /** Aloud, or with `text`. */
  answer(question: Question, text = ""): Promise<boolean> {
    return this.#reopenable("answered", question, { type: "question_answer", question: question.question, ...(text && { text }) });
  }

  dismiss(question: Question): Promise<boolean> {
    return this.#reopenable("dismissed", question, { type: "question_dismiss", question: question.question });
  }

  merge(question: Question, into: Question): Promise<boolean> {
    return this.#reopenable("merged", question, { type: "question_merge", question: question.question, into: into.question });
  }

  reopen(question: Question): Promise<boolean> {
    return this.#do({ type: "question_reopen", question: question.question });
  }

  forbid(asker: Writer): Promise<boolean> {
    return this.#undoable("forbidden", asker.nickname, { type: "forbid", member: asker.member }, { type: "allow", member: asker.member });
  }

  // Polls

  open(draft: PollDraft): Promise<boolean> {
    return this.#do({ type: "poll_open", poll: uuid(), draft });
  }

  /** A quiz that is closed shows its answer: that cannot be taken back. */
  close(poll: Poll): Promise<boolean> {
    const close: Request = { type: "poll_close", poll: poll.poll };
    return poll.quiz ? this.#do(close) : this.#undoable("poll_closed", poll.text, close, { type: "poll_reopen", poll: poll.poll });
  }

  reopenPoll(poll: Poll): Promise<boolean> {
    return this.#do({ type: "poll_reopen", poll: poll.poll });
  }

  pinPoll(poll: Poll): Promise<boolean> {
    const pin: Request = { type: "poll_pin", poll: poll.poll };
    return poll.pinned ? this.#undoable("poll_unpinned", poll.text, { type: "poll_unpin" }, pin) : this.#do(pin);
  }

  // Lines

  remove(line: Line): Promise<boolean> {
    const { message } = line;
    return this.#undoable("deleted", line.nickname, { type: "chat_delete", message }, { type: "chat_restore", message });
  }

  pinLine({ message, nickname }: Pick<Line, "message" | "nickname">): Promise<boolean> {
    const pin: Request = { type: "chat_pin", message };
    const pinned = this.#crowd.pinned?.message;
    if (pinned === message) return this.#undoable("line_unpinned", nickname, { type: "chat_unpin" }, pin);
    return this.#undoable("line_pinned", nickname, pin, pinned ? { type: "chat_pin", message: pinned } : { type: "chat_unpin" });
  }

  approve({ line }: HeldLine): Promise<boolean> {
    return this.#do({ type: "chat_decide", message: line.message, approve: true });
  }

  /** The server forgets a line that was refused, so it waits here until there was time to think better of it. */
  reject({ line }: HeldLine): void {
    const { message, nickname } = line;
    this.refused = [...this.refused, message];
    const shown = (): void => void (this.refused = this.refused.filter((one) => one !== message));
    this.#undoing.later("rejected", nickname, () => void this.#do({ type: "chat_decide", message, approve: false }).then((done) => done || shown()), shown);
  }

  /** Lines that wait for a decision. */
  waiting(): HeldLine[] {
    return this.#crowd.queue.filter(({ line }) => !this.refused.includes(line.message));
  }

  async rules(change: Partial<ChatRules>): Promise<boolean> {
    const before = this.#crowd.rules;
    return this.#undoable("rules", "", { type: "rules_set", ...before, ...change }, { type: "rules_set", ...before });
  }

  // People

  mute(who: Writer, duration_ms = MUTE_MS): Promise<boolean> {
    return this.#undoable("muted", who.nickname, { type: "mute", member: who.member, duration_ms }, { type: "unmute", member: who.member });
  }

  ban(who: Writer, { address, purge }: Banning): Promise<boolean> {
    return this.#undoable("banned", who.nickname, { type: "ban", member: who.member, address, purge }, { type: "unban", member: who.member });
  }

  /** What was taken from somebody, given back. */
  async pardon(who: Person): Promise<boolean> {
    const { member } = who;
    const asked: Request[] = [];
    if (who.banned) asked.push({ type: "unban", member });
    if (who.standing.muted_until_ms !== undefined) asked.push({ type: "unmute", member });
    if (who.standing.forbidden) asked.push({ type: "allow", member });
    for (const request of asked) if (!(await this.#do(request))) return false;
    await this.look();
    return true;
  }

  /** Who is here by name, and who is kept away. */
  async look(): Promise<void> {
    const found = await this.#people();
    if (typeof found === "string") this.trouble = found;
    else this.people = found;
  }

  async undo(): Promise<boolean> {
    this.trouble = await this.#undoing.undo();
    return this.trouble === null;
  }

  async #do(request: Request): Promise<boolean> {
    this.trouble = await this.#ask(request);
    return this.trouble === null;
  }

  async #undoable(kind: DeedKind, about: string, request: Request, back: Request): Promise<boolean> {
    const done = await this.#do(request);
    if (done) this.#undoing.did(kind, about, () => this.#ask(back));
    return done;
  }

  #reopenable(kind: DeedKind, { question, text }: Question, request: Request): Promise<boolean> {
    return this.#undoable(kind, text, request, { type: "question_reopen", question });
  }
}

export const isStaff = (who: { role: string }): boolean => who.role !== "viewer";
