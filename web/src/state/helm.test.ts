import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Request } from "../lib/connection";
import { LIMITS, MINE, SHOW, snapshot } from "../lib/fakes";
import type { HeldLine, Poll, Question } from "../protocol";
import type { Line } from "./chat";
import { Crowd } from "./crowd.svelte";
import { Helm } from "./helm.svelte";
import { OFFERED_MS, Undoing } from "./undo.svelte";

let asked: Request[];
let no: string | null;
let crowd: Crowd;
let undoing: Undoing;
let helm: Helm;
const question = { question: "q", text: "Long strap?", member: "v", nickname: "Kenji", status: "open" } as Question;
const line = { message: "m", member: "v", nickname: "Kenji", role: "viewer" } as Line;
const held: HeldLine = { at_ms: 1, reason: "review", line: { message: "h", member: "v", nickname: "Ada", role: "viewer", text: "Hi" } };

beforeEach(() => {
  vi.useFakeTimers();
  [asked, no] = [[], null];
  crowd = new Crowd((publish) => publish());
  crowd.apply({
    type: "welcome", id: 1, version: 1, session: "x", token: "t", clock_ms: 0, limits: LIMITS, show: SHOW,
    you: { member: "me", role: "host", nickname: null }, catch_up: snapshot(), mine: { ...MINE, held: [held] },
  }, 0);
  undoing = new Undoing();
  helm = new Helm(async (request) => (asked.push(request), no), async () => [], crowd, undoing);
});
afterEach(() => vi.useRealTimers());

describe("what is done can be taken back:", () => {
  it.each<[string, () => Promise<boolean>, Request[]]>([
    ["a question taken", () => helm.take(question), [{ type: "question_take", question: "q" }, { type: "question_reopen", question: "q" }]],
    ["answered", () => helm.answer(question, "Yes"), [{ type: "question_answer", question: "q", text: "Yes" }, { type: "question_reopen", question: "q" }]],
    ["answered aloud", () => helm.answer(question), [{ type: "question_answer", question: "q" }, { type: "question_reopen", question: "q" }]],
    ["put aside", () => helm.dismiss(question), [{ type: "question_dismiss", question: "q" }, { type: "question_reopen", question: "q" }]],
    ["merged", () => helm.merge(question, { ...question, question: "r" }), [{ type: "question_merge", question: "q", into: "r" }, { type: "question_reopen", question: "q" }]],
    ["its asker forbidden", () => helm.forbid(question), [{ type: "forbid", member: "v" }, { type: "allow", member: "v" }]],
    ["a line removed", () => helm.remove(line), [{ type: "chat_delete", message: "m" }, { type: "chat_restore", message: "m" }]],
    ["a line pinned", () => helm.pinLine(line), [{ type: "chat_pin", message: "m" }, { type: "chat_unpin" }]],
    ["muted", () => helm.mute(line), [{ type: "mute", member: "v", duration_ms: 600_000 }, { type: "unmute", member: "v" }]],
    ["banned", () => helm.ban(line, { address: true, purge: false }), [{ type: "ban", member: "v", address: true, purge: false }, { type: "unban", member: "v" }]],
    ["rules", () => helm.rules({ slow_ms: 5_000 }), [{ type: "rules_set", slow_ms: 5_000, review: false, join_age_ms: 0 }, { type: "rules_set", slow_ms: 0, review: false, join_age_ms: 0 }]],
    ["a poll closed", () => helm.close({ poll: "p", text: "Which?", quiz: false } as Poll), [{ type: "poll_close", poll: "p" }, { type: "poll_reopen", poll: "p" }]],
  ])("%s", async (_, deed, both) => {
    expect(await deed()).toBe(true);
    expect(undoing.offered).not.toBeNull();
    expect(await helm.undo()).toBe(true);
    expect(asked).toEqual(both);
    expect(undoing.offered).toBeNull();
    await helm.undo();
    expect(asked).toHaveLength(2);
  });
});

it("a refused deed offers nothing to take back, and says why", async () => {
  no = "question_closed";
  expect(await helm.dismiss(question)).toBe(false);
  expect([helm.trouble, undoing.deeds.length]).toEqual(["question_closed", 0]);
});

it("a quiz that is closed has shown its answer", async () => {
  await helm.close({ poll: "p", quiz: true } as Poll);
  expect(undoing.deeds).toEqual([]);
});

it("several deeds are taken back from the last on, also when they are no longer offered", async () => {
  await helm.dismiss(question);
  await helm.remove(line);
  vi.advanceTimersByTime(OFFERED_MS);
  expect(undoing.offered).toBeNull();
  await helm.undo();
  await helm.undo();
  expect(asked.slice(2)).toEqual([{ type: "chat_restore", message: "m" }, { type: "question_reopen", question: "q" }]);
});

describe("a line that waits", () => {
  it("is refused only when there was time to think better of it", async () => {
    helm.reject(held);
    expect(helm.waiting()).toEqual([]);
    expect(asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(OFFERED_MS);
    expect(asked).toEqual([{ type: "chat_decide", message: "h", approve: false }]);
    expect(undoing.deeds).toEqual([]);
  });

  it("waits again when that was taken back", async () => {
    helm.reject(held);
    await helm.undo();
    await vi.advanceTimersByTimeAsync(OFFERED_MS);
    expect(helm.waiting()).toEqual([held]);
    expect(asked).toEqual([]);
  });

  it("waits again when the server did not take the refusal", async () => {
    no = "timeout";
    helm.reject(held);
    await vi.advanceTimersByTimeAsync(OFFERED_MS);
    expect(helm.waiting()).toEqual([held]);
  });

  it("is refused at once when the page is left", () => {
    helm.reject(held);
    undoing.dispose();
    expect(asked).toEqual([{ type: "chat_decide", message: "h", approve: false }]);
  });
});
