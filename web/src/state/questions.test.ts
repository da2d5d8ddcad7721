import { beforeEach, describe, expect, it } from "vitest";
import type { Question } from "../protocol";
import { Questions } from "./questions";

let questions: Questions;
const ask = (question: string, more: Partial<Question> = {}): Question => ({
  question, seq: Number(question.slice(1)), member: "other", nickname: "Ada", text: `what is ${question}?`, asked_at_ms: 0, status: "open", votes: 1, ...more,
});
const open = (): string[] => questions.ranked().open.map(({ question, votes, voted }) => `${question} ${votes}${voted ? " mine" : ""}`);

beforeEach(() => {
  questions = new Questions();
  questions.me = "me";
});

describe("the list", () => {
  it("is ranked by votes, then the older first", () => {
    questions.snapshot([ask("q3", { votes: 2 }), ask("q1", { votes: 2 }), ask("q2", { votes: 5 })], 4);
    expect(open()).toEqual(["q2 5", "q1 2", "q3 2"]);
    expect(questions.left_out).toBe(4);
    questions.votes({ question: "q3", votes: 9 });
    expect(open()[0]).toBe("q3 9");
  });
  it("has one on air, answered ones newest first, and what was put away apart", () => {
    questions.snapshot([ask("q1", { status: "on_air" }), ask("q2"), ask("q3", { status: "answered", answered: { at_ms: 5 } }), ask("q4", { status: "answered", answered: { at_ms: 9 } }), ask("q5", { status: "dismissed" }), ask("q6", { status: "merged", merged_into: "q2" })], 0);
    const { on_air, open: waiting, answered, closed } = questions.ranked();
    expect([on_air?.question, waiting.map((q) => q.question), answered.map((q) => q.question), closed.map((q) => q.question)]).toEqual(["q1", ["q2"], ["q4", "q3"], ["q6", "q5"]]);
  });
  it("follows every change, and never has two on air", () => {
    questions.event("asked", ask("q1"));
    questions.event("asked", ask("q2"));
    questions.event("taken", ask("q1", { status: "on_air", taken: { at_ms: 3 } }));
    questions.event("taken", ask("q2", { status: "on_air", taken: { at_ms: 4 } }));
    expect(questions.ranked()).toMatchObject({ on_air: { question: "q2" }, open: [{ question: "q1" }] });
    questions.event("answered", ask("q2", { status: "answered", answered: { at_ms: 6 }, answer: "Yes." }));
    questions.event("dismissed", ask("q1", { status: "dismissed" }));
    expect(questions.ranked()).toMatchObject({ on_air: null, open: [], answered: [{ answer: "Yes." }], closed: [{ question: "q1" }] });
    questions.event("reopened", ask("q1"));
    expect(open()).toEqual(["q1 1"]);
  });
  it("is the snapshot's, whatever was known", () => {
    questions.event("asked", ask("q1"));
    questions.snapshot([ask("q2")], 0);
    expect(open()).toEqual(["q2 1"]);
  });
});

describe("an own vote", () => {
  beforeEach(() => questions.snapshot([ask("q1", { votes: 3 })], 0));

  it("shows at once, and is not counted twice when the count comes", () => {
    questions.wish("q1", true);
    expect(open()).toEqual(["q1 4 mine"]);
    questions.votes({ question: "q1", votes: 4 });
    expect(open()).toEqual(["q1 4 mine"]);
    questions.agreed("q1", true);
    expect(open()).toEqual(["q1 4 mine"]);
  });
  it("does not flicker when the answer comes before the count", () => {
    questions.wish("q1", true);
    questions.agreed("q1", true);
    expect(open()).toEqual(["q1 4 mine"]);
    questions.votes({ question: "q1", votes: 4 });
    expect(open()).toEqual(["q1 4 mine"]);
    questions.votes({ question: "q1", votes: 9 });
    expect(open()).toEqual(["q1 9 mine"]);
  });
  it("is put back if it is refused", () => {
    questions.wish("q1", true);
    questions.refused("q1");
    expect(open()).toEqual(["q1 3"]);
  });
  it("can be taken back, and that too is put back if it is refused", () => {
    questions.mine(["q1"]);
    questions.wish("q1", false);
    expect(open()).toEqual(["q1 2"]);
    questions.refused("q1");
    expect(open()).toEqual(["q1 3 mine"]);
    questions.wish("q1", false);
    questions.agreed("q1", false);
    questions.votes({ question: "q1", votes: 2 });
    expect(open()).toEqual(["q1 2"]);
  });
  it("changed to and fro is as it was", () => {
    questions.wish("q1", true);
    questions.wish("q1", false);
    expect(open()).toEqual(["q1 3"]);
  });
  it("is what the welcome says; one on its way stays", () => {
    questions.wish("q1", true);
    questions.mine([]);
    expect(questions.voted("q1")).toBe(true);
    questions.agreed("q1", true);
    questions.mine([]);
    expect(questions.voted("q1")).toBe(false);
    expect(open()).toEqual(["q1 3"]);
  });
});

describe("an own question", () => {
  it("is on its way until the log has it, and is one's own vote", () => {
    questions.ask({ question: "q7", text: "?", product: null, code: null });
    expect(questions.asking).toHaveLength(1);
    questions.event("asked", ask("q7", { member: "me" }));
    expect(questions.asking).toEqual([]);
    expect(open()).toEqual(["q7 1 mine"]);
    expect(questions.get("q7")?.own).toBe(true);
  });
  it("that was refused stays with its reason until it is given up", () => {
    questions.ask({ question: "q7", text: "?", product: null, code: null });
    questions.unasked("q7", "too_many");
    expect(questions.asking).toMatchObject([{ code: "too_many" }]);
    questions.ask({ question: "q7", text: "?", product: null, code: null });
    expect(questions.asking).toMatchObject([{ code: null }]);
    questions.unasked("q7", null);
    expect(questions.asking).toEqual([]);
  });
  it("is told what became of it", () => {
    questions.tell({ question: "q7", shown: "q1", change: "taken" });
    expect(questions.told).toEqual({ question: "q7", shown: "q1", change: "taken" });
  });
});
