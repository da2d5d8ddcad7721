// The look over everything before a show: it asks, measures and listens; what that means is in `preflight.ts`.
import { measure, type Measured, type Offering } from "../lib/measure";
import { sellerApi, type LineUpEntry } from "../lib/seller_api";
import type { ShopSettings } from "../protocol";
import type { Air } from "./air.svelte";
import { checks, type Check } from "./preflight";

const TICK_MS = 250;

export class Preflight {
  measuring = $state(false);
  measured: Measured | null | undefined = $state.raw(undefined);
  #refused = $state(false);
  #silent = $state(false);
  #loudest = $state(0);
  #listened_ms = $state(0);
  #lineUp: readonly LineUpEntry[] | null = $state.raw(null);
  #settings: ShopSettings | null = $state.raw(null);
  #stripe: boolean | null = $state(null);
  free_bytes: number | null | undefined = $state();
  readonly #air: Air;
  readonly #offering: Offering;

  readonly checks: Check[] = $derived.by(() => {
    const { desk, show } = this.#air;
    return checks({
      opening: desk.opening, camera: desk.picture !== null, camera_on: desk.cameraOn, microphone: desk.microphone !== null, microphone_on: desk.microphoneOn,
      loudest: this.#loudest, listened_ms: this.#listened_ms, measured: this.measured, refused: this.#refused,
      offset_ms: show.seq === null ? null : show.offset_ms, line_up: this.#lineUp, settings: this.#settings, stripe: this.#stripe, silent: this.#silent, free_bytes: this.free_bytes,
    });
  });

  constructor(air: Air) {
    this.#air = air;
    this.#offering = air.offering;
  }

  /** Listens as long as it is looked at; the rest is asked for once, and again by `again`. */
  start(): () => void {
    void this.look();
    const timer = setInterval(() => {
      const { desk } = this.#air;
      if (desk.microphone && desk.microphoneOn) this.#listened_ms += TICK_MS;
      this.#loudest = Math.max(this.#loudest, desk.level);
    }, TICK_MS);
    return () => clearInterval(timer);
  }

  async look(): Promise<void> {
    const [lineUp, settings, stripe, server] = await Promise.allSettled([sellerApi.lineUp(this.#air.show.slug), sellerApi.settings(), sellerApi.stripe(), sellerApi.server()]);
    if (lineUp.status === "fulfilled") this.#lineUp = lineUp.value;
    if (settings.status === "fulfilled") this.#settings = settings.value;
    if (stripe.status === "fulfilled") this.#stripe = stripe.value.connected;
    this.free_bytes = server.status === "fulfilled" ? server.value.disk.free_bytes : null;
    this.#silent = lineUp.status === "rejected" || settings.status === "rejected";
  }

  /** Everything anew, and five seconds of sending. Not while on air: it would take from the picture. */
  async again(): Promise<void> {
    if (this.measuring || this.#air.on) return;
    this.measuring = true;
    this.measured = undefined;
    this.#refused = false;
    this.#loudest = this.#listened_ms = 0;
    void this.look();
    const { picture, microphone } = this.#air.desk;
    try {
      this.measured = await measure(this.#offering, { video: picture, audio: microphone });
    } catch {
      this.#refused = true;
    }
    this.measuring = false;
  }
}
