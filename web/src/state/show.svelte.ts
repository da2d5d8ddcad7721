// What a page knows of the show it is in: its turns, its stage, what is on the table. It changes in one place, `apply`, by
// what the connection hears; what the audience says and does is in `crowd.svelte.ts`. Components read, and send commands
// elsewhere. Time is passed in.
import type { ListedShow } from "../boot";
import type { Heard, Status } from "../lib/connection";
import type { CatchUp, Limits, Logged, ProductStock, ShowEvent, Showcase, ShowStatus, Stage, You } from "../protocol";

const DEFAULT_LIMITS: Limits = {
  chat_chars: 500, nickname_chars: 32, ping_interval_ms: 10_000, chat_interval_ms: 1_500, question_chars: 300, answer_chars: 1_000,
  poll_chars: 120, caption_chars: 300, reaction_interval_ms: 500, caption_interval_ms: 200,
};
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
  /** The most at once, and members in all. */
  peak = $state(0);
  total = $state(0);
  you: You | null = $state.raw(null);
  limits: Limits = $state.raw(DEFAULT_LIMITS);
  link: Status = $state("connecting");
  /** Why the link is down, if the server said so. */
  linkCode: string | null = $state(null);
  /** The server's clock less this device's. */
  offset_ms = $state(0);
  /** The newest `seq` applied; null before the first welcome. */
  seq: number | null = $state.raw(null);

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
        this.peak = heard.peak;
        this.total = heard.total;
        return;
      case "stock":
        if (heard.product !== this.stock?.product || heard.as_of >= this.stock.as_of) this.stock = heard;
        return;
      // Others' affair: subscriber, publisher and purchase listen for themselves. The rest is the crowd's.
      case "peer_closed":
      case "layers_wanted":
      case "order_changed":
      case "question_votes":
      case "your_question":
      case "poll_tally":
      case "reactions":
      case "caption":
      case "guard":
      case "held":
      case "held_decided":
      case "standing":
      case "gap":
      case "remotes":
        return;
      case "status":
        this.link = heard.status;
        this.linkCode = heard.code;
        return;
      default:
        return heard satisfies never;
    }
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
    this.peak = show.peak;
    this.total = show.total;
    this.showcase = show.showcase ?? null;
    this.stock = show.stock ?? this.stock;
  }

  #catchUp(catchUp: CatchUp): void {
    // A restored server may be behind what this page had: the snapshot is the truth.
    if (catchUp.kind === "delta") this.#logged(catchUp.events);
    this.seq = catchUp.seq;
  }

  /** Applies events in order; one that is not newer than the last has been applied before. */
  #logged(events: readonly Logged[]): void {
    for (const { seq, at_ms, event } of events) {
      if (seq <= (this.seq ?? 0)) continue;
      this.seq = seq;
      this.#event(event, at_ms);
    }
  }

  #event(event: ShowEvent, at_ms: number): void {
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
      case "pinned":
        this.showcase = event;
        return;
      case "unpinned":
        this.showcase = null;
        return;
      case "chat":
      case "chat_deleted":
      case "chat_restored":
      case "chat_purged":
      case "chat_pinned":
      case "chat_unpinned":
      case "rules":
      case "question":
      case "poll":
        // The crowd's.
        return;
      default:
        // A newer server may log things that this page does not know; they keep their place in the count.
        return event satisfies never;
    }
  }
}
