// What somebody of the audience does: asks, votes, feels. Shown at once, put back if refused; ids are kept until answered.
// Each resolves to null, or to why not: a refusal code or one of the connection's.
import type { Connection, Heard } from "../lib/connection";
import { uuid } from "../lib/uuid";
import type { Poll, ProductId, QuestionId, Reaction } from "../protocol";
import type { Crowd } from "./crowd.svelte";
import { Gaps } from "./gaps";
import { pressed } from "./polls";
import { OwnReactions } from "./reactions";
import { codeOf, UNANSWERED, type Talk } from "./talk";
import type { Unsent } from "./unsent";

const DEFAULT_REACTION_MS = 500;

export class Audience {
  readonly reactions = new OwnReactions();
  readonly #connection: Pick<Connection, "request" | "serverNow">;
  readonly #crowd: Crowd;
  readonly #talk: Talk;
  readonly #unsent: Unsent;
  /** What is wanted, of what is being asked for. */
  readonly #votes = new Map<QuestionId, boolean>();
  readonly #ballots = new Map<string, readonly number[]>();
  #reacting = false;
  #tookUp = false;

  readonly #gaps: Gaps;

  constructor(connection: Pick<Connection, "request" | "serverNow">, crowd: Crowd, talk: Talk, unsent: Unsent) {
    this.#connection = connection;
    this.#crowd = crowd;
    this.#talk = talk;
    this.#unsent = unsent;
    this.#gaps = new Gaps((request) => connection.request(request), (chat) => crowd.missed(chat));
  }

  hear(heard: Heard): void {
    this.#gaps.hear(heard);
    if (heard.type === "welcome" && !this.#tookUp) this.#takeUp();
  }

  async ask(text: string, product: ProductId | null, question: QuestionId = uuid()): Promise<string | null> {
    this.#unsent.keep({ kind: "question", id: question, text, product });
    this.#crowd.ask({ question, text, product, code: null });
    let code: string | null = null;
    try {
      await this.#talk.introduce();
      await this.#connection.request({ type: "question_ask", question, text, ...(product && { product }) });
    } catch (error) {
      code = codeOf(error);
    }
    if (code === null || !UNANSWERED.includes(code)) this.#unsent.answered(question);
    this.#crowd.unasked(question, code);
    return code;
  }

  /** Gives up a question that did not arrive. */
  unask(question: QuestionId): void {
    this.#unsent.answered(question);
    this.#crowd.unasked(question, null);
  }

  /** The last word counts, however often it is pressed meanwhile. */
  async vote(question: QuestionId, on: boolean): Promise<string | null> {
    this.#crowd.wishVote(question, on);
    return this.#latest(this.#votes, question, on, async (want) => {
      await this.#connection.request({ type: want ? "question_vote" : "question_unvote", question });
      this.#crowd.voted(question, want);
    }, () => this.#crowd.voted(question, null));
  }

  async choose(poll: Poll, choice: number): Promise<string | null> {
    const choices = pressed(poll, this.#crowd.ballotOf(poll.poll), choice);
    this.#crowd.wishBallot(poll.poll, choices);
    return this.#latest(this.#ballots, poll.poll, choices, async (want) => {
      await this.#connection.request({ type: "poll_vote", poll: poll.poll, choices: [...want] });
      this.#crowd.balloted(poll.poll, want);
    }, () => this.#crowd.balloted(poll.poll, null));
  }

  react(reaction: Reaction): void {
    this.reactions.press(reaction);
    if (!this.#reacting) void this.#react();
  }

  /** One request at a time per thing; when it is answered and another is wanted by then, that one. */
  async #latest<T>(wanted: Map<string, T>, key: string, want: T, ask: (want: T) => Promise<void>, putBack: () => void): Promise<string | null> {
    const busy = wanted.has(key);
    wanted.set(key, want);
    if (busy) return null;
    try {
      for (let asked: T | undefined; asked !== wanted.get(key); ) {
        asked = wanted.get(key) as T;
        await ask(asked);
      }
      return null;
    } catch (error) {
      putBack();
      return codeOf(error);
    } finally {
      wanted.delete(key);
    }
  }

  /** At the server's pace; a lost heart is no loss. */
  async #react(): Promise<void> {
    this.#reacting = true;
    while (this.reactions.waiting) {
      const next = this.reactions.take(Date.now());
      if (next) this.#connection.request({ type: "react", ...next }).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, this.#crowd.limits?.reaction_interval_ms ?? DEFAULT_REACTION_MS));
    }
    this.#reacting = false;
  }

  /** What a reload interrupted. */
  #takeUp(): void {
    this.#tookUp = true;
    for (const thing of this.#unsent.all())
      if (thing.kind === "line") void this.#talk.deliver(thing.id, thing.said);
      else void this.ask(thing.text, thing.product, thing.id);
  }
}
