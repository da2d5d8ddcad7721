// What is asked of the server one thing at a time: whether something is under way, and what the last one met.
import { codeOf } from "./catalogue.svelte";

export class Deeds {
  busy = $state(false);
  /** The code of what the last attempt met. */
  trouble: string | null = $state(null);

  /** True once it is done; a second one while the first is under way is not begun. */
  protected async do(deed: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.trouble = null;
    try {
      await deed();
      return true;
    } catch (error) {
      this.trouble = codeOf(error);
      return false;
    } finally {
      this.busy = false;
    }
  }
}
