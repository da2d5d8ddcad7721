import { beforeEach, describe, expect, it } from "vitest";
import type { ChatLine, HeldLine } from "../protocol";
import { ChatLog } from "./chat";

let log: ChatLog;
const line = (message: string, member = "other", more: Partial<ChatLine> = {}): ChatLine => ({ message, member, nickname: "Ada", role: "viewer", text: `says ${message}`, ...more });
const say = (seq: number, message = `m${seq}`, member = "other"): void => log.event(seq, seq * 1_000, { kind: "chat", ...line(message, member) });
const held = (message: string, member: string): HeldLine => ({ at_ms: 9, reason: "review", line: line(message, member) });
const stand = (): string[] => log.lines.map(({ message, delivery }) => `${message} ${delivery}`);
const me = { member: "me", nickname: "Ada", role: "viewer" } as const;

beforeEach(() => {
  log = new ChatLog();
  log.me = "me";
});

describe("lines", () => {
  it("stand in the order of the log, one's own among them", () => {
    say(1);
    say(2, "b", "me");
    expect(log.lines.map(({ seq, own }) => [seq, own])).toEqual([[1, false], [2, true]]);
  });
  it("keep what they answer and whom they mean", () => {
    const reply_to = { message: "m1", member: "k", nickname: "Kenji" };
    log.event(1, 0, { kind: "chat", ...line("a", "x", { reply_to, mentions: [{ member: "me", nickname: "Me" }] }) });
    expect(log.lines[0]).toMatchObject({ reply_to, mentions: [{ member: "me" }] });
  });
  it("do not grow for ever, but stay for who reads further up", () => {
    for (let seq = 1; seq <= 500; seq++) say(seq);
    expect(log.lines).toHaveLength(400);
    log.reading = true;
    for (let seq = 501; seq <= 3_000; seq++) say(seq);
    expect(log.lines).toHaveLength(2_000);
    log.reading = false;
    say(3_001);
    expect(log.lines).toHaveLength(400);
    expect(log.arrived).toBe(3_001);
  });
  it("begin anew with a snapshot", () => {
    say(8);
    log.snapshot([{ seq: 3, at_ms: 0, event: { kind: "chat", ...line("a") } }]);
    expect(log.lines.map(({ seq }) => seq)).toEqual([3]);
  });
});

describe("staff", () => {
  beforeEach(() => [1, 2, 3].forEach((seq) => say(seq)));

  it("deletes a line and puts it back where it stood", () => {
    log.event(4, 0, { kind: "chat_deleted", message: "m2" });
    expect(stand()).toEqual(["m1 sent", "m3 sent"]);
    log.event(5, 0, { kind: "chat_restored", line_seq: 2, line_at_ms: 2_000, line: line("m2") });
    expect(stand()).toEqual(["m1 sent", "m2 sent", "m3 sent"]);
    expect(log.find("m2")?.at_ms).toBe(2_000);
  });
  it("takes all lines of somebody away, the waiting and the pinned too", () => {
    say(4, "x", "raider");
    log.event(5, 0, { kind: "chat_pinned", line: line("x", "raider") });
    log.hold(held("y", "raider"));
    log.event(6, 0, { kind: "chat_purged", member: "raider" });
    expect(stand()).toEqual(["m1 sent", "m2 sent", "m3 sent"]);
    expect(log.queue).toEqual([]);
    expect(log.pinned).toBeNull();
  });
  it("pins one line at a time, and what is deleted is not pinned", () => {
    log.event(4, 0, { kind: "chat_pinned", line: line("m1") });
    log.event(5, 0, { kind: "chat_pinned", line: line("m2") });
    log.event(6, 0, { kind: "chat_unpinned", message: "m1" });
    expect(log.pinned?.message).toBe("m2");
    log.event(7, 0, { kind: "chat_unpinned", message: "m2" });
    expect(log.pinned).toBeNull();
    log.event(8, 0, { kind: "chat_pinned", line: line("m3") });
    log.event(9, 0, { kind: "chat_deleted", message: "m3" });
    expect(log.pinned).toBeNull();
  });
});

describe("what was left out", () => {
  it("comes back to its place, once", () => {
    say(1);
    say(5);
    const missed = [2, 3].map((seq) => ({ seq, at_ms: 0, event: { kind: "chat", ...line(`m${seq}`) } as const }));
    log.missed(missed);
    log.missed(missed);
    expect(log.lines.map(({ seq }) => seq)).toEqual([1, 2, 3, 5]);
  });
  it("stays away if it is older than all that is kept", () => {
    for (let seq = 100; seq < 500; seq++) say(seq);
    log.missed([{ seq: 2, at_ms: 0, event: { kind: "chat", ...line("old") } }]);
    expect(log.find("old")).toBeUndefined();
    expect(log.lines).toHaveLength(400);
  });
});

describe("an own line", () => {
  beforeEach(() => {
    say(1);
    log.sending("mine", { text: "hello" }, me, 100);
  });

  it("is seen at once, after the others", () => {
    say(2);
    expect(stand()).toEqual(["m1 sent", "m2 sent", "mine sending"]);
    expect(log.lines[2]).toMatchObject({ own: true, seq: null });
  });
  it("gives way to the logged one of the same id, whichever comes first", () => {
    log.sent("mine", 2, 1);
    expect(stand()).toEqual(["m1 sent", "mine sending"]);
    say(2, "mine", "me");
    expect(stand()).toEqual(["m1 sent", "mine sent"]);
    log.sending("other", { text: "x" }, me, 200);
    log.sent("other", 2, 2);
    expect(stand()).toEqual(["m1 sent", "mine sent"]);
  });
  it("fails with its reason, and can be sent again or withdrawn", () => {
    log.failed("mine", "rate_limited");
    expect(log.lines[1]).toMatchObject({ delivery: "failed", code: "rate_limited" });
    log.sending("mine", { text: "hello" }, me, 200);
    expect(log.lines[1]).toMatchObject({ delivery: "sending", code: null });
    log.withdraw("mine");
    expect(stand()).toEqual(["m1 sent"]);
  });
  it("waits for staff, whether the answer or the word of it comes first", () => {
    log.sent("mine", undefined, 1);
    expect(stand()).toEqual(["m1 sent", "mine held"]);
    log.hold(held("mine", "me"));
    expect(stand()).toEqual(["m1 sent", "mine held"]);
    log.decided({ message: "mine", approved: true });
    say(2, "mine", "me");
    expect(stand()).toEqual(["m1 sent", "mine sent"]);
  });
  it("is said to have been left out, until it is put away", () => {
    log.hold(held("mine", "me"));
    log.decided({ message: "mine", approved: false });
    expect(stand()).toEqual(["m1 sent", "mine declined"]);
    log.withdraw("mine");
    expect(stand()).toEqual(["m1 sent"]);
  });
  it("waits still after a reload, and no longer once it does not", () => {
    log.sent("mine", undefined, 1);
    log.holds([held("mine", "me"), held("theirs", "x")]);
    expect(stand()).toEqual(["m1 sent", "mine held"]);
    expect(log.queue.map((one) => one.line.message)).toEqual(["mine", "theirs"]);
    log.holds([]);
    expect(stand()).toEqual(["m1 sent"]);
  });
});
