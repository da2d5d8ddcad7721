// What the person at the helm looks at and has chosen, and what a key does about it. The deeds themselves are the helm's.
import type { HeldLine, MemberId, MessageId, Poll, Question, QuestionId } from "../protocol";
import type { Aboard } from "./aboard.svelte";
import type { Captioning } from "./captioning.svelte";
import type { Line } from "./chat";
import { Helm } from "./helm.svelte";
import { stepped, type Action, type Place } from "./keys";
import { notes, type Note } from "./now";
import type { Sales } from "./sales.svelte";
import { Undoing } from "./undo.svelte";

/** On a phone one at a time is seen; on a laptop all. */
export const TABS = ["show", "questions", "chat", "poll", "orders"] as const;
export type Tab = (typeof TABS)[number];
export type Sheet =
  | { kind: "keys" | "poll" | "people" | "rules" | "crew" | "remote" | "captions" }
  | { kind: "answer" | "merge"; question: Question }
  | { kind: "ban"; who: { member: MemberId; nickname: string } };

/** What only a desk that films has. */
export interface Films {
  devices: { toggle(kind: "camera" | "microphone"): void };
  captioning: Captioning;
}
/** Who films is the seller, and logged in. */
const ONLY_WHERE_FILMED: readonly Action[] = ["microphone", "camera", "crew", "remote"];
const TICK_MS = 1_000;
const SLOW_MS = 10_000;

export class Cockpit {
  readonly aboard: Aboard;
  readonly undoing = new Undoing();
  readonly helm: Helm;
  readonly sales: Sales | null;
  readonly films: Films | null;
  tab: Tab = $state("show");
  place: Place = $state("questions");
  question: QuestionId | null = $state(null);
  line: MessageId | null = $state(null);
  held: MessageId | null = $state(null);
  sheet: Sheet | null = $state.raw(null);
  reply: Line | null = $state.raw(null);
  /** Counts wishes to write: the field takes the focus. */
  writing = $state(0);
  now_ms = $state(Date.now());

  readonly waiting: HeldLine[] = $derived.by(() => this.helm.waiting());
  /** The one that is open; else the newest. */
  readonly poll: Poll | null = $derived.by(() => this.aboard.crowd.poll ?? this.aboard.crowd.polls[0] ?? null);
  readonly notes: Note[] = $derived.by(() => this.#notes());

  constructor(aboard: Aboard, sales: Sales | null = null, films: Films | null = null) {
    this.aboard = aboard;
    this.sales = sales;
    this.films = films;
    this.helm = new Helm((request) => aboard.ask(request), () => aboard.people(), aboard.crowd, this.undoing);
  }

  start(): () => void {
    const timer = setInterval(() => (this.now_ms = Date.now()), TICK_MS);
    const stop = this.sales?.start();
    return () => {
      clearInterval(timer);
      stop?.();
      this.undoing.dispose();
    };
  }

  /** Goes to a place and chooses what waits first there. */
  go(place: Place): void {
    this.place = place;
    this.tab = place === "held" ? "chat" : place;
    if (place === "questions") this.question ??= this.#questions()[0]?.question ?? null;
    if (place === "held") this.held ??= this.waiting[0]?.line.message ?? null;
    if (place === "chat") this.line ??= this.aboard.crowd.lines.at(-1)?.message ?? null;
  }

  /** Whether there is such a thing here at all. */
  offers(action: Action): boolean {
    if (action === "captions") return this.films?.captioning.offered ?? false;
    return this.films !== null || !ONLY_WHERE_FILMED.includes(action);
  }

  /** Does what a key asks for; false if there is nothing it could be done to. */
  act(action: Action): boolean {
    if (!this.offers(action)) return false;
    return this.#general(action) ?? this.#about(action) ?? false;
  }

  async rule(which: "slow" | "review"): Promise<void> {
    const { slow_ms, review } = this.aboard.crowd.rules;
    await this.helm.rules(which === "slow" ? { slow_ms: slow_ms > 0 ? 0 : SLOW_MS } : { review: !review });
  }

  /** Null: not an action of this kind. */
  #general(action: Action): boolean | null {
    switch (action) {
      case "help":
        this.sheet = { kind: "keys" };
        return true;
      case "undo":
        void this.helm.undo();
        return true;
      case "microphone":
      case "camera":
        this.films?.devices.toggle(action);
        return true;
      case "captions":
        this.sheet = { kind: "captions" };
        return true;
      case "go_questions":
      case "go_chat":
      case "go_held":
        this.go(({ go_questions: "questions", go_chat: "chat", go_held: "held" } as const)[action]);
        return true;
      case "next":
        return this.#step(1);
      case "previous":
        return this.#step(-1);
      case "leave":
        this.question = this.line = this.held = this.reply = null;
        return true;
      case "write":
        this.#write(null);
        return true;
      case "slow":
      case "review":
        void this.rule(action);
        return true;
      case "people":
      case "rules":
      case "crew":
      case "remote":
        this.sheet = { kind: action };
        return true;
      case "poll_new":
        this.sheet = { kind: "poll" };
        return true;
      default:
        return null;
    }
  }

