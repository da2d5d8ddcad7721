import { beforeEach, describe, expect, it } from "vitest";
import type { Poll } from "../protocol";
import { bars, Polls, pressed } from "./polls";

let polls: Polls;
const poll = (id: string, more: Partial<Poll> = {}): Poll => ({
  poll: id, seq: Number(id.slice(1)), text: "Which?", choices: [{ text: "black" }, { text: "chestnut", product: "p" }, { text: "green" }], multiple: false, results: "live", quiz: false,
  opened_at_ms: 0, pinned: false, voters: 0, counts: [0, 0, 0], ...more,
});
const bar = (of: Poll, ballot: number[] = []): string[] => bars(of, ballot).map(({ percent, chosen, right, first }) => `${percent}${chosen ? " mine" : ""}${right === null ? "" : right ? " right" : " wrong"}${first ? " first" : ""}`);

beforeEach(() => {
  polls = new Polls();
});

describe("the poll to show", () => {
  it("is the pinned one, else the newest that is open, else none", () => {
    expect(polls.current()).toBeNull();
    polls.snapshot([poll("p1"), poll("p2"), poll("p3", { closed_at_ms: 5 })]);
    expect(polls.current()?.poll).toBe("p2");
    polls.event("pinned", poll("p3", { closed_at_ms: 5, pinned: true }));
    expect(polls.current()?.poll).toBe("p3");
    polls.event("pinned", poll("p1", { pinned: true }));
    expect(polls.get("p3")?.pinned).toBe(false);
    polls.event("unpinned", poll("p1"));
    polls.event("closed", poll("p1", { closed_at_ms: 6 }));
    polls.event("closed", poll("p2", { closed_at_ms: 6 }));
    expect(polls.current()).toBeNull();
    polls.event("reopened", poll("p1"));
    expect(polls.all().map((one) => one.poll)).toEqual(["p3", "p2", "p1"]);
    expect(polls.current()?.poll).toBe("p1");
  });
  it("follows the votes; results that are not told stay hidden", () => {
    polls.event("opened", poll("p1"));
    polls.tally({ poll: "p1", voters: 4, counts: [1, 3, 0] });
    polls.tally({ poll: "p9", voters: 1 });
    expect(polls.get("p1")).toMatchObject({ voters: 4, counts: [1, 3, 0] });
    polls.event("opened", { ...poll("p2", { results: "after" }), counts: undefined });
    polls.tally({ poll: "p2", voters: 7 });
    expect(polls.get("p2")?.counts).toBeUndefined();
    expect(bar(polls.get("p2") as Poll)).toEqual(["null", "null", "null"]);
  });
});

describe("a ballot", () => {
  beforeEach(() => polls.snapshot([poll("p1")]));

  it("shows at once and stays when it is taken", () => {
    polls.wish("p1", [1]);
    expect(polls.ballot("p1")).toEqual([1]);
    polls.agreed("p1", [1]);
    expect(polls.ballot("p1")).toEqual([1]);
  });
  it("is put back if it is refused", () => {
    polls.mine([{ poll: "p1", choices: [0] }]);
    polls.wish("p1", [2]);
    polls.refused("p1");
    expect(polls.ballot("p1")).toEqual([0]);
  });
  it("changed while the first was on its way is the last", () => {
    polls.wish("p1", [1]);
    polls.wish("p1", [2]);
    polls.agreed("p1", [1]);
    expect(polls.ballot("p1")).toEqual([2]);
    polls.agreed("p1", [2]);
    expect(polls.ballot("p1")).toEqual([2]);
  });
  it("that came too late is what was taken before", () => {
    polls.agreed("p1", [0]);
    polls.wish("p1", [2]);
    polls.event("closed", poll("p1", { closed_at_ms: 1 }));
    expect(polls.ballot("p1")).toEqual([0]);
  });
  it.each([
    [false, [], 2, [2]],
    [false, [0], 2, [2]],
    [true, [2], 0, [0, 2]],
    [true, [0, 2], 0, [2]],
    [true, [0], 0, [0]],
  ] as const)("with several %s, %j and %i pressed is %j", (multiple, ballot, choice, then) => {
    expect(pressed({ multiple }, ballot, choice)).toEqual(then);
  });
});

describe("bars", () => {
  it("are parts of all who voted", () => {
    expect(bar(poll("p1", { voters: 3, counts: [1, 2, 0] }), [1])).toEqual(["33", "67 mine", "0"]);
    expect(bar(poll("p1", { voters: 2, counts: [2, 2, 1], multiple: true }))).toEqual(["100", "100", "50"]);
    expect(bar(poll("p1"))).toEqual(["0", "0", "0"]);
  });
  it("say the most only when it is over", () => {
    expect(bar(poll("p1", { voters: 3, counts: [1, 2, 0], closed_at_ms: 9 }))).toEqual(["33", "67 first", "0"]);
    expect(bar(poll("p1", { closed_at_ms: 9 }))).toEqual(["0", "0", "0"]);
  });
  it("of a quiz say what was right, and not before", () => {
    const quiz = poll("p1", { quiz: true, voters: 2, counts: [1, 1, 0] });
    expect(bar(quiz, [0])).toEqual(["50 mine", "50", "0"]);
    expect(bar({ ...quiz, closed_at_ms: 9, right: 1 }, [0])).toEqual(["50 mine wrong first", "50 right first", "0 wrong"]);
  });
});
