import { beforeEach, expect, it } from "vitest";
import type { Request } from "../lib/connection";
import { LIMITS, MINE, SHOW, snapshot } from "../lib/fakes";
import type { HeldLine, Question } from "../protocol";
import type { Aboard } from "./aboard.svelte";
import type { Captioning } from "./captioning.svelte";
import { Cockpit } from "./cockpit.svelte";
import { Crowd } from "./crowd.svelte";
import { ShowStore } from "./show.svelte";

let asked: Request[];
let cockpit: Cockpit;
const question = (id: string, votes: number, status: Question["status"] = "open"): Question => ({ question: id, seq: votes, member: `v${id}`, nickname: id, text: id, asked_at_ms: 0, status, votes });
const held = (id: string): HeldLine => ({ at_ms: 1, reason: "review", line: { message: id, member: "v", nickname: "Ada", role: "viewer", text: id } });
const chat = (seq: number, role: "viewer" | "host") => ({ seq, at_ms: 0, event: { kind: "chat" as const, message: `m${seq}`, member: `v${seq}`, nickname: "Ada", role, text: "hi" } });

beforeEach(() => {
  asked = [];
  const crowd = new Crowd((publish) => publish());
  crowd.apply({
    type: "welcome", id: 1, version: 1, session: "x", token: "t", clock_ms: 0, limits: LIMITS, show: SHOW, you: { member: "me", role: "host", nickname: null },
    catch_up: { ...snapshot(2, [chat(1, "viewer"), chat(2, "host")]), questions: [question("a", 2), question("b", 9), question("air", 1, "on_air")] } as ReturnType<typeof snapshot>,
    mine: { ...MINE, held: [held("h1"), held("h2")] },
  }, 0);
  const show = new ShowStore({ slug: "demo", title: "", shop: "", status: "live", scheduled_at_ms: null });
  cockpit = new Cockpit({ crowd, show, ask: async (request: Request) => (asked.push(request), null), people: async () => [] } as unknown as Aboard);
});

it("takes the most wanted question when none is chosen, and answers the one on air", () => {
  cockpit.act("take");
  cockpit.act("answer_aloud");
  expect(asked).toEqual([{ type: "question_take", question: "b" }, { type: "question_answer", question: "air" }]);
});

it("destroys nothing that was not chosen", () => {
  for (const action of ["dismiss", "forbid", "merge", "delete", "mute", "ban"] as const) expect(cockpit.act(action)).toBe(false);
  expect([asked, cockpit.sheet]).toEqual([[], null]);
});

it("goes through the questions, the one on air first", () => {
  cockpit.act("go_questions");
  expect(cockpit.question).toBe("air");
  cockpit.act("next");
  expect(cockpit.question).toBe("b");
  cockpit.act("dismiss");
  expect(asked).toEqual([{ type: "question_dismiss", question: "b" }]);
  expect(cockpit.question).toBeNull();
});

it("decides about waiting lines from the oldest on", () => {
  cockpit.act("approve");
  expect(cockpit.held).toBe("h2");
  cockpit.act("reject");
  expect(asked).toEqual([{ type: "chat_decide", message: "h1", approve: true }]);
  expect(cockpit.waiting.map(({ line }) => line.message)).toEqual(["h1"]);
});

it("sends nobody of the staff away", () => {
  cockpit.act("go_chat");
  expect([cockpit.tab, cockpit.line]).toEqual(["chat", "m2"]);
  expect(cockpit.act("ban")).toBe(false);
  cockpit.act("previous");
  expect(cockpit.act("ban")).toBe(true);
  expect(cockpit.sheet).toMatchObject({ kind: "ban", who: { member: "v1" } });
});

it("offers what there is, and does nothing else", () => {
  expect((["microphone", "camera", "captions", "crew", "remote"] as const).map((action) => [cockpit.offers(action), cockpit.act(action)])).toEqual(Array(5).fill([false, false]));
  const toggled: string[] = [];
  const devices = { toggle: (kind: string) => void toggled.push(kind) };
  const filming = (offered: boolean): Cockpit => new Cockpit(cockpit.aboard, null, { devices, captioning: { offered } as Captioning });
  expect([filming(true).offers("captions"), filming(false).offers("captions")]).toEqual([true, false]);
  const desk = filming(true);
  desk.act("camera");
  desk.act("captions");
  expect([toggled, desk.sheet]).toEqual([["camera"], { kind: "captions" }]);
  for (const kind of ["crew", "remote", "rules"] as const) expect([desk.act(kind), desk.sheet]).toEqual([true, { kind }]);
  expect([cockpit.act("rules"), cockpit.sheet]).toEqual([true, { kind: "rules" }]);
});
