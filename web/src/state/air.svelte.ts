// One show on the seller's desk: the session with the server, what is known of the show, and being on air.
// That this tab was on air is remembered in the tab itself, so that a reload goes back without a click.
import { stayAwake } from "../lib/awake";
import type { ShowSummary } from "../lib/api";
import { RequestError, type Heard } from "../lib/connection";
import type { Offering } from "../lib/measure";
import { Publisher, type PublisherState } from "../lib/publish";
import { QualityMeter, type Numbers, type Quality } from "../lib/quality";
import { tab } from "../lib/storage";
import { joinTokens } from "../lib/tokens";
import { Aboard } from "./aboard.svelte";
import { Desk } from "./desk.svelte";

const LOOK_EVERY_MS = 2_000;

export class Air extends Aboard {
  readonly desk = new Desk();
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
    super(summary, shop, joinTokens(slug, "host"));
    this.#flag = `on_air.${slug}`;
    this.#publisher = new Publisher(this.connection, { onstate: (state, code) => this.#published(state, code) });
    this.desk.onchange = () => void this.#publisher.change(this.desk.sending).catch(() => undefined);
  }

  /** Opens the devices and joins; goes back on air if this tab was. */
  async start(): Promise<void> {
    this.connection.start();
    this.#timer = setInterval(() => void this.#look(), LOOK_EVERY_MS);
    if (this.show.status !== "ended") await this.desk.open();
    this.ready = true;
    this.#goBack();
  }

  dispose(): void {
    clearInterval(this.#timer);
    this.#publisher.dispose();
    this.connection.stop();
    this.desk.close();
    this.#sleep?.();
  }

  /** For measuring the way to the server. */
  get offering(): Offering {
    return this.connection;
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
      await this.connection.request({ type: "show_end" });
      this.pause();
    } catch (error) {
      this.trouble = error instanceof RequestError ? error.code : "internal";
    }
    this.ending = false;
  }

  protected override hear(heard: Heard): void {
    super.hear(heard);
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
      await this.connection.request({ type: "show_start" });
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
