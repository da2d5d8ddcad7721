// The key that puts another program on air, as long as somebody looks at it: asked for when the dialog opens,
// forgotten when it closes. And what arrives on the stage meanwhile, in the terms of who waits for it.
import { api, ApiError, type StreamKeyView } from "../lib/api";
import type { Stage } from "../protocol";

export class StreamKey {
  key: string | null = $state(null);
  url = $state("");
  /** Readable, not only dots. */
  shown = $state(false);
  busy = $state(false);
  /** How often the key was replaced since the dialog opened. */
  renewed = $state(0);
  /** What the last action met: a code, or null. */
  trouble: string | null = $state(null);
  readonly #slug: string;
  /** Counts openings: an answer to an earlier one comes too late. */
  #opening = 0;

  constructor(slug: string) {
    this.#slug = slug;
  }

  async open(): Promise<void> {
    await this.#ask(api.streamKey);
  }

  /** True when there is a new key. */
  async renew(): Promise<boolean> {
    const renewed = await this.#ask(api.renewStreamKey);
    if (renewed) this.renewed += 1;
    return renewed;
  }

  close(): void {
    this.#opening += 1;
    this.key = this.trouble = null;
    this.url = "";
    this.shown = this.busy = false;
    this.renewed = 0;
  }

  async #ask(how: (slug: string) => Promise<StreamKeyView>): Promise<boolean> {
    if (this.busy) return false;
    const opening = this.#opening;
    this.busy = true;
    this.trouble = null;
    try {
      const { key, url } = await how(this.#slug);
      if (opening !== this.#opening) return false;
      this.key = key;
      this.url = url;
    } catch (error) {
      if (opening !== this.#opening) return false;
      this.trouble = error instanceof ApiError ? error.code : "unexpected";
    }
    this.busy = false;
    return this.trouble === null;
  }
}

/** `here`: this page itself is on air. The stage does not tell a program from another page, and neither does this. */
export type Arriving = "unlinked" | "here" | "waiting" | "pictures" | "sound" | "interrupted";

export function arriving(linked: boolean, here: boolean, { on_air, video }: Stage): Arriving {
  if (!linked) return "unlinked";
  if (here) return "here";
  if (on_air === "reconnecting") return "interrupted";
  if (on_air === "off") return "waiting";
  return video ? "pictures" : "sound";
}
