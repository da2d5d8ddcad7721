// Whom one may be about to mention while one writes: who has spoken, the last first.
import { complete, completing, type Completing } from "../state/mentions";
import type { Line } from "../state/chat";
import type { Mention } from "../protocol";

export class Mentioning {
  offered: Completing | null = $state.raw(null);
  picked = $state(0);
  readonly #lines: () => readonly Line[];

  constructor(lines: () => readonly Line[]) {
    this.#lines = lines;
  }

  get people(): Mention[] {
    const found: Record<string, Mention> = {};
    for (const { member, nickname, own } of this.#lines().toReversed()) if (!own && nickname) found[member] ??= { member, nickname };
    return Object.values(found);
  }

  look(text: string, caret: number): void {
    this.offered = completing(text, caret, this.people);
    this.picked = 0;
  }

  close(): void {
    this.offered = null;
  }

  /** What the text becomes with that one in it; null if there is none. */
  take(text: string, caret: number, who: Mention | undefined): { text: string; caret: number } | null {
    const offered = this.offered;
    this.close();
    return offered && who ? complete(text, caret, offered.at, who.nickname) : null;
  }

  get current(): Mention | undefined {
    return this.offered?.offers[this.picked];
  }

  /** Moves along the offers; false if the key does something else. */
  step(key: string): boolean {
    const step = { ArrowUp: -1, ArrowDown: 1 }[key];
    const count = this.offered?.offers.length ?? 0;
    if (step === undefined || count === 0) return false;
    this.picked = (this.picked + step + count) % count;
    return true;
  }
}
