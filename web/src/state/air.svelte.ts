// One show on the seller's desk: the session with the server, what is known of the show, and being on air.
// That this tab was on air is remembered in the tab itself, so that a reload goes back without a click.
import { stayAwake } from "../lib/awake";
import type { ShowSummary } from "../lib/api";
import { Connection, RequestError, socketUrl, type Heard, type Request } from "../lib/connection";
import { Publisher, type PublisherState } from "../lib/publish";
import { QualityMeter, type Numbers, type Quality } from "../lib/quality";
import { reloadOnce } from "../lib/reload";
import { tab } from "../lib/storage";
import { joinTokens } from "../lib/tokens";
import type { OfferWish, ProductId } from "../protocol";
import { Crowd } from "./crowd.svelte";
import { Desk } from "./desk.svelte";
import { ShowStore } from "./show.svelte";
import { Talk } from "./talk";

const LOOK_EVERY_MS = 2_000;

export class Air {
  readonly desk = new Desk();
  readonly show: ShowStore;
  readonly crowd = new Crowd();
  readonly talk: Talk;
  readonly #connection: Connection;
  readonly #publisher: Publisher;
  readonly #meter = new QualityMeter();
  readonly #flag: string;
  #timer: ReturnType<typeof setInterval> | undefined;
  #sleep: (() => void) | null = null;
  #starting = false;

  publishing: PublisherState = $state("off");
  quality: Quality | null = $state(null);
  numbers: Numbers | null = $state.raw(null);
  ending = $state(false);
  /** What the last command met: a code, or null. */
  trouble: string | null = $state(null);
  ready = $state(false);

  /** On air from here, or on the way back. */
  readonly on = $derived(this.publishing === "starting" || this.publishing === "live" || this.publishing === "recovering");
  /** Somebody else of the shop is sending. */
  readonly elsewhere = $derived.by(() => !this.on && this.show.status === "live" && this.show.stage.on_air === "live");

  constructor(summary: ShowSummary, shop: string) {
    const { slug } = summary;
    this.#flag = `on_air.${slug}`;
    this.show = new ShowStore({ ...summary, shop });
    this.#connection = new Connection({ url: socketUrl(), tokens: joinTokens(slug, "host"), reload: reloadOnce });
    this.talk = new Talk(this.#connection, this.show, this.crowd);
    this.#publisher = new Publisher(this.#connection, { onstate: (state, code) => this.#published(state, code) });
    this.#connection.listen((heard) => this.#hear(heard));
    this.desk.onchange = () => void this.#publisher.change(this.desk.sending).catch(() => undefined);
  }

  /** Opens the devices and joins; goes back on air if this tab was. */
  async start(): Promise<void> {
    this.#connection.start();
    this.#timer = setInterval(() => void this.#look(), LOOK_EVERY_MS);
    if (this.show.status !== "ended") await this.desk.open();
    this.ready = true;
    this.#goBack();
  }

  dispose(): void {
    clearInterval(this.#timer);
    this.#publisher.dispose();
    this.#connection.stop();
    this.desk.close();
    this.#sleep?.();
  }

  /** The one click. Also takes over from another device, and opens the show if it has not begun. */
  goLive(): void {
    this.trouble = null;
    tab.set(this.#flag, "1");
    this.#publisher.start(this.desk.sending);
  }

  /** Off the air, but the show stays open. */
  pause(): void {
    tab.remove(this.#flag);
    this.#publisher.stop();
  }

  async end(): Promise<void> {
    this.trouble = null;
    this.ending = true;
    try {
      await this.#connection.request({ type: "show_end" });
      this.pause();
    } catch (error) {
      this.trouble = error instanceof RequestError ? error.code : "internal";
    }
    this.ending = false;
  }

  /** Puts a product on the table, in place of what was there; null, or why not. */
  pin(product: ProductId, offer?: OfferWish): Promise<string | null> {
    return this.#ask({ type: "pin", product, ...(offer && { offer }) });
  }

  unpin(): Promise<string | null> {
    return this.#ask({ type: "unpin" });
  }

  async #ask(request: Request): Promise<string | null> {
    try {
      await this.#connection.request(request);
      return null;
    } catch (error) {
      return error instanceof RequestError ? error.code : "internal";
    }
  }

  #hear(heard: Heard): void {
    this.show.apply(heard, Date.now());
    this.crowd.apply(heard, Date.now());
    if (heard.type === "welcome") this.#goBack();
    if (this.show.status === "ended") tab.remove(this.#flag);
  }

  #goBack(): void {
    if (this.ready && !this.on && this.show.you && this.show.status === "live" && tab.get(this.#flag)) this.goLive();
  }

  #published(state: PublisherState, code: string | null): void {
    this.publishing = state;
    if (state === "live") void this.#open();
    if (state === "replaced" || state === "refused") tab.remove(this.#flag);
    if (state === "refused") this.trouble = code;
    this.#meter.reset();
    this.quality = this.numbers = null;
    if (this.on) this.#sleep ??= stayAwake();
    else {
      this.#sleep?.();
      this.#sleep = null;
    }
  }

  /** Lets the audience in, once the picture is there for them. */
  async #open(): Promise<void> {
    if (this.show.status === "live" || this.#starting) return;
    this.#starting = true;
    try {
      await this.#connection.request({ type: "show_start" });
    } catch (error) {
      this.trouble = error instanceof RequestError ? error.code : "internal";
      this.pause();
    }
    this.#starting = false;
  }

  async #look(): Promise<void> {
    if (this.publishing !== "live") return;
    const stats = await this.#publisher.stats();
    if (!stats || this.publishing !== "live") return;
    const moving = this.desk.cameraOn && this.desk.camera !== null && this.desk.screen === null;
    this.numbers = this.#meter.push(stats, { moving }) ?? this.numbers;
    this.quality = this.#meter.quality;
  }
}