  #about(action: Action): boolean | null {
    const { helm } = this;
    switch (action) {
      case "take":
      case "answer_aloud":
      case "answer_text":
      case "dismiss":
      case "merge":
      case "forbid":
        return this.#withQuestion(action);
      case "delete":
      case "reply":
      case "line_pin":
      case "mute":
      case "ban":
        return this.#withLine(action);
      case "poll_close":
        if (this.poll) void (this.poll.closed_at_ms === undefined ? helm.close(this.poll) : helm.reopenPoll(this.poll));
        return this.poll !== null;
      case "poll_pin":
        if (this.poll) void helm.pinPoll(this.poll);
        return this.poll !== null;
      case "approve":
      case "reject": {
        const held = this.waiting.find(({ line }) => line.message === this.held) ?? this.waiting[0];
        if (!held) return false;
        this.held = stepped(this.waiting.map(({ line }) => line.message), held.line.message, 1) ?? null;
        if (this.held === held.line.message) this.held = null;
        if (action === "approve") void helm.approve(held);
        else helm.reject(held);
        return true;
      }
      default:
        return null;
    }
  }

  #withQuestion(action: Action): boolean {
    const all = this.#questions();
    const chosen = all.find(({ question }) => question === this.question);
    // What is on air is answered first; what is destroyed must be chosen.
    const question = chosen ?? (action === "take" ? this.aboard.crowd.questions.open[0] : action === "answer_aloud" || action === "answer_text" ? this.aboard.crowd.questions.on_air : undefined);
    if (!question) return false;
    const { helm } = this;
    if (action === "take") void (question.status === "on_air" ? helm.reopen(question) : helm.take(question));
    else if (action === "answer_aloud") void helm.answer(question);
    else if (action === "dismiss") void helm.dismiss(question);
    else if (action === "forbid") void helm.forbid(question);
    else this.sheet = { kind: action === "merge" ? "merge" : "answer", question };
    if (action === "dismiss" || action === "answer_aloud") this.question = null;
    return true;
  }

  #withLine(action: Action): boolean {
    const line = this.aboard.crowd.lines.find(({ message, seq }) => message === this.line && seq !== null);
    if (!line || (line.role !== "viewer" && (action === "mute" || action === "ban"))) return false;
    const { helm } = this;
    if (action === "delete") void helm.remove(line);
    else if (action === "line_pin") void helm.pinLine(line);
    else if (action === "mute") void helm.mute(line);
    else if (action === "ban") this.sheet = { kind: "ban", who: line };
    else this.#write(line);
    return true;
  }

  #write(reply: Line | null): void {
    this.reply = reply;
    this.tab = "chat";
    this.writing += 1;
  }

  #step(step: 1 | -1): boolean {
    if (this.place === "questions") this.question = stepped(this.#questions().map(({ question }) => question), this.question ?? undefined, step) ?? null;
    else if (this.place === "held") this.held = stepped(this.waiting.map(({ line }) => line.message), this.held ?? undefined, step) ?? null;
    else this.line = stepped(this.aboard.crowd.lines.filter(({ seq }) => seq !== null).map(({ message }) => message), this.line ?? undefined, step) ?? null;
    return true;
  }

  #questions(): Question[] {
    const { on_air, open } = this.aboard.crowd.questions;
    return [...(on_air ? [on_air] : []), ...open];
  }

  #notes(): Note[] {
    const { crowd, show } = this.aboard;
    const bought = (this.sales?.orders ?? []).flatMap(({ order }) => {
      const at_ms = order.steps.find(({ status }) => status === "placed" || status === "paid")?.at_ms;
      return at_ms === undefined ? [] : [{ title: order.title, at_ms }];
    });
    const orders = bought.sort((a, b) => b.at_ms - a.at_ms);
    const poll = crowd.polls.find(({ closed_at_ms }) => closed_at_ms === undefined) ?? null;
    return notes({ held: this.waiting, questions: crowd.questions, poll, orders, guard: crowd.guard.active }, this.now_ms + show.offset_ms);
  }
}
