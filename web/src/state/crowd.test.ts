import { beforeEach, describe, expect, it } from "vitest";
import { delta, LIMITS, MINE, SHOW, snapshot } from "../lib/fakes";
import type { Heard } from "../lib/connection";
import type { ChatLine, Logged, Poll, Question } from "../protocol";
import { Crowd } from "./crowd.svelte";

type Welcome = Extract<Heard, { type: "welcome" }>;
const line = (message: string, member = "other"): ChatLine => ({ message, member, nickname: "Ada", role: "viewer", text: message });
const said = (seq: number): Logged => ({ seq, at_ms: seq, event: { kind: "chat", ...line(`m${seq}`) } });
const event = (seq: number, what: Logged["event"]): Heard => ({ type: "event", seq, at_ms: seq, event: what });
const question: Question = { question: "q", seq: 2, member: "other", nickname: "Ada", text: "?", asked_at_ms: 0, status: "open", votes: 1 };
const poll: Poll = { poll: "p", seq: 3, text: "?", choices: [{ text: "a" }, { text: "b" }], multiple: false, results: "live", quiz: false, opened_at_ms: 0, pinned: false, voters: 0 };
const welcome = (change: Partial<Welcome> = {}): Welcome => ({
  type: "welcome", id: 1, version: 1, session: "x", token: "t", clock_ms: 5_000, limits: LIMITS, show: SHOW,
  you: { member: "me", role: "viewer", nickname: "Me" }, catch_up: snapshot(), mine: MINE, ...change,
});

let crowd: Crowd;
const hear = (...heard: Heard[]): void => heard.forEach((one) => crowd.apply(one, 0));

beforeEach(() => {
  crowd = new Crowd((publish) => publish());
});

describe("a welcome", () => {
  it("brings all of it", () => {
    const snap = { kind: "snapshot", seq: 9, chat: [said(1)], questions: [question], questions_left_out: 3, polls: [poll] } as const;
    hear(welcome({
      catch_up: { ...snap, chat: [...snap.chat], questions: [...snap.questions], polls: [...snap.polls] },
      show: { ...SHOW, pinned_line: line("m1"), rules: { slow_ms: 5, review: true, join_age_ms: 0 }, guard: { active: true, slow_ms: 9, join_age_ms: 0 } },
      mine: { voted: ["q"], ballots: [{ poll: "p", choices: [1] }], held: [{ at_ms: 1, reason: "review", line: line("h", "me") }], standing: { forbidden: true, muted_until_ms: 7 } },
    }));
    expect(crowd).toMatchObject({ joined: true, left_out: 3, pinned: { message: "m1" }, rules: { review: true }, guard: { active: true }, standing: { forbidden: true, muted_until_ms: 7 }, ballot: [1], poll: { poll: "p" } });
    expect(crowd.questions.open[0]).toMatchObject({ voted: true, votes: 1 });
    expect(crowd.lines.map(({ delivery }) => delivery)).toEqual(["sent", "held"]);
  });
  it("with a delta adds what was missed, once, and how things stand now", () => {
    hear(welcome({ catch_up: { ...snapshot(3, [said(1)]), questions: [question], polls: [poll] } as Welcome["catch_up"] }));
    hear(welcome({
      catch_up: { ...delta(6, [said(1), said(4), { seq: 5, at_ms: 0, event: { kind: "chat_deleted", message: "m1" } }, { seq: 6, at_ms: 0, event: { kind: "question", change: "taken", question: { ...question, status: "on_air" } } }]), votes: [{ question: "q", votes: 8 }], tallies: [{ poll: "p", voters: 4, counts: [3, 1] }] } as Welcome["catch_up"],
    }));
    expect(crowd.lines.map(({ message }) => message)).toEqual(["m4"]);
    expect(crowd.questions.on_air).toMatchObject({ votes: 8 });
    expect(crowd.poll).toMatchObject({ voters: 4, counts: [3, 1] });
    hear(event(6, { kind: "chat", ...line("again") }), event(7, { kind: "chat", ...line("new") }));
    expect(crowd.lines.map(({ message }) => message)).toEqual(["m4", "new"]);
  });
  it("with a snapshot forgets what a restored server does not know", () => {
    hear(welcome({ catch_up: { ...snapshot(9, [said(8)]), questions: [question], polls: [poll] } as Welcome["catch_up"] }));
    hear(welcome({ catch_up: snapshot(2, [said(2)]) }));
    expect(crowd).toMatchObject({ polls: [], questions: { open: [] } });
    expect(crowd.lines.map(({ message }) => message)).toEqual(["m2"]);
  });
});

