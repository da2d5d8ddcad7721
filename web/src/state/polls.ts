// The polls of a show, pure. The ballot shows at once and is put back if it is refused.
import type { Poll, PollBallot, PollChange, PollId, PollTally } from "../protocol";

export interface Bar {
  /** Number of the choice. */
  choice: number;
  text: string;
  product: string | null;
  /** Null as long as results are not to be seen. */
  count: number | null;
  /** Of all who voted, 0 to 100. */
  percent: number | null;
  chosen: boolean;
  /** Null unless the quiz is over. */
  right: boolean | null;
  /** It has the most votes of all, and results are final. */
  first: boolean;
}

export class Polls {
  #known = new Map<PollId, Poll>();
  #ballots = new Map<PollId, readonly number[]>();
  #wishes = new Map<PollId, readonly number[]>();

  snapshot(polls: readonly Poll[]): void {
    this.#known = new Map(polls.map((poll) => [poll.poll, poll]));
    this.#wishes.clear();
  }

  event(change: PollChange, poll: Poll): void {
    // One at a time is over the picture.
    if (poll.pinned) for (const [id, other] of this.#known) if (other.pinned && id !== poll.poll) this.#known.set(id, { ...other, pinned: false });
    // An event is for everybody: it leaves out the counts that staff was told apart.
    const counts = this.#known.get(poll.poll)?.counts;
    this.#known.set(poll.poll, { ...(counts && { counts }), ...poll });
    if (change === "closed") this.#wishes.delete(poll.poll);
  }

  tally({ poll, voters, counts }: PollTally): void {
    const known = this.#known.get(poll);
    if (known) this.#known.set(poll, { ...known, voters, ...(counts && { counts }) });
  }

  mine(ballots: readonly PollBallot[]): void {
    this.#ballots = new Map(ballots.map(({ poll, choices }) => [poll, choices]));
  }

  wish(poll: PollId, choices: readonly number[]): void {
    this.#wishes.set(poll, choices);
  }

  agreed(poll: PollId, choices: readonly number[]): void {
    this.#ballots.set(poll, choices);
    if (this.#wishes.get(poll)?.join() === choices.join()) this.#wishes.delete(poll);
  }

  refused(poll: PollId): void {
    this.#wishes.delete(poll);
  }

  /** What one has chosen, as far as one can tell. */
  ballot(poll: PollId): readonly number[] {
    return this.#wishes.get(poll) ?? this.#ballots.get(poll) ?? [];
  }

  get(poll: PollId): Poll | null {
    return this.#known.get(poll) ?? null;
  }

  /** The newest first. */
  all(): Poll[] {
    return [...this.#known.values()].sort((a, b) => b.seq - a.seq);
  }

  /** The one to show: what is pinned, else the newest that is open. */
  current(): Poll | null {
    const all = this.all();
    return all.find(({ pinned }) => pinned) ?? all.find(({ closed_at_ms }) => closed_at_ms === undefined) ?? null;
  }
}

/** What pressing a choice makes of the ballot: with several, each by itself; but a ballot is never empty. */
export function pressed(poll: Pick<Poll, "multiple">, ballot: readonly number[], choice: number): readonly number[] {
  if (!poll.multiple) return [choice];
  const without = ballot.filter((one) => one !== choice);
  if (without.length === ballot.length) return [...ballot, choice].sort((a, b) => a - b);
  return without.length > 0 ? without : ballot;
}

export function bars(poll: Poll, ballot: readonly number[]): Bar[] {
  const closed = poll.closed_at_ms !== undefined;
  const counts = poll.counts ?? null;
  const most = Math.max(0, ...(counts ?? []));
  return poll.choices.map(({ text, product = null }, choice) => {
    const count = counts?.[choice] ?? null;
    return {
      choice, text, product, count,
      percent: count === null ? null : poll.voters > 0 ? Math.min(100, Math.round((100 * count) / poll.voters)) : 0,
      chosen: ballot.includes(choice),
      right: closed && poll.right !== undefined ? poll.right === choice : null,
      first: closed && count !== null && count > 0 && count === most,
    };
  });
}
