// What a page knows of the audience: its lines, questions and polls, and what oneself may do. The rules of each are in
// the pure modules beside; here they are fed by what the connection hears, and shown at most once a frame, so that a flood
// costs a page no more than its pushes. Used by who watches and by who runs the show. Time is passed in.
import type { Heard } from "../lib/connection";
import type {
  CatchUp, ChatLine, ChatRules, Guard, HeldLine, Limits, Logged, MessageId, Poll, PollId, QuestionId, Role, ShowEvent, Standing, Welcome, YourQuestion,
} from "../protocol";
import { ChatLog, type Line, type Said, type Writer } from "./chat";
import { NO_GUARD, NO_RULES, permit, type Permit, type PermitFacts } from "./permit";
import { Polls } from "./polls";
import { Questions, type Asking, type Ranked } from "./questions";

/** A burst that nobody can listen to: lines within the last moments. */
const RUSH = { lines: 12, within_ms: 4_000 };
const HIDDEN_EVERY_MS = 500;

/** Once before the next frame; a page that is not seen has none. */
function eachFrame(publish: () => void): void {
  if (document.visibilityState === "hidden") setTimeout(publish, HIDDEN_EVERY_MS);
  else requestAnimationFrame(publish);
}

export class Crowd {
  readonly #chat = new ChatLog();
  readonly #questions = new Questions();
  readonly #polls = new Polls();
  readonly #schedule: (publish: () => void) => void;
  #scheduled = false;
  #seq = 0;
  #recent: number[] = [];

  joined = $state(false);
  role: Role = $state("viewer");
  lines: readonly Line[] = $state.raw([]);
  arrived = $state(0);
  /** More is said than can be read aloud. */
  rush = $state(false);
  pinned: ChatLine | null = $state.raw(null);
  queue: readonly HeldLine[] = $state.raw([]);
  questions: Ranked = $state.raw({ on_air: null, open: [], answered: [], closed: [] });
  left_out = $state(0);
  asking: readonly Asking[] = $state.raw([]);
  told: YourQuestion | null = $state.raw(null);
  polls: readonly Poll[] = $state.raw([]);
  poll: Poll | null = $state.raw(null);
  /** One's own in the current poll. */
  ballot: readonly number[] = $state.raw([]);
  rules: ChatRules = $state.raw(NO_RULES);
  guard: Guard = $state.raw(NO_GUARD);
  standing: Standing = $state.raw({ forbidden: false });
  limits: Limits | null = $state.raw(null);
  #came_at_ms = $state(0);
  #wrote_at_ms: number | null = $state(null);
  #waits: PermitFacts["told"] = $state.raw(null);

  constructor(schedule: (publish: () => void) => void = eachFrame) {
    this.#schedule = schedule;
  }

  apply(heard: Heard, now_ms: number): void {
    switch (heard.type) {
      case "welcome":
        return this.#welcome(heard, now_ms);
      case "event":
        this.#logged([heard], now_ms);
        break;
      case "question_votes":
        this.#questions.votes(heard);
        break;
      case "your_question":
        this.#questions.tell({ question: heard.question, shown: heard.shown, change: heard.change });
        break;
      case "poll_tally":
        this.#polls.tally(heard);
        break;
      case "guard":
        this.guard = { active: heard.active, slow_ms: heard.slow_ms, join_age_ms: heard.join_age_ms };
        return;
      case "standing":
        this.#stands(heard);
        return;
      case "held":
        this.#chat.hold(heard);
        break;
      case "held_decided":
        this.#chat.decided(heard);
        break;
      // Of the moment: what shows them listens for itself. A gap is asked about by whoever sends. The rest is the show's.
      case "reactions":
      case "caption":
      case "gap":
      case "stage":
      case "presence":
      case "stock":
      case "status":
      case "peer_closed":
      case "layers_wanted":
      case "order_changed":
        return;
      default:
        return heard satisfies never;
    }
    this.#changed();
  }

  /** Lines that had been left out. */
  missed(chat: readonly Logged[]): void {
    this.#chat.missed(chat);
    this.#changed();
  }

  /** While somebody reads further up, what they read stays. */
  reading(on: boolean): void {
    this.#chat.reading = on;
  }

  find(message: MessageId): Line | undefined {
    return this.#chat.find(message);
  }

  sending(message: MessageId, said: Said, writer: Writer, at_ms: number): void {
    this.#now(() => this.#chat.sending(message, said, writer, at_ms));
  }

  sent(message: MessageId, seq: number | undefined, server_ms: number): void {
    this.#wrote_at_ms = server_ms;
    this.#now(() => this.#chat.sent(message, seq, this.#seq));
  }

  failed(message: MessageId, code: string): void {
    this.#now(() => this.#chat.failed(message, code));
  }

  withdraw(message: MessageId): void {
    this.#now(() => this.#chat.withdraw(message));
  }

  /** The server asked to wait. */
  waits(why: "slow" | "new", until_ms: number): void {
    this.#waits = { why, until_ms };
  }