it("follows every event of its own, and keeps its count with the others", () => {
  hear(welcome());
  hear(
    event(1, { kind: "started" }), event(2, { kind: "question", change: "asked", question }), event(3, { kind: "poll", change: "opened", poll }),
    event(4, { kind: "chat", ...line("a") }), event(5, { kind: "chat_pinned", line: line("a") }), event(6, { kind: "rules", slow_ms: 1_000, review: false, join_age_ms: 0 }),
  );
  expect(crowd).toMatchObject({ pinned: { message: "a" }, rules: { slow_ms: 1_000 }, poll: { poll: "p" }, arrived: 1, questions: { open: [{ question: "q" }] } });
  hear(
    event(7, { kind: "chat_unpinned", message: "a" }), event(8, { kind: "chat_deleted", message: "a" }), event(9, { kind: "chat_restored", line_seq: 4, line_at_ms: 4, line: line("a") }),
    event(10, { kind: "unpinned", product: "x" }), event(11, { kind: "chat_purged", member: "other" }), event(12, { kind: "ended" }),
    { type: "event", seq: 13, at_ms: 0, event: { kind: "fireworks" } } as unknown as Heard,
  );
  expect(crowd).toMatchObject({ pinned: null, lines: [] });
});

it("follows every state of its own, and leaves the others be", () => {
  hear(welcome(), event(1, { kind: "question", change: "asked", question }), event(2, { kind: "poll", change: "opened", poll }));
  hear({ type: "question_votes", question: "q", votes: 5 }, { type: "poll_tally", poll: "p", voters: 2, counts: [2, 0] });
  hear({ type: "your_question", question: "q", shown: "q", change: "taken" }, { type: "guard", active: true, slow_ms: 3, join_age_ms: 0 });
  hear({ type: "held", at_ms: 0, reason: "filter", line: line("h", "me") }, { type: "standing", forbidden: true });
  expect(crowd).toMatchObject({ questions: { open: [{ votes: 5 }] }, poll: { voters: 2 }, told: { change: "taken" }, guard: { active: true }, standing: { forbidden: true }, lines: [{ delivery: "held" }] });
  hear({ type: "held_decided", message: "h", approved: false });
  expect(crowd.lines).toMatchObject([{ delivery: "declined" }]);
  const before = JSON.stringify(crowd.lines);
  hear(
    { type: "reactions", counts: [] }, { type: "caption", at_ms: 0, language: "it", text: "x", last: true }, { type: "gap", from_seq: 1, to_seq: 2 }, { type: "presence", viewers: 1, peak: 1, total: 1 },
    { type: "stock", product: "x", as_of: 1, for_sale: true, variants: [] }, { type: "status", status: "open", code: null }, { type: "peer_closed", peer: "x", reason: "closed" },
    { type: "layers_wanted", peer: "x", count: 1 }, { type: "stage", on_air: "live", video: true, audio: true, source: "camera" },
  );
  expect(JSON.stringify(crowd.lines)).toBe(before);
});

describe("a flood", () => {
  it("is shown once a frame, and what oneself does at once", () => {
    const frames: (() => void)[] = [];
    crowd = new Crowd((publish) => void frames.push(publish));
    hear(welcome());
    for (let seq = 1; seq <= 50; seq++) hear(event(seq, { kind: "chat", ...line(`m${seq}`) }));
    expect(frames).toHaveLength(1);
    expect(crowd.lines).toHaveLength(0);
    frames[0]?.();
    expect(crowd.lines).toHaveLength(50);
    crowd.sending("mine", { text: "hi" }, { member: "me", nickname: "Me", role: "viewer" }, 0);
    expect(crowd.lines).toHaveLength(51);
  });
  it("is not read aloud", () => {
    hear(welcome());
    for (let seq = 1; seq <= 20; seq++) crowd.apply(event(seq, { kind: "chat", ...line(`m${seq}`) }), seq * 100);
    expect(crowd.rush).toBe(true);
    for (let seq = 21; seq <= 40; seq++) crowd.apply(event(seq, { kind: "chat", ...line(`m${seq}`) }), seq * 2_000);
    expect(crowd.rush).toBe(false);
  });
});

describe("whether one may write", () => {
  it("follows the slow mode from one's last line, and new rules", () => {
    hear(welcome({ show: { ...SHOW, rules: { slow_ms: 10_000, review: false, join_age_ms: 0 } } }));
    expect(crowd.permit(20_000)).toEqual({ may: true });
    crowd.sending("a", { text: "a" }, { member: "me", nickname: "Me", role: "viewer" }, 0);
    crowd.sent("a", 1, 20_000);
    expect(crowd.permit(20_001)).toEqual({ may: false, why: "slow", until_ms: 30_000 });
    crowd.waits("new", 60_000);
    expect(crowd.permit(40_000)).toMatchObject({ may: false, why: "new" });
    hear(event(1, { kind: "rules", slow_ms: 0, review: false, join_age_ms: 0 }));
    expect(crowd.permit(20_001)).toEqual({ may: true });
  });
});
