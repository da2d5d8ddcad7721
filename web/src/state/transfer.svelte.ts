// A sheet on its way into the catalogue: looked through, then taken as a whole. What is taken is what was looked at, even
// if somebody saves over the file meanwhile.
import { sellerApi, type SheetChange, type SheetPreview } from "../lib/seller_api";
import { codeOf } from "./catalogue.svelte";

/** What the server takes. */
const MAX_BYTES = 4 * 1024 * 1024;

export class Transfer {
  name = $state("");
  preview: SheetPreview | null = $state.raw(null);
  busy = $state(false);
  trouble: string | null = $state(null);
  #file: Blob | null = null;
  readonly coming = $derived((this.preview?.changes ?? []).filter(({ kind }) => kind !== "unchanged"));

  count(kind: SheetChange["kind"]): number {
    return this.preview?.changes.filter((change) => change.kind === kind).length ?? 0;
  }

  async choose(file: File): Promise<void> {
    if (this.busy) return;
    this.name = file.name;
    this.preview = null;
    if (file.size > MAX_BYTES) {
      this.trouble = "sheet_too_large";
      return;
    }
    await this.#do(async () => {
      this.#file = new Blob([await file.arrayBuffer()]);
      this.preview = await sellerApi.importSheet(this.#file);
    });
  }

  /** True when the catalogue has it. It may have changed since the preview; then there is another one. */
  async confirm(): Promise<boolean> {
    const file = this.#file;
    if (this.busy || file === null) return false;
    await this.#do(async () => (this.preview = await sellerApi.importSheet(file, true)));
    return this.trouble === null && this.preview?.applied === true;
  }

  async #do(deed: () => Promise<unknown>): Promise<void> {
    this.busy = true;
    this.trouble = null;
    try {
      await deed();
    } catch (error) {
      this.trouble = codeOf(error);
    } finally {
      this.busy = false;
    }
  }
}
