import { expect, it } from "vitest";
import type { HeldLine, Poll } from "../protocol";
import { notes, type Facts } from "./now";
import type { Shown } from "./questions";

const NOW = 1_000_000;
const QUIET: Facts = { held: [], questions: { on_air: null, open: [], answered: [], closed: [] }, poll: null, orders: [], guard: false };
const asked = (votes: number): Shown => ({ question: `q${votes}`, votes, text: "?" }) as Shown;
const poll = (more: Partial<Poll>): Poll => ({ voters: 7, ...more }) as Poll;

it("is silent when nothing waits", () => {
  expect(notes(QUIET, NOW)).toEqual([]);
  expect(notes({ ...QUIET, questions: { ...QUIET.questions, open: [asked(2), asked(1)] } }, NOW)).toEqual([]);
});

it("names what waits, the most pressing first, and no more than a glance holds", () => {
  const facts: Facts = {
    held: [{}, {}, {}] as HeldLine[],
    questions: { ...QUIET.questions, on_air: asked(9), open: [asked(5), asked(3), asked(1)] },
    poll: poll({ closes_at_ms: NOW + 20_000 }),
    orders: [{ title: "Bag", at_ms: NOW - 1_000 }, { title: "Belt", at_ms: NOW - 90_000 }],
    guard: true,
  };
  expect(notes(facts, NOW)).toEqual([
    { kind: "held", count: 3 }, { kind: "order", count: 1, title: "Bag" }, { kind: "poll", left_ms: 20_000, voters: 7 }, { kind: "on_air", text: "?" },
  ]);
  expect(notes({ ...facts, held: [], orders: [] }, NOW).slice(2)).toEqual([{ kind: "questions", count: 2, votes: 5 }, { kind: "guard" }]);
});

it("does not count down below nothing, and forgets a closed poll", () => {
  expect(notes({ ...QUIET, poll: poll({ closes_at_ms: NOW - 5 }) }, NOW)).toEqual([{ kind: "poll", left_ms: 0, voters: 7 }]);
  expect(notes({ ...QUIET, poll: poll({}) }, NOW)).toEqual([{ kind: "poll", left_ms: null, voters: 7 }]);
  expect(notes({ ...QUIET, poll: poll({ closed_at_ms: NOW }) }, NOW)).toEqual([]);
});
