// How well the seller is sent, in one word and a few numbers. Pure: fed with what getStats said, it compares
// with the time before. The word changes with hysteresis, because a word that flickers frightens.
import type { OutboundStats } from "./stats";

export type Quality = "good" | "fair" | "poor";

export interface Numbers {
  sent_bps: number;
  round_trip_ms: number | null;
  /** 0 to 1, over the last interval in which anything was sent. */
  loss: number;
  fps: number;
  width: number;
  height: number;
  codec: string | null;
  trimmed: boolean;
  limited_by: OutboundStats["limited_by"];
}

/** `moving`: a camera that is on. A screen may rightly stand still, a covered camera too. */
export interface Context {
  moving: boolean;
}

const POOR = { loss: 0.08, round_trip_ms: 600, fps: 8, height: 240 };
const FAIR = { loss: 0.02, round_trip_ms: 250, fps: 15, height: 480 };
// Bad news needs two looks, good news four: a recovery that does not last is no news.
const LOOKS_TO_WORSEN = 2;
const LOOKS_TO_IMPROVE = 4;
const ORDER: Quality[] = ["good", "fair", "poor"];

/** What happened between two looks; null when they are no pair (a new connection, the same moment). */
export function compare(before: OutboundStats, after: OutboundStats): Numbers | null {
  const span_ms = after.at_ms - before.at_ms;
  if (span_ms <= 0 || after.bytes_sent < before.bytes_sent) return null;
  const sent = after.packets_sent - before.packets_sent;
  const lost = Math.max(0, after.packets_lost - before.packets_lost);
  return {
    sent_bps: ((after.bytes_sent - before.bytes_sent) * 8_000) / span_ms,
    round_trip_ms: after.round_trip_ms,
    loss: sent > 0 ? Math.min(1, lost / sent) : 0,
    fps: after.fps,
    width: after.width,
    height: after.height,
    codec: after.codec,
    trimmed: after.trimmed,
    limited_by: after.limited_by,
  };
}

/** The word for one interval by itself. */
export function grade(numbers: Numbers, { moving }: Context): Quality {
  // A picture is small by need or by wish; only the need is news.
  const small = (limit: typeof POOR): boolean => !numbers.trimmed && Math.min(numbers.width, numbers.height) < limit.height;
  const beyond = (limit: typeof POOR): boolean =>
    numbers.loss > limit.loss ||
    (numbers.round_trip_ms ?? 0) > limit.round_trip_ms ||
    (moving && (numbers.fps < limit.fps || small(limit)));
  if (numbers.sent_bps <= 0 || beyond(POOR)) return "poor";
  return beyond(FAIR) ? "fair" : "good";
}

export class QualityMeter {
  #before: OutboundStats | null = null;
  #quality: Quality | null = null;
  #leaning: Quality | null = null;
  #looks = 0;

  /** null until two looks were taken. */
  get quality(): Quality | null {
    return this.#quality;
  }

  /** Takes a look; says what it saw, or null when there is nothing to compare with. */
  push(stats: OutboundStats, context: Context): Numbers | null {
    const numbers = this.#before && compare(this.#before, stats);
    this.#before = stats;
    if (numbers) this.#lean(grade(numbers, context));
    return numbers;
  }

  reset(): void {
    this.#before = this.#quality = this.#leaning = null;
    this.#looks = 0;
  }

  #lean(seen: Quality): void {
    this.#looks = seen === this.#leaning ? this.#looks + 1 : 1;
    this.#leaning = seen;
    const worse = this.#quality !== null && ORDER.indexOf(seen) > ORDER.indexOf(this.#quality);
    if (this.#quality === null || this.#looks >= (worse ? LOOKS_TO_WORSEN : LOOKS_TO_IMPROVE)) this.#quality = seen;
  }
}
