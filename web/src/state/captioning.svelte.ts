// What the seller says, in writing for those who watch. It listens only while the show is on air from here with an open microphone,
// and after it was asked for: what is said may leave the device. One device does it, for only one is on air.
import { untrack } from "svelte";
import type { Request } from "../lib/connection";
import { Recogniser, recognition, type RecognitionKind, type RecognitionTrouble } from "../lib/recogniser";
import type { Locale } from "../lib/speech";
import { kept, tab } from "../lib/storage";
import type { Limits } from "../protocol";
import { Dictation } from "./dictation";

const LANGUAGE = "captions.language";
/** Each page's language as it is mostly spoken, and what sellers speak besides. */
const SPOKEN: Record<Locale, string> = { it: "it-IT", en: "en-GB", de: "de-DE", fr: "fr-FR", es: "es-ES", ja: "ja-JP" };
export const CAPTION_LANGUAGES: readonly string[] = [...Object.values(SPOKEN), "en-US", "de-AT", "de-CH", "es-MX", "fr-CA", "ko-KR", "nl-NL", "pl-PL", "pt-PT", "pt-BR", "zh-CN"];

/** What of the desk matters to it. */
export interface OnAir {
  readonly show: { readonly slug: string; readonly link: string; readonly limits: Pick<Limits, "caption_chars" | "caption_interval_ms"> };
  readonly publishing: string;
  readonly desk: { readonly microphone: object | null; readonly microphoneOn: boolean };
  ask(request: Request): Promise<string | null>;
}

export class Captioning {
  /** Whether this browser can. */
  readonly offered: boolean;
  on = $state(false);
  language = $state("");
  /** What is being said, or was last. */
  heard = $state("");
  trouble: RecognitionTrouble | null = $state(null);
  readonly #air: OnAir;
  readonly #kind: RecognitionKind | null;
  readonly #flag: string;
  #dictation: Dictation | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Whether it may listen now. */
  readonly listening = $derived.by(() => {
    const { publishing, desk } = this.#air;
    return this.on && publishing === "live" && desk.microphone !== null && desk.microphoneOn;
  });

  constructor(air: OnAir, page: Locale, kind = recognition()) {
    this.#air = air;
    this.#kind = kind;
    this.offered = kind !== null;
    this.#flag = `captions.${air.show.slug}`;
    const language = kept.get(LANGUAGE);
    this.language = language !== null && CAPTION_LANGUAGES.includes(language) ? language : SPOKEN[page];
    // A reload in the middle of a show goes on; the next show asks again.
    this.on = this.offered && tab.get(this.#flag) !== null;
  }

  want(on: boolean): void {
    this.on = on && this.offered;
    if (this.on) tab.set(this.#flag, "1");
    else tab.remove(this.#flag);
    this.heard = "";
    this.trouble = null;
  }

  speak(language: string): void {
    this.language = language;
    kept.set(LANGUAGE, language);
  }

  /** An effect: listens as long as it may, in the language that is spoken. */
  start(): (() => void) | undefined {
    if (!this.listening || !this.#kind) return undefined;
    const { language } = this;
    const dictation = (this.#dictation = new Dictation(language, untrack(() => this.#air.show.limits)));
    const recogniser = new Recogniser(this.#kind, {
      begins: () => dictation.begins(Date.now()),
      hears: (text, last) => {
        this.heard = text.trim();
        dictation.hear(text, last, Date.now());
        this.#tell(language);
      },
      stops: () => {
        dictation.stops(Date.now());
        this.#tell(language);
      },
      trouble: (trouble) => (this.trouble = trouble),
    });
    untrack(() => recogniser.start(language));
    return () => recogniser.stop();
  }

  #tell(language: string): void {
    clearTimeout(this.#timer);
    const dictation = this.#dictation;
    if (!dictation) return;
    if (this.#air.show.link !== "open") return dictation.miss();
    const spoken = dictation.next(Date.now());
    if (spoken) void this.#air.ask({ type: "caption_send", language, ...spoken });
    const due_ms = dictation.due_ms;
    if (due_ms !== null) this.#timer = setTimeout(() => this.#tell(language), Math.max(0, due_ms - Date.now()));
  }
}
