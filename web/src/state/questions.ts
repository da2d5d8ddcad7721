// The questions of the audience, pure. The server's word is what counts; an own vote shows at once and is put back if it
// is refused.
import type { MemberId, ProductId, Question, QuestionChange, QuestionId, QuestionVotes, YourQuestion } from "../protocol";

/** An own question on its way; it keeps its id until it is answered. */
export interface Asking {
  question: QuestionId;
  text: string;
  product: ProductId | null;
  /** Why it did not arrive, if it did not. */
  code: string | null;
}
/** A question as a page shows it. */
export interface Shown extends Question {
  own: boolean;
  voted: boolean;
}
export interface Ranked {
  on_air: Shown | null;
  /** By votes, then the older first. */
  open: Shown[];
  /** The newest first. */
  answered: Shown[];
  /** Put away or merged: for staff, who may take it back. The newest first. */
  closed: Shown[];
}

interface Wish {
  on: boolean;
  /** Whether the server's count has it, as far as one can know. */
  counted: boolean;
  /** Whether the server took it. */
  agreed: boolean;
}

export class Questions {
  me: MemberId = "";
  /** How many open ones a snapshot was too small for. */
  left_out = 0;
  /** What last became of one's own. */
  told: YourQuestion | null = null;
  asking: readonly Asking[] = [];
  #known = new Map<QuestionId, Question>();
  #voted = new Set<QuestionId>();
  #wishes = new Map<QuestionId, Wish>();

  snapshot(questions: readonly Question[], left_out: number): void {
    this.#known = new Map();
    this.#wishes.clear();
    // The same may be there twice, first as it was.
    for (const question of questions) this.#known.set(question.question, question);
    this.left_out = left_out;
  }

  event(change: QuestionChange, question: Question): void {
    if (question.status === "on_air")
      for (const [id, other] of this.#known)
        if (other.status === "on_air" && id !== question.question) this.#known.set(id, { ...other, status: "open" });
    this.#known.set(question.question, question);
    if (change !== "asked") return;
    this.asking = this.asking.filter((one) => one.question !== question.question);
    if (question.member === this.me) this.#voted.add(question.question);
  }

  votes({ question, votes }: QuestionVotes): void {
    const known = this.#known.get(question);
    if (known) this.#known.set(question, { ...known, votes });
    const wish = this.#wishes.get(question);
    if (wish?.agreed) this.#wishes.delete(question);
    else if (wish) wish.counted = true;
  }

  /** What a welcome says of one's own votes. */
  mine(voted: readonly QuestionId[]): void {
    this.#voted = new Set(voted);
    for (const [question, wish] of this.#wishes) if (wish.agreed) this.#wishes.delete(question);
  }

  tell(told: YourQuestion): void {
    this.told = told;
  }

  wish(question: QuestionId, on: boolean): void {
    this.#wishes.set(question, { on, counted: this.#voted.has(question) === on, agreed: false });
  }

  /** The server took the vote, or took it back. */
  agreed(question: QuestionId, on: boolean): void {
    if (on) this.#voted.add(question);
    else this.#voted.delete(question);
    const wish = this.#wishes.get(question);
    if (wish?.on !== on) return;
    if (wish.counted) this.#wishes.delete(question);
    else wish.agreed = true;
  }

  /** It refused: everything is as it was. */
  refused(question: QuestionId): void {
    this.#wishes.delete(question);
  }

  voted(question: QuestionId): boolean {
    return this.#wishes.get(question)?.on ?? this.#voted.has(question);
  }

  ask(asking: Asking): void {
    this.asking = [...this.asking.filter((one) => one.question !== asking.question), asking];
  }

  unasked(question: QuestionId, code: string | null): void {
    this.asking = this.asking.flatMap((one) => (one.question !== question ? one : code === null ? [] : { ...one, code }));
  }

  get(question: QuestionId): Shown | null {
    const found = this.#known.get(question);
    return found ? this.#shown(found) : null;
  }

  ranked(): Ranked {
    const all = [...this.#known.values()].map((question) => this.#shown(question));
    const of = (...statuses: Question["status"][]): Shown[] => all.filter(({ status }) => statuses.includes(status));
    return {
      on_air: of("on_air")[0] ?? null,
      open: of("open").sort((a, b) => b.votes - a.votes || a.seq - b.seq),
      answered: of("answered").sort((a, b) => (b.answered?.at_ms ?? 0) - (a.answered?.at_ms ?? 0) || b.seq - a.seq),
      closed: of("dismissed", "merged").sort((a, b) => b.seq - a.seq),
    };
  }

  #shown(question: Question): Shown {
    const wish = this.#wishes.get(question.question);
    const more = wish && !wish.counted ? (wish.on ? 1 : -1) : 0;
    return { ...question, votes: Math.max(0, question.votes + more), own: question.member === this.me, voted: this.voted(question.question) };
  }
}
