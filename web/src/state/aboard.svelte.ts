// Somebody of the staff in a show: the session with the server, what is known of the show and of its audience, and the way
// to ask for something. The seller's desk (`Air`), the second device and a moderator are all aboard.
import { Connection, RequestError, socketUrl, type Heard, type Request } from "../lib/connection";
import type { ShowSummary } from "../lib/api";
import { reloadOnce } from "../lib/reload";
import { Subscriber } from "../lib/subscribe";
import type { TokenSource } from "../lib/tokens";
import type { OfferWish, Person, ProductId } from "../protocol";
import { Crowd } from "./crowd.svelte";
import { Gaps } from "./gaps";
import { ShowStore } from "./show.svelte";
import { Talk } from "./talk";

/** How long a reaction is felt. */
const FELT_MS = 4_000;

export class Aboard {
  readonly show: ShowStore;
  readonly crowd = new Crowd();
  readonly talk: Talk;
  protected readonly connection: Connection;
  readonly #gaps: Gaps;
  /** Remote controls that are connected. */
  remotes = $state(0);
  /** Reactions of the last moment. */
  pulse = $state(0);

  constructor(summary: ShowSummary, shop: string, tokens: TokenSource) {
    this.show = new ShowStore({ ...summary, shop });
    this.connection = new Connection({ url: socketUrl(), tokens, reload: reloadOnce });
    this.talk = new Talk(this.connection, this.show, this.crowd);
    this.#gaps = new Gaps((request) => this.connection.request(request), (chat) => this.crowd.missed(chat));
    this.connection.listen((heard) => this.hear(heard));
  }

  /** Puts a product on the table, in place of what was there; null, or why not. */
  pin(product: ProductId, offer?: OfferWish): Promise<string | null> {
    return this.ask({ type: "pin", product, ...(offer && { offer }) });
  }

  unpin(): Promise<string | null> {
    return this.ask({ type: "unpin" });
  }

  async ask(request: Request): Promise<string | null> {
    try {
      await this.connection.request(request);
      return null;
    } catch (error) {
      return error instanceof RequestError ? error.code : "internal";
    }
  }

  /** Who is here by name, and who is kept away; or why that is not told. */
  async people(): Promise<readonly Person[] | string> {
    try {
      const reply = await this.connection.request({ type: "people_get" });
      return reply.type === "people" ? reply.people : "internal";
    } catch (error) {
      return error instanceof RequestError ? error.code : "internal";
    }
  }

  protected hear(heard: Heard): void {
    const now_ms = Date.now();
    this.show.apply(heard, now_ms);
    this.crowd.apply(heard, now_ms);
    // Said again after each welcome, if there are any.
    if (heard.type === "welcome") this.remotes = 0;
    if (heard.type === "remotes") this.remotes = heard.count;
    this.#gaps.hear(heard);
    if (heard.type !== "reactions") return;
    const felt = heard.counts.reduce((sum, { count }) => sum + count, 0);
    this.pulse += felt;
    setTimeout(() => (this.pulse -= felt), FELT_MS);
  }
}

/** The second device, or a moderator: aboard, and nothing to film with; it sees what the viewers see. */
export class Helper extends Aboard {
  readonly subscriber = new Subscriber(this.connection);

  start(): void {
    if (this.show.status !== "ended") this.subscriber.start();
    this.connection.start();
  }

  dispose(): void {
    this.subscriber.stop();
    this.connection.stop();
  }
}
