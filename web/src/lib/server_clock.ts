// The server's clock as seen from here. Each exchange bounds it to half its round trip; of the latest few the
// quickest one is believed.
interface Sample {
  round_trip_ms: number;
  offset_ms: number;
}

const KEPT = 8;

export class ServerClock {
  #samples: Sample[] = [];

  /** The clock was `clock_ms` somewhere between these two moments of ours. */
  observe(sent_ms: number, received_ms: number, clock_ms: number): void {
    const round_trip_ms = Math.max(0, received_ms - sent_ms);
    this.#samples = [...this.#samples, { round_trip_ms, offset_ms: clock_ms + round_trip_ms / 2 - received_ms }].slice(-KEPT);
  }

  /** Add to a local time to get the server's, in milliseconds; 0 as long as nothing is known. */
  get offset_ms(): number {
    const quickest = (best: Sample, next: Sample): Sample => (next.round_trip_ms < best.round_trip_ms ? next : best);
    return this.#samples.length === 0 ? 0 : this.#samples.reduce(quickest).offset_ms;
  }

  /** The latest round trip, in milliseconds. */
  get round_trip_ms(): number | null {
    return this.#samples.at(-1)?.round_trip_ms ?? null;
  }
}
