// What somebody is writing. It is kept in the tab: a reload in the middle of a sentence loses no word of it.
import { tab } from "../lib/storage";

export class Draft {
  readonly #key: string;
  #text = $state("");

  constructor(slug: string) {
    this.#key = `draft.${slug}`;
    this.#text = tab.get(this.#key) ?? "";
  }

  get text(): string {
    return this.#text;
  }

  set text(text: string) {
    this.#text = text;
    if (text === "") tab.remove(this.#key);
    else tab.set(this.#key, text);
  }
}
