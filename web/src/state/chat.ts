// The lines of the conversation, pure: what the log holds, what waits for staff, and what is on its way from here. A
// flood only pushes; whoever shows it takes `lines` once a frame.
import type { ChatLine, HeldDecided, HeldLine, Logged, MemberId, Mention, MessageId, ReplyTo, Role, ShowEvent } from "../protocol";

export interface Line {
  message: MessageId;
  member: MemberId;
  nickname: string;
  role: Role;
  text: string;
  reply_to: ReplyTo | null;
  mentions: readonly Mention[];
  at_ms: number;
  /** Its place in the log; null as long as it has none. */
  seq: number | null;
  own: boolean;
  /**
   * An own line is `sending` until the log has it, or `held` until staff lets it through (`declined`: it did not);
   * `failed` lines can be sent again.
   */
  delivery: "sent" | "sending" | "held" | "declined" | "failed";
  /** Why it failed: a refusal code or one of the connection's. */
  code: string | null;
}
/** What a line may carry besides its text. */
export interface Said {
  text: string;
  reply_to?: ReplyTo | null;
  mentions?: readonly Mention[];
}
export type ChatEvent = Extract<ShowEvent, { kind: "chat" | `chat_${string}` }>;
/** Who writes here. */
export type Writer = Pick<Line, "member" | "nickname" | "role">;

/** A longer past than anybody scrolls, short enough for an old phone. */
const KEPT = 400;
/** While somebody reads further up, so that it does not go from under their eyes. */
const KEPT_FOR_READER = 2_000;
/** Own lines that never arrived; the oldest give way. */
const WAITING = 30;

export class ChatLog {
  me: MemberId = "";
  pinned: ChatLine | null = null;
  /** Lines heard so far: how many are new is a difference of two. */
  arrived = 0;
  /** Somebody is reading further up. */
  reading = false;
  #log: Line[] = [];
  #outgoing: Line[] = [];
  #held = new Map<MessageId, HeldLine>();

  get lines(): Line[] {
    const held = this.queue.filter(({ line }) => line.member === this.me).map((one) => this.#line(one.line, null, one.at_ms, "held"));
    return [...this.#log, ...held, ...this.#outgoing];
  }

  /** Lines that wait for staff: one's own, or all of them for staff. The oldest first. */
  get queue(): HeldLine[] {
    return [...this.#held.values()];
  }

  find(message: MessageId): Line | undefined {
    return this.#log.find((line) => line.message === message);
  }

  snapshot(chat: readonly Logged[]): void {
    this.#log = [];
    for (const { seq, at_ms, event } of chat) if (event.kind === "chat") this.event(seq, at_ms, event);
  }

  event(seq: number, at_ms: number, event: ChatEvent): void {
    switch (event.kind) {
      case "chat":
        this.#log.push(this.#line(event, seq, at_ms, "sent"));
        this.arrived += 1;
        this.#settle(event.message);
        return this.#trim();
      case "chat_deleted":
        return this.#drop(({ message }) => message === event.message);
      case "chat_purged":
        return this.#drop(({ member }) => member === event.member);
      case "chat_restored":
        return this.#insert(this.#line(event.line, event.line_seq, event.line_at_ms, "sent"));
      case "chat_pinned":
        this.pinned = event.line;
        return;
      case "chat_unpinned":
        if (this.pinned?.message === event.message) this.pinned = null;
        return;
      default:
        return event satisfies never;
    }
  }

  /** Lines that were left out for a slow reader come back, each to its place. */
  missed(chat: readonly Logged[]): void {
    for (const { seq, at_ms, event } of chat) if (event.kind === "chat") this.#insert(this.#line(event, seq, at_ms, "sent"));
  }

  /** Everything that waits, as a welcome tells it. */
  holds(held: readonly HeldLine[]): void {
    this.#held = new Map(held.map((one) => [one.line.message, one]));
    this.#outgoing = this.#outgoing.filter(({ message, delivery }) => delivery !== "held" && !this.#held.has(message));
  }

  hold(held: HeldLine): void {
    this.#held.set(held.line.message, held);
    this.withdraw(held.line.message);
  }

  decided({ message, approved }: HeldDecided): void {
    const held = this.#held.get(message);
    this.#held.delete(message);
    if (approved) return;
    const own = held?.line.member === this.me ? this.#line(held.line, null, held.at_ms, "declined") : this.#outgoing.find((line) => line.message === message);
    if (own) this.#outgoing = [...this.#outgoing.filter((line) => line.message !== message), { ...own, delivery: "declined" }];
  }

  /** An own line leaves: shown at once, in its place when the log has it. */
  sending(message: MessageId, said: Said, writer: Writer, at_ms: number): void {
    const line: ChatLine = { message, ...writer, text: said.text, ...(said.reply_to && { reply_to: said.reply_to }), mentions: [...(said.mentions ?? [])] };
    this.#outgoing = [...this.#outgoing.filter((other) => other.message !== message), { ...this.#line(line, null, at_ms, "sending"), own: true }].slice(-WAITING);
  }

  /** The server took it: as number `seq`, or without one, to be looked at by staff. `seen`: the newest seq applied here. */
  sent(message: MessageId, seq: number | undefined, seen: number): void {
    if (seq === undefined) this.#change(message, { delivery: "held" });
    else if (seq <= seen) this.withdraw(message);
  }

  failed(message: MessageId, code: string): void {
    this.#change(message, { delivery: "failed", code });
  }

  withdraw(message: MessageId): void {
    this.#outgoing = this.#outgoing.filter((line) => line.message !== message);
  }

  #change(message: MessageId, change: Partial<Line>): void {
    this.#outgoing = this.#outgoing.map((line) => (line.message === message ? { ...line, ...change } : line));
  }

  #line(line: ChatLine, seq: number | null, at_ms: number, delivery: Line["delivery"]): Line {
    const { message, member, nickname, role, text, reply_to = null, mentions = [] } = line;
    return { message, member, nickname, role, text, reply_to, mentions, at_ms, seq, own: member === this.me, delivery, code: null };
  }

  /** It stands in the log: it waits nowhere else. */
  #settle(message: MessageId): void {
    if (this.#outgoing.length > 0) this.withdraw(message);
    this.#held.delete(message);
  }

  #insert(line: Line): void {
    if (this.find(line.message)) return;
    const before = this.#log.findLastIndex(({ seq }) => (seq ?? 0) < (line.seq ?? 0));
    // Older than all that is kept: it would stand before a hole.
    if (before < 0 && this.#log.length >= KEPT) return;
    this.#log.splice(before + 1, 0, line);
    this.#settle(line.message);
    this.#trim();
  }

  #drop(gone: (line: Pick<ChatLine, "message" | "member">) => boolean): void {
    this.#log = this.#log.filter((line) => !gone(line));
    for (const [message, { line }] of this.#held) if (gone(line)) this.#held.delete(message);
    if (this.pinned && gone(this.pinned)) this.pinned = null;
  }

  #trim(): void {
    const kept = this.reading ? KEPT_FOR_READER : KEPT;
    if (this.#log.length > kept) this.#log.splice(0, this.#log.length - kept);
  }
}
