// Whether and into what this device translates, kept on it.
import { kept } from "../lib/storage";
import { Translation } from "../lib/translate";

const KEY = "translate_to";
const ALWAYS_OFFERED = ["it", "en", "de", "fr", "es", "ja"];

export class Translating {
  readonly #translation: Translation;
  /** Everything is translated into this; null: nothing by itself. */
  always: string | null = $state(kept.get(KEY));

  constructor(translation = new Translation()) {
    this.#translation = translation;
  }

  get offered(): boolean {
    return this.#translation.offered;
  }

  /** What one may choose from: ours, and what the browser speaks. */
  get languages(): string[] {
    const all = [...navigator.languages.map((tag) => tag.split("-")[0] ?? tag), ...ALWAYS_OFFERED];
    return all.filter((language, at) => all.indexOf(language) === at);
  }

  choose(language: string | null): void {
    this.always = language;
    if (language === null) kept.remove(KEY);
    else kept.set(KEY, language);
  }

  /** By hand: into the chosen language, else that of the page. */
  line(text: string, page: string): Promise<string | null> {
    return this.#translation.translate(text, this.always ?? page);
  }

  /** By itself, if it is wanted. */
  async auto(text: string, from: string | null = null): Promise<string | null> {
    return this.always === null || !this.offered ? null : this.#translation.translate(text, this.always, from);
  }
}
