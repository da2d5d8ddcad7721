// What a page knows of the show it is in. It changes in one place, `apply`, by what the connection hears; the
// page's own chat lines wait in `outgoing` until the log has them. Components read, and send commands
// elsewhere. Time is passed in.
import type { ListedShow } from "../boot";
import type { Heard, Status } from "../lib/connection";
import type {
  CatchUp, Limits, Logged, MemberId, MessageId, ProductStock, Role, ShowEvent, Showcase, ShowStatus, Stage, You,
} from "../protocol";

export interface Line {
  message: MessageId;
  member: MemberId;
  nickname: string;
  role: Role;
  text: string;
  at_ms: number;
  own: boolean;
  /** An own line is `sending` until the log has it; `failed` lines can be sent again. */
  delivery: "sent" | "sending" | "failed";
  /** Why it failed: a refusal code or one of the connection's. */
  code: string | null;
}

/** A longer past than anybody scrolls, short enough for an old phone. */
const LINES_KEPT = 400;

const DEFAULT_LIMITS: Limits = { chat_chars: 500, nickname_chars: 32, ping_interval_ms: 10_000, chat_interval_ms: 1_500 };
const EMPTY_STAGE: Stage = { on_air: "off", video: false, audio: false, source: "camera" };

export class ShowStore {
  slug = $state("");
  title = $state("");
  shop = $state("");
  status: ShowStatus = $state("draft");
  scheduled_at_ms: number | null = $state(null);
  started_at_ms: number | null = $state(null);
  ended_at_ms: number | null = $state(null);
  stage: Stage = $state.raw(EMPTY_STAGE);
  /** What is pinned on screen. */
  showcase: Showcase | null = $state.raw(null);
  /** What is left of what was pinned last. */
  stock: ProductStock | null = $state.raw(null);
  /** Null until the server has said it. */
  viewers: number | null = $state(null);
  you: You | null = $state.raw(null);
  limits: Limits = $state.raw(DEFAULT_LIMITS);
  link: Status = $state("connecting");
  /** Why the link is down, if the server said so. */
  linkCode: string | null = $state(null);
  /** The server's clock less this device's. */
  offset_ms = $state(0);
  /** The newest `seq` applied; null before the first welcome. */
  seq: number | null = $state.raw(null);
  log: Line[] = $state.raw([]);
  outgoing: Line[] = $state.raw([]);

  readonly lines = $derived([...this.log, ...this.outgoing]);

  constructor(boot: ListedShow & { shop: string }) {
    this.slug = boot.slug;
    this.title = boot.title;
    this.shop = boot.shop;
    this.status = boot.status;
    this.scheduled_at_ms = boot.scheduled_at_ms;
  }

  apply(heard: Heard, now_ms: number): void {
    switch (heard.type) {
      case "welcome":
        this.you = heard.you;
        this.limits = heard.limits;
        this.offset_ms = heard.clock_ms - now_ms;
        // What was missed first, then how things are now.
        this.#catchUp(heard.catch_up);
        return this.#show(heard.show);
      case "event":
        return this.#logged([heard]);
      case "stage":
        this.stage = { on_air: heard.on_air, video: heard.video, audio: heard.audio, source: heard.source };
        return;
      case "presence":
        this.viewers = heard.viewers;
        return;
      case "stock":
        if (heard.product !== this.stock?.product || heard.as_of >= this.stock.as_of) this.stock = heard;
        return;
      case "peer_closed":
      case "layers_wanted":
      case "order_changed":
        // Others' affair: subscriber, publisher and purchase listen for themselves.
        return;
      case "status":
        this.link = heard.status;
        this.linkCode = heard.code;
        return;
      default:
        return heard satisfies never;
    }
  }

  /** An own line leaves: shown at once, in its place when the log has it. */
  sending(message: MessageId, text: string, now_ms: number): void {
    const you = this.you;
    const line: Line = {
      message, text, at_ms: now_ms + this.offset_ms, own: true, delivery: "sending", code: null,
      member: you?.member ?? "", nickname: you?.nickname ?? "", role: you?.role ?? "viewer",
    };
    this.outgoing = [...this.outgoing.filter((other) => other.message !== message), line];
  }

  /** The server took it, as number `seq`. The log brings the line itself, unless it is past that already. */
  sent(message: MessageId, seq: number | undefined): void {
    if (seq === undefined || seq <= (this.seq ?? 0)) this.withdraw(message);
  }

  failed(message: MessageId, code: string): void {
    this.outgoing = this.outgoing.map((line) => (line.message === message ? { ...line, delivery: "failed", code } : line));
  }

  withdraw(message: MessageId): void {
    this.outgoing = this.outgoing.filter((line) => line.message !== message);
  }

  named(nickname: string): void {
    if (this.you) this.you = { ...this.you, nickname };
  }

  #show(show: Extract<Heard, { type: "welcome" }>["show"]): void {
    this.slug = show.slug;
    this.title = show.title;
    this.shop = show.shop;
    this.status = show.status;
    this.scheduled_at_ms = show.scheduled_at_ms;
    this.started_at_ms = show.started_at_ms;
    this.ended_at_ms = show.ended_at_ms;
    this.stage = show.stage;
    this.viewers = show.viewers;
    this.showcase = show.showcase ?? null;
    this.stock = show.stock ?? this.stock;
  }

  #catchUp(catchUp: CatchUp): void {
    if (catchUp.kind === "snapshot") {
      // A restored server may be behind what this page had: the snapshot is the truth.
      this.log = [];
      this.seq = null;
      this.#logged(catchUp.chat);
    } else this.#logged(catchUp.events);
    this.seq = catchUp.seq;
  }

  /** Applies events in order; one that is not newer than the last has been applied before. */
  #logged(events: readonly Logged[]): void {
    const fresh: Line[] = [];
    for (const { seq, at_ms, event } of events) {
      if (seq <= (this.seq ?? 0)) continue;
      this.seq = seq;
      this.#event(event, at_ms, fresh);
    }
    if (fresh.length === 0) return;
    this.outgoing = this.outgoing.filter(({ message }) => !fresh.some((line) => line.message === message));
    this.log = [...this.log, ...fresh].slice(-LINES_KEPT);
  }

  #event(event: ShowEvent, at_ms: number, lines: Line[]): void {
    switch (event.kind) {
      case "started":
        this.status = "live";
        this.started_at_ms = at_ms;
        return;
      case "ended":
        this.status = "ended";
        this.ended_at_ms = at_ms;
        this.stage = EMPTY_STAGE;
        return;
      case "chat": {
        const { message, member, nickname, role, text } = event;
        const own = member === this.you?.member;
        lines.push({ message, member, nickname, role, text, at_ms, own, delivery: "sent", code: null });
        return;
      }
      case "pinned":
        this.showcase = event;
        return;
      case "unpinned":
        this.showcase = null;
        return;
      default:
        // A newer server may log things that this page does not know; they keep their place in the count.
        return event satisfies never;
    }
  }
}
