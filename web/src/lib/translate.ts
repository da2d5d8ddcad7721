// Translation on the device itself, where the browser offers it (Translator and LanguageDetector, W3C Translation API);
// nothing is sent anywhere. Everything here answers null where the browser cannot.
interface Translates {
  translate(text: string): Promise<string>;
}
interface Detects {
  detect(text: string): Promise<{ detectedLanguage?: string; confidence?: number }[]>;
}
export interface Browser {
  Translator?: {
    availability(pair: { sourceLanguage: string; targetLanguage: string }): Promise<string>;
    create(pair: { sourceLanguage: string; targetLanguage: string }): Promise<Translates>;
  };
  LanguageDetector?: { create(): Promise<Detects> };
}

/** Below that it is a guess: a greeting of one word is left as it is. */
const SURE = 0.5;
const TRANSLATORS_KEPT = 6;
const TEXTS_KEPT = 400;
/** Waiting for the device; what is scrolled away by then is not worth it. */
const WAITING = 40;

const base = (tag: string): string => tag.toLowerCase().split("-")[0] ?? tag;

export class Translation {
  readonly #browser: Browser;
  readonly #translators = new Map<string, Promise<Translates | null>>();
  readonly #texts = new Map<string, string | null>();
  #detector: Promise<Detects> | null = null;
  #queue: { run: () => Promise<void>; drop: () => void }[] = [];
  #busy = false;

  constructor(browser: Browser = globalThis as unknown as Browser) {
    this.#browser = browser;
  }

  /** Whether to offer it at all. */
  get offered(): boolean {
    return this.#browser.Translator !== undefined && this.#browser.LanguageDetector !== undefined;
  }

  /** `text` in the language `to`; null if it is in it already, or cannot be translated. `from` is known or found out. */
  async translate(text: string, to: string, from: string | null = null): Promise<string | null> {
    if (!this.offered) return null;
    const key = `${base(to)} ${text}`;
    const known = this.#texts.get(key);
    if (known !== undefined) return known;
    const found = await this.#inTurn(() => this.#work(text, base(to), from));
    if (found === undefined) return null;
    this.#texts.set(key, found);
    const oldest = this.#texts.keys().next().value;
    if (this.#texts.size > TEXTS_KEPT && oldest !== undefined) this.#texts.delete(oldest);
    return found;
  }

  async #work(text: string, to: string, from: string | null): Promise<string | null> {
    const source = from ?? (await this.#detect(text));
    if (source === null || base(source) === to) return null;
    const translator = await this.#translator(base(source), to);
    return (await translator?.translate(text)) ?? null;
  }

  async #detect(text: string): Promise<string | null> {
    this.#detector ??= (this.#browser.LanguageDetector as NonNullable<Browser["LanguageDetector"]>).create();
    // One that failed is made anew the next time.
    this.#detector.catch(() => (this.#detector = null));
    const [first] = await (await this.#detector).detect(text);
    return first?.detectedLanguage && (first.confidence ?? 1) >= SURE && first.detectedLanguage !== "und" ? first.detectedLanguage : null;
  }

  #translator(sourceLanguage: string, targetLanguage: string): Promise<Translates | null> {
    const key = `${sourceLanguage} ${targetLanguage}`;
    const made = this.#translators.get(key) ?? this.#make({ sourceLanguage, targetLanguage });
    this.#translators.delete(key);
    this.#translators.set(key, made);
    made.catch(() => this.#translators.delete(key));
    const oldest = this.#translators.keys().next().value;
    if (this.#translators.size > TRANSLATORS_KEPT && oldest !== undefined) this.#translators.delete(oldest);
    return made;
  }

  async #make(pair: { sourceLanguage: string; targetLanguage: string }): Promise<Translates | null> {
    const { Translator } = this.#browser;
    if (!Translator || (await Translator.availability(pair)) === "unavailable") return null;
    return Translator.create(pair);
  }

  /** One at a time, for the device has a picture to show; undefined if it failed or waited too long. */
  #inTurn<T>(work: () => Promise<T>): Promise<T | undefined> {
    return new Promise((resolve) => {
      const run = (): Promise<void> => work().then(resolve, () => resolve(undefined));
      this.#queue.push({ run, drop: () => resolve(undefined) });
      if (this.#queue.length > WAITING) this.#queue.shift()?.drop();
      void this.#go();
    });
  }

  async #go(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) await next.run();
    this.#busy = false;
  }
}
