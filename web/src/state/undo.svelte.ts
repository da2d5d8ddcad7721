// What was done last and can be taken back. A deed is taken back once; one that the server no longer allows to take back
// says so. What cannot be undone at the server at all is held back here for a moment instead, and done when it has passed.
import type { DeedKind } from "./helm.svelte";

export interface Deed {
  id: number;
  kind: DeedKind;
  /** Who or what it was done to, in words. */
  about: string;
  undo: () => Promise<string | null>;
}

/** As far back as somebody remembers what they did. */
const KEPT = 20;
/** How long the last one is offered on the screen, and how long something is held back. */
export const OFFERED_MS = 8_000;

export class Undoing {
  deeds: readonly Deed[] = $state.raw([]);
  /** The newest, while it is offered. */
  offered: Deed | null = $state.raw(null);
  #next = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #waiting: readonly { id: number; timer: ReturnType<typeof setTimeout>; deed: () => void }[] = [];

  did(kind: DeedKind, about: string, undo: () => Promise<string | null>): number {
    const id = ++this.#next;
    const deed = { id, kind, about, undo };
    this.deeds = [...this.deeds, deed].slice(-KEPT);
    this.offered = deed;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.offered = null), OFFERED_MS);
    return id;
  }

  /** Does it when there was time to think better of it. `back` is called if somebody did. */
  later(kind: DeedKind, about: string, deed: () => void, back: () => void): void {
    const id = this.did(kind, about, async () => {
      this.#settle(id);
      back();
      return null;
    });
    const timer = setTimeout(() => {
      this.#settle(id);
      this.forget(id);
      deed();
    }, OFFERED_MS);
    this.#waiting = [...this.#waiting, { id, timer, deed }];
  }

  /** The newest deed is taken back; null if there is none, or why it could not be. */
  async undo(): Promise<string | null> {
    const deed = this.deeds.at(-1);
    if (!deed) return null;
    this.forget(deed.id);
    return deed.undo();
  }

  forget(id: number): void {
    this.deeds = this.deeds.filter((deed) => deed.id !== id);
    if (this.offered?.id === id) this.offered = null;
  }

  /** The page is left: what was held back is done now. */
  dispose(): void {
    clearTimeout(this.#timer);
    const waiting = this.#waiting;
    for (const { id, deed } of waiting) {
      this.#settle(id);
      deed();
    }
  }

  #settle(id: number): void {
    clearTimeout(this.#waiting.find((one) => one.id === id)?.timer);
    this.#waiting = this.#waiting.filter((one) => one.id !== id);
  }
}
