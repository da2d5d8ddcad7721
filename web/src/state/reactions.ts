// Hearts and the rest, pure. One's own are gathered and sent at the pace the server allows; what comes back of them in the
// count of all is not shown a second time.
import type { Reaction, ReactionCount } from "../protocol";

export const REACTIONS: readonly Reaction[] = ["heart", "clap", "fire", "laugh", "wow"];

/** What one message may carry. */
const AT_MOST = 10;
/** An own one that has not come back by then was counted elsewhere, or lost. */
const COMES_BACK_MS = 3_000;

export class OwnReactions {
  readonly #gathered = new Map<Reaction, number>();
  #sent: { reaction: Reaction; count: number; at_ms: number }[] = [];

  press(reaction: Reaction): void {
    this.#gathered.set(reaction, Math.min(AT_MOST, (this.#gathered.get(reaction) ?? 0) + 1));
  }

  /** The next to send, if any: the one that waits longest. */
  take(now_ms: number): ReactionCount | null {
    for (const [reaction, count] of this.#gathered) {
      this.#gathered.delete(reaction);
      this.#sent.push({ reaction, count, at_ms: now_ms });
      return { reaction, count };
    }
    return null;
  }

  get waiting(): boolean {
    return this.#gathered.size > 0;
  }

  /** What others felt, of the count of all. */
  others(counts: readonly ReactionCount[], now_ms: number): ReactionCount[] {
    this.#sent = this.#sent.filter(({ at_ms, count }) => count > 0 && now_ms - at_ms < COMES_BACK_MS);
    return counts.flatMap(({ reaction, count }) => {
      for (const own of this.#sent) {
        if (own.reaction !== reaction) continue;
        const back = Math.min(own.count, count);
        own.count -= back;
        count -= back;
      }
      return count > 0 ? [{ reaction, count }] : [];
    });
  }
}

/** One that floats up beside the picture. Distances in parts of the place it has, 0 to 1. */
export interface Floating {
  key: number;
  reaction: Reaction;
  delay_ms: number;
  lives_ms: number;
  x: number;
  sway: number;
}

/** More than this is a blur, whatever the crowd feels; each is a layer that moves by transform alone. */
export const FLOATING_AT_MOST = 24;
/** Of one message: thousands of hearts are a shower, not a wall. */
const OF_ONE_MESSAGE = 8;
/** They rise one after the other. */
const SPREAD_MS = 700;

let key = 0;

/** What rises for `counts` while `alive` float already: many are told by more of them, up to a limit; nobody counts hearts. */
export function rise(counts: readonly ReactionCount[], alive: number, random: () => number = Math.random): Floating[] {
  const all = counts.reduce((sum, { count }) => sum + count, 0);
  const share = Math.min(1, OF_ONE_MESSAGE / Math.max(1, all));
  const risen = counts.flatMap(({ reaction, count }) => {
    const shown = Math.max(1, Math.round(count * share));
    return Array.from({ length: shown }, () => ({
      key: key++, reaction, delay_ms: all > 1 ? random() * SPREAD_MS : 0, lives_ms: 2_400 + random() * 1_200, x: 0.15 + random() * 0.7, sway: (random() - 0.5) * 0.5,
    }));
  });
  return risen.slice(0, Math.max(0, FLOATING_AT_MOST - alive));
}
