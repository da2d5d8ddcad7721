// Which language the page speaks, and its words. A page loads the words of one language, beside its script and not
// after it; another is loaded when it is chosen. Whatever fails to load is asked for again, and meanwhile the page goes
// on in the language it has: nobody ever meets half of one.
import { kept } from "./storage";

/** In the order in which they are offered. */
export const LOCALES = ["it", "en", "de", "fr", "es", "ja"] as const;
export type Locale = (typeof LOCALES)[number];

/** A text, or its forms by the plural rules of its language. `{name}` stands where a value goes. */
export type Message = string | (Partial<Record<Intl.LDMLPluralRule, string>> & { other: string });
/** The texts of a language by section, in the order of their keys: the functions that ask for them know their place. */
export type Words = Readonly<Record<string, readonly Message[]>>;
/** Where the words of each language are. */
export type Sources = Readonly<Record<Locale, string>>;

const KEY = "locale";
const FALLBACK: Locale = "en";
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

export const isLocale = (value: unknown): value is Locale => LOCALES.includes(value as Locale);

/** The one chosen here before, else the first that the browser wants and we have (regional variants count as their
    language), else English. */
export function negotiate(stored: string | null, wanted: readonly string[]): Locale {
  if (isLocale(stored)) return stored;
  for (const tag of wanted) {
    const language = tag.toLowerCase().split("-")[0];
    if (isLocale(language)) return language;
  }
  return FALLBACK;
}

async function fetched(source: string): Promise<Words> {
  const response = await fetch(source);
  if (!response.ok) throw new Error();
  return (await response.json()) as Words;
}

// Until the wait is over, or the connection is back.
const patience = (ms: number): Promise<unknown> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
    addEventListener("online", resolve, { once: true });
  });

export class Speech {
  /** What is spoken now. */
  locale: Locale = FALLBACK;
  /** What was asked for: spoken as soon as its words are here. */
  wanted: Locale = FALLBACK;
  words: Words = {};
  /** Called when one of the above has changed. */
  onchange: () => void = () => undefined;

  #sources = {} as Sources;
  #known = new Map<Locale, Words>();
  #begun: () => void = () => undefined;

  /** Begins to speak. Over when there are words, in the wanted language or, if that does not come, in English. */
  begin(sources: Sources, wanted = negotiate(kept.get(KEY), navigator.languages)): Promise<void> {
    this.#sources = sources;
    return new Promise((begun) => {
      this.#begun = begun;
      void this.#reach(wanted);
    });
  }

  /** Changes the language, now or when its words have come, and remembers it. */
  async speak(wanted: Locale): Promise<void> {
    kept.set(KEY, wanted);
    await this.#reach(wanted);
  }

  /** Speaks with words that are here already. */
  say(locale: Locale, words: Words): void {
    this.#known.set(locale, words);
    this.#switch(locale);
  }

  async #reach(wanted: Locale): Promise<void> {
    this.wanted = wanted;
    this.onchange();
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
      const there = await this.#fetch(wanted);
      const mute = !there && this.#known.size === 0 && (await this.#fetch(FALLBACK));
      // Another was chosen meanwhile: this one waits until it is chosen again.
      if (this.wanted !== wanted) return;
      if (there) return this.#switch(wanted);
      if (mute) this.#switch(FALLBACK, wanted);
      await patience(wait);
      if (this.wanted !== wanted) return;
    }
  }

  async #fetch(locale: Locale): Promise<boolean> {
    try {
      if (!this.#known.has(locale)) this.#known.set(locale, await fetched(this.#sources[locale]));
      return true;
    } catch {
      return false;
    }
  }

  #switch(locale: Locale, wanted = locale): void {
    this.words = this.#known.get(locale) as Words;
    this.locale = locale;
    this.wanted = wanted;
    document.documentElement.lang = locale;
    this.#begun();
    this.onchange();
  }
}

export const speech = new Speech();
