// Beginning a rehearsal from the studio, and finding one that is on: the seller may have closed its tab.
import { ApiError } from "../lib/api";
import { type RehearsalView, rehearsalApi, studioOf } from "../lib/rehearsal_api";

export class Rehearsing {
  busy = $state(false);
  /** What the last try met: a code. */
  trouble: string | null = $state(null);
  /** One of another show, which is in the way. */
  other: RehearsalView | null = $state.raw(null);
  readonly #slug: string;
  readonly #go: (path: string) => void;

  constructor(slug: string, go: (path: string) => void = (path) => location.assign(path)) {
    this.#slug = slug;
    this.#go = go;
  }

  /** Begins one, or goes back to the one of this show that is on. */
  async begin(language: string): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.trouble = null;
    this.other = null;
    try {
      this.#go(studioOf(await this.#begunOr(language)));
      // The page is on its way out: one press is enough.
    } catch (error) {
      this.busy = false;
      if (this.other === null) this.trouble = error instanceof ApiError ? error.code : "unexpected";
    }
  }

  async #begunOr(language: string): Promise<RehearsalView> {
    try {
      return await rehearsalApi.begin(this.#slug, language);
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== "rehearsal_running") throw error;
      const on = await rehearsalApi.read();
      if (on.slug === this.#slug) return on;
      this.other = on;
      throw error;
    }
  }
}
