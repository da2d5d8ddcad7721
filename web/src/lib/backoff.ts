// How long to wait before trying again: exponential with full jitter, so that a thousand pages that lost the
// same server do not come back in the same instant.
export interface BackoffOptions {
  first_ms: number;
  cap_ms: number;
  random?: () => number;
}

// A wait of nothing would let a failing attempt spin.
const FLOOR_MS = 50;

export class Backoff {
  readonly #options: BackoffOptions;
  #tries = 0;
  cap_ms: number;

  constructor(options: BackoffOptions) {
    this.#options = options;
    this.cap_ms = options.cap_ms;
  }

  /** The next wait, in milliseconds. */
  next(): number {
    const ceiling = Math.min(this.cap_ms, this.#options.first_ms * 2 ** Math.min(this.#tries, 30));
    this.#tries += 1;
    return Math.max(FLOOR_MS, (this.#options.random ?? Math.random)() * ceiling);
  }

  reset(): void {
    this.#tries = 0;
  }
}
