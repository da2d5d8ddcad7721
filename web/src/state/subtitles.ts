// Which caption stands under the picture, pure. Each waits until the picture on this screen gets to the frame it was spoken
// at; without knowing, it is shown at once.
import type { Caption } from "../protocol";

/** A picture that is further behind than this is not waited for. */
const WAITS_AT_MOST_MS = 3_000;
/** A sentence goes when nothing follows. */
const STAYS_MS = 5_000;
/** Late ones are of no use: the oldest give way. */
const QUEUE = 40;

interface Waiting {
  caption: Caption;
  heard_ms: number;
}

export class Subtitles {
  #queue: Waiting[] = [];
  #shown: { caption: Caption; since_ms: number } | null = null;

  hear(caption: Caption, now_ms: number): void {
    this.#queue = [...this.#queue, { caption, heard_ms: now_ms }].slice(-QUEUE);
  }

  /** Whether somebody must look again soon. */
  get waiting(): boolean {
    return this.#queue.length > 0 || this.#shown !== null;
  }

  /** What to show now, the picture being at `playout_us` on the publisher's clock (null: nobody can tell). */
  at(playout_us: number | null, now_ms: number): Caption | null {
    const due = ({ caption, heard_ms }: Waiting): boolean =>
      playout_us === null || caption.media_us === undefined || playout_us >= caption.media_us || now_ms - heard_ms >= WAITS_AT_MOST_MS;
    for (let next = this.#queue[0]; next && due(next); next = this.#queue[0]) {
      this.#queue.shift();
      this.#shown = { caption: next.caption, since_ms: now_ms };
    }
    if (this.#shown && now_ms - this.#shown.since_ms >= STAYS_MS) this.#shown = null;
    return this.#shown?.caption ?? null;
  }
}
