// The browser's speech recognition, kept going: browsers end it after a silence, after a minute, or when their service is
// out of reach. What it hears goes to a listener; what can only be mended by a person is told as a trouble.
import { Backoff } from "./backoff";

/** As much of the Web Speech API as is used (https://webaudio.github.io/web-speech-api/). */
export interface Recognition {
  lang: string;
  continuous: boolean;
  interimResults: boolean;
  onspeechstart: (() => void) | null;
  onresult: ((event: RecognitionEvent) => void) | null;
  onerror: ((event: { error: string }) => void) | null;
  onend: (() => void) | null;
  start(): void;
  abort(): void;
}
export interface RecognitionEvent {
  resultIndex: number;
  results: ArrayLike<ArrayLike<{ transcript: string }> & { isFinal: boolean }>;
}
export type RecognitionKind = new () => Recognition;

/** `unreachable` passes when the browser's service is back. */
export type RecognitionTrouble = "not_allowed" | "language" | "unreachable";

export interface RecogniserListener {
  /** Somebody begins to speak. */
  begins(): void;
  /** What has been said; `last`: it will not change any more. */
  hears(text: string, last: boolean): void;
  /** What was being said will not go on. */
  stops(): void;
  trouble(trouble: RecognitionTrouble | null): void;
}

const FATAL: Readonly<Record<string, RecognitionTrouble>> = {
  "not-allowed": "not_allowed",
  "service-not-allowed": "not_allowed",
  "language-not-supported": "language",
};
/** Its time is up, or nobody spoke: it goes on as if nothing had been. */
const HELD_MS = 5_000;
const AT_ONCE_MS = 50;
const BACKOFF = { first_ms: 500, cap_ms: 15_000 };
/** A single failure passes unnoticed. */
const FAILURES_TOLD = 3;

/** What recognises speech here; null where the browser does not offer it. */
export function recognition(scope: unknown = globalThis): RecognitionKind | null {
  const { SpeechRecognition, webkitSpeechRecognition } = scope as Record<string, RecognitionKind | undefined>;
  return SpeechRecognition ?? webkitSpeechRecognition ?? null;
}

export class Recogniser {
  readonly #kind: RecognitionKind;
  readonly #listener: RecogniserListener;
  readonly #backoff: Backoff;
  #language: string | null = null;
  #current: Recognition | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #began_ms = 0;
  #heard = false;
  #failures = 0;

  constructor(kind: RecognitionKind, listener: RecogniserListener, random: () => number = Math.random) {
    this.#kind = kind;
    this.#listener = listener;
    this.#backoff = new Backoff({ ...BACKOFF, random });
  }

  start(language: string): void {
    this.stop();
    this.#language = language;
    this.#failures = 0;
    this.#backoff.reset();
    this.#listener.trouble(null);
    this.#begin(language);
  }

  stop(): void {
    this.#language = null;
    clearTimeout(this.#timer);
    const current = this.#current;
    this.#current = null;
    if (!current) return;
    current.onspeechstart = current.onresult = current.onerror = current.onend = null;
    current.abort();
    this.#listener.stops();
  }

  #begin(language: string): void {
    const current = new this.#kind();
    let done = 0;
    current.lang = language;
    current.continuous = current.interimResults = true;
    current.onspeechstart = () => this.#listener.begins();
    current.onresult = (event) => (done = this.#hear(event, done));
    current.onerror = ({ error }) => this.#failed(error);
    current.onend = () => this.#ended();
    this.#current = current;
    this.#began_ms = Date.now();
    this.#heard = false;
    try {
      current.start();
    } catch {
      // The one before has not let go of the microphone yet.
      this.#ended();
    }
  }

  /** Results below `done` are over; returns where they are over now. Some browsers say what is over again and again. */
  #hear({ results }: RecognitionEvent, done: number): number {
    this.#heard = true;
    if (this.#failures > 0) this.#listener.trouble(null);
    this.#failures = 0;
    let saying = "";
    for (let at = done; at < results.length; at++) {
      const result = results[at];
      const text = result?.[0]?.transcript ?? "";
      if (result?.isFinal && saying === "") {
        this.#listener.hears(text, true);
        done = at + 1;
      } else saying += text;
    }
    if (saying !== "") this.#listener.hears(saying, false);
    return done;
  }

  #failed(error: string): void {
    const fatal = FATAL[error];
    if (fatal) {
      this.stop();
      this.#listener.trouble(fatal);
    } else if (error !== "no-speech" && error !== "aborted" && ++this.#failures >= FAILURES_TOLD) this.#listener.trouble("unreachable");
  }

  #ended(): void {
    this.#current = null;
    this.#listener.stops();
    const language = this.#language;
    if (language === null) return;
    const held = this.#heard || Date.now() - this.#began_ms >= HELD_MS;
    if (held && this.#failures === 0) this.#backoff.reset();
    this.#timer = setTimeout(() => this.#begin(language), held && this.#failures === 0 ? AT_ONCE_MS : this.#backoff.next());
  }
}