  /** Whether one may write at that instant of the server's clock. */
  permit(server_ms: number): Permit {
    const { role, rules, guard, standing } = this;
    return permit({ role, rules, guard, standing, came_at_ms: this.#came_at_ms, wrote_at_ms: this.#wrote_at_ms, told: this.#waits }, server_ms);
  }

  ask(asking: Asking): void {
    this.#now(() => this.#questions.ask(asking));
  }

  /** It is no longer on its way: refused for a reason, or (null) taken or given up. */
  unasked(question: QuestionId, code: string | null): void {
    this.#now(() => this.#questions.unasked(question, code));
  }

  wishVote(question: QuestionId, on: boolean): void {
    this.#now(() => this.#questions.wish(question, on));
  }

  voted(question: QuestionId, on: boolean | null): void {
    this.#now(() => (on === null ? this.#questions.refused(question) : this.#questions.agreed(question, on)));
  }

  hasVoted(question: QuestionId): boolean {
    return this.#questions.voted(question);
  }

  ballotOf(poll: PollId): readonly number[] {
    return this.#polls.ballot(poll);
  }

  wishBallot(poll: PollId, choices: readonly number[]): void {
    this.#now(() => this.#polls.wish(poll, choices));
  }

  balloted(poll: PollId, choices: readonly number[] | null): void {
    this.#now(() => (choices === null ? this.#polls.refused(poll) : this.#polls.agreed(poll, choices)));
  }

  #welcome(welcome: Welcome, now_ms: number): void {
    const { you, show, mine, limits } = welcome;
    this.#chat.me = this.#questions.me = you.member;
    this.role = you.role;
    this.limits = limits;
    if (!this.joined) this.#came_at_ms = welcome.clock_ms;
    this.joined = true;
    // What was missed first, then how things are now.
    this.#catchUp(welcome.catch_up, now_ms);
    this.#chat.pinned = show.pinned_line ?? null;
    this.rules = show.rules;
    this.guard = show.guard;
    this.#stands(mine.standing);
    this.#chat.holds(mine.held);
    this.#questions.mine(mine.voted);
    this.#polls.mine(mine.ballots);
    this.#publish();
  }

  #catchUp(catchUp: CatchUp, now_ms: number): void {
    if (catchUp.kind === "snapshot") {
      this.#chat.snapshot(catchUp.chat);
      this.#questions.snapshot(catchUp.questions, catchUp.questions_left_out);
      this.#polls.snapshot(catchUp.polls);
    } else {
      this.#logged(catchUp.events, now_ms);
      for (const votes of catchUp.votes) this.#questions.votes(votes);
      for (const tally of catchUp.tallies) this.#polls.tally(tally);
    }
    this.#seq = catchUp.seq;
  }

  #stands({ muted_until_ms, forbidden }: Standing): void {
    this.standing = { forbidden, ...(muted_until_ms !== undefined && { muted_until_ms }) };
  }

  /** Applies events in order; one that is not newer than the last has been applied before. */
  #logged(events: readonly Logged[], now_ms: number): void {
    for (const { seq, at_ms, event } of events) {
      if (seq <= this.#seq) continue;
      this.#seq = seq;
      this.#event(seq, at_ms, event, now_ms);
    }
  }

  #event(seq: number, at_ms: number, event: ShowEvent, now_ms: number): void {
    switch (event.kind) {
      case "chat":
        this.#recent = [...this.#recent, now_ms].slice(-RUSH.lines);
        return this.#chat.event(seq, at_ms, event);
      case "chat_deleted":
      case "chat_restored":
      case "chat_purged":
      case "chat_pinned":
      case "chat_unpinned":
        return this.#chat.event(seq, at_ms, event);
      case "rules":
        this.rules = { slow_ms: event.slow_ms, review: event.review, join_age_ms: event.join_age_ms };
        // What the server asked for was asked by the old ones.
        this.#waits = null;
        return;
      case "question":
        return this.#questions.event(event.change, event.question);
      case "poll":
        return this.#polls.event(event.change, event.poll);
      case "started":
      case "ended":
      case "pinned":
      case "unpinned":
        // The show's own.
        return;
      default:
        // A newer server may log things that this page does not know; they keep their place in the count.
        return event satisfies never;
    }
  }

  /** What the person did here is seen at once. */
  #now(change: () => void): void {
    change();
    this.#publish();
  }

  #changed(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#schedule(() => {
      this.#scheduled = false;
      this.#publish();
    });
  }

  #publish(): void {
    const [first, last] = [this.#recent[0] ?? 0, this.#recent.at(-1) ?? 0];
    this.rush = this.#recent.length === RUSH.lines && last - first < RUSH.within_ms;
    this.lines = this.#chat.lines;
    this.arrived = this.#chat.arrived;
    this.pinned = this.#chat.pinned;
    this.queue = this.#chat.queue;
    this.questions = this.#questions.ranked();
    this.left_out = this.#questions.left_out;
    this.asking = this.#questions.asking;
    this.told = this.#questions.told;
    this.polls = this.#polls.all();
    this.poll = this.#polls.current();
    this.ballot = this.poll ? this.#polls.ballot(this.poll.poll) : [];
  }
}
