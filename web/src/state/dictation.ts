// What somebody says becomes captions, pure. Recognition says a sentence again with each word; what is told of it is as much as the
// server takes and only what has changed. A sentence that is too long is cut between words, and what was cut off stays.

export interface Spoken {
  text: string;
  /** It will not change any more. */
  last: boolean;
  /** How long ago it was said. */
  ago_ms: number;
}
export interface DictationLimits {
  caption_chars: number;
  caption_interval_ms: number;
}

/** What waits longer than the show has gone on: the oldest give way. */
const QUEUE = 8;
/** What sounds like somebody speaking and brings no word for so long was something else. */
const LAG_AT_MOST_MS = 2_000;
/** More the server does not believe. */
const AGO_AT_MOST_MS = 5_000;

interface Waiting {
  text: string;
  heard_ms: number;
}

export class Dictation {
  readonly #words: Intl.Segmenter;
  readonly #limits: DictationLimits;
  /** Wholes that wait. */
  #wholes: Waiting[] = [];
  /** The rest of the sentence that is being said. */
  #saying: Waiting | null = null;
  /** Of the sentence that is being said, so many pieces were wholes already. */
  #cut = 0;
  /** The last of it that was told. */
  #told = "";
  #told_at_ms = -Infinity;
  #began_ms: number | null = null;
  #lag_ms = 0;

  constructor(language: string, limits: DictationLimits) {
    this.#words = new Intl.Segmenter(language, { granularity: "word" });
    this.#limits = limits;
  }

  /** Somebody begins to speak: from here to the first words is what recognition takes. */
  begins(now_ms: number): void {
    this.#began_ms = now_ms;
  }

  /** The sentence as it is known now; `last`: for good. */
  hear(text: string, last: boolean, now_ms: number): void {
    if (this.#began_ms !== null) this.#lag_ms = Math.min(LAG_AT_MOST_MS, Math.max(0, now_ms - this.#began_ms));
    this.#began_ms = null;
    const pieces = cut(text.trim().replace(/\s+/gu, " "), this.#limits.caption_chars, this.#words);
    const whole = last ? pieces.length : Math.max(0, pieces.length - 1);
    for (const piece of pieces.slice(this.#cut, whole)) this.#wholes.push({ text: piece, heard_ms: now_ms });
    this.#wholes = this.#wholes.slice(-QUEUE);
    if (whole > this.#cut) this.#told = "";
    this.#cut = last ? 0 : Math.max(this.#cut, whole);
    const rest = last ? undefined : pieces[this.#cut];
    this.#saying = rest === undefined ? null : { text: rest, heard_ms: now_ms };
  }

  /** No more of this sentence will come: what was understood of it stands. */
  stops(now_ms: number): void {
    if (this.#saying) this.#wholes.push({ ...this.#saying, heard_ms: now_ms });
    this.#saying = null;
    this.#cut = 0;
    this.#told = "";
    this.#began_ms = null;
  }

  /** Nobody can be told: what comes late is of no use. */
  miss(): void {
    this.#wholes = [];
    this.#saying = null;
  }

  /** What is to be told now, if anything. */
  next(now_ms: number): Spoken | null {
    const due = this.due_ms;
    if (due === null || now_ms < due) return null;
    const whole = this.#wholes.shift();
    const { text, heard_ms } = (whole ?? this.#saying) as Waiting;
    if (!whole) this.#told = text;
    this.#told_at_ms = now_ms;
    return { text, last: whole !== undefined, ago_ms: Math.min(AGO_AT_MOST_MS, this.#lag_ms + now_ms - heard_ms) };
  }

  /** When there is something to tell; null: nothing waits. */
  get due_ms(): number | null {
    const waits = this.#wholes.length > 0 || (this.#saying !== null && this.#saying.text !== this.#told);
    return waits ? this.#told_at_ms + this.#limits.caption_interval_ms : null;
  }
}

/** In pieces of at most `chars` characters, between words if there are any. The first ones do not change when the text goes on. */
function cut(text: string, chars: number, words: Intl.Segmenter): string[] {
  const pieces: string[] = [];
  let piece = "";
  let length = 0;
  const end = (): void => {
    if (piece.trim() !== "") pieces.push(piece.trim());
    piece = "";
    length = 0;
  };
  for (const { segment } of words.segment(text)) {
    const characters = [...segment];
    if (length + characters.length > chars) end();
    for (let at = 0; at < characters.length; at += chars) {
      if (at > 0) end();
      const some = characters.slice(at, at + chars);
      piece += some.join("");
      length += some.length;
    }
  }
  end();
  return pieces;
}
