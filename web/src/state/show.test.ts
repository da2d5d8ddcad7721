import { beforeEach, describe, expect, it } from "vitest";
import { LIMITS, SHOW, STAGE } from "../lib/fakes";
import type { Logged, Role } from "../protocol";
import type { Heard } from "../lib/connection";
import { ShowStore } from "./show.svelte";

type Welcome = Extract<Heard, { type: "welcome" }>;

const chat = (seq: number, message = `m${seq}`, member = "other", role: Role = "viewer"): Logged => ({
  seq, at_ms: seq * 1000, event: { kind: "chat", message, member, nickname: "Ada", role, text: `line ${seq}` },
});
const event = (logged: Logged): Heard => ({ type: "event", ...logged });
const welcome = (change: Partial<Welcome> = {}): Welcome => ({
  type: "welcome", id: 1, version: 1, session: "x", token: "t", clock_ms: 5_000, limits: LIMITS, show: SHOW,
  you: { member: "me", role: "viewer", nickname: null }, catch_up: { kind: "snapshot", seq: 0, chat: [] }, ...change,
});

let show: ShowStore;
const texts = (): string[] => show.lines.map(({ text }) => text);

beforeEach(() => {
  show = new ShowStore({ slug: "demo", title: "Boot", shop: "Shop", status: "scheduled", scheduled_at_ms: 9 });
});

describe("before the welcome", () => {
  it("it knows what the page brought", () => {
    expect(show).toMatchObject({ title: "Boot", status: "scheduled", scheduled_at_ms: 9, viewers: null, link: "connecting" });
  });
});

describe("a welcome", () => {
  it("brings the show, who one is, and the server's clock", () => {
    show.apply(welcome(), 2_000);
    expect(show).toMatchObject({ title: "Demo", status: "live", viewers: 1, offset_ms: 3_000, seq: 0 });
    expect(show.stage).toEqual(STAGE);
    expect(show.you?.member).toBe("me");
  });
  it("with a snapshot replaces the log, even by an older one", () => {
    show.apply(welcome({ catch_up: { kind: "snapshot", seq: 8, chat: [chat(7), chat(8)] } }), 0);
    show.apply(welcome({ catch_up: { kind: "snapshot", seq: 3, chat: [chat(2), chat(3)] } }), 0);
    expect(texts()).toEqual(["line 2", "line 3"]);
    show.apply(event(chat(4)), 0);
    expect(texts()).toEqual(["line 2", "line 3", "line 4"]);
  });
  it("with a delta adds only what is new", () => {
    show.apply(welcome({ catch_up: { kind: "snapshot", seq: 2, chat: [chat(1), chat(2)] } }), 0);
    show.apply(event(chat(3)), 0);
    show.apply(welcome({ catch_up: { kind: "delta", seq: 5, events: [chat(2), chat(3), chat(4), chat(5)] } }), 0);
    show.apply(event(chat(5)), 0);
    expect(texts()).toEqual(["line 1", "line 2", "line 3", "line 4", "line 5"]);
    expect(show.seq).toBe(5);
  });
  it("with a delta carries the show's own turns as well", () => {
    show.apply(welcome({ show: { ...SHOW, status: "ended", started_at_ms: 10, ended_at_ms: 20 }, catch_up: { kind: "delta", seq: 2, events: [
      { seq: 1, at_ms: 10, event: { kind: "started" } }, { seq: 2, at_ms: 20, event: { kind: "ended" } },
    ] } }), 0);
    expect(show).toMatchObject({ status: "ended", started_at_ms: 10, ended_at_ms: 20 });
  });
});

describe("events", () => {
  beforeEach(() => show.apply(welcome({ show: { ...SHOW, status: "scheduled" } }), 0));

  it("start and end the show", () => {
    show.apply(event({ seq: 1, at_ms: 50, event: { kind: "started" } }), 0);
    expect(show).toMatchObject({ status: "live", started_at_ms: 50 });
    show.apply(event({ seq: 2, at_ms: 60, event: { kind: "ended" } }), 0);
    expect(show).toMatchObject({ status: "ended", ended_at_ms: 60 });
    expect(show.stage.on_air).toBe("off");
  });
  it("count once by seq", () => {
    for (const seq of [1, 1, 2, 1]) show.apply(event(chat(seq)), 0);
    expect(texts()).toEqual(["line 1", "line 2"]);
  });
  it("of a kind unknown to this page keep their place", () => {
    show.apply({ type: "event", seq: 1, at_ms: 0, event: { kind: "fireworks" } } as unknown as Heard, 0);
    expect(show.seq).toBe(1);
    expect(show.lines).toEqual([]);
  });
  it("know one's own lines", () => {
    show.apply(event(chat(1, "a", "me")), 0);
    show.apply(event(chat(2, "b", "you", "host")), 0);
    expect(show.lines.map(({ own, role }) => [own, role])).toEqual([[true, "viewer"], [false, "host"]]);
  });
  it("do not grow the log for ever", () => {
    for (let seq = 1; seq <= 500; seq++) show.apply(event(chat(seq)), 0);
    expect(show.lines).toHaveLength(400);
    expect(texts().at(-1)).toBe("line 500");
  });
});

describe("state", () => {
  it("is the newest truth", () => {
    show.apply({ type: "stage", on_air: "reconnecting", video: true, audio: false, source: "screen" }, 0);
    show.apply({ type: "presence", viewers: 12 }, 0);
    show.apply({ type: "peer_closed", peer: "p", reason: "timeout" }, 0);
    show.apply({ type: "status", status: "reconnecting", code: "idle" }, 0);
    expect(show.stage).toEqual({ on_air: "reconnecting", video: true, audio: false, source: "screen" });
    expect(show).toMatchObject({ viewers: 12, link: "reconnecting", linkCode: "idle" });
  });
});

describe("an own line", () => {
  beforeEach(() => {
    show.apply(welcome({ you: { member: "me", role: "viewer", nickname: "Ada" } }), 0);
    show.sending("mine", "hello", 100);
  });

  it("is seen at once, after the others", () => {
    show.apply(event(chat(1)), 0);
    expect(show.lines.map(({ text, delivery }) => [text, delivery])).toEqual([["line 1", "sent"], ["hello", "sending"]]);
  });
  it("gives way to the logged one of the same id, exactly once", () => {
    show.apply(event(chat(1, "mine", "me")), 0);
    show.sent("mine", 1);
    expect(show.lines).toMatchObject([{ text: "line 1", own: true, delivery: "sent" }]);
  });
  it("waits for the log when the answer comes first", () => {
    show.sent("mine", 1);
    expect(show.lines).toMatchObject([{ delivery: "sending" }]);
    show.apply(event(chat(1, "mine", "me")), 0);
    expect(show.lines).toMatchObject([{ delivery: "sent" }]);
  });
  it("is found again in a delta after a lost socket", () => {
    show.apply(welcome({ catch_up: { kind: "delta", seq: 2, events: [chat(1), chat(2, "mine", "me")] } }), 0);
    show.sent("mine", 2);
    expect(texts()).toEqual(["line 1", "line 2"]);
  });
  it("older than a snapshot does not linger", () => {
    show.apply(welcome({ catch_up: { kind: "snapshot", seq: 200, chat: [chat(150)] } }), 0);
    show.sent("mine", 20);
    expect(texts()).toEqual(["line 150"]);
  });
  it("fails with its reason, and can be sent again or withdrawn", () => {
    show.failed("mine", "rate_limited");
    expect(show.lines).toMatchObject([{ delivery: "failed", code: "rate_limited" }]);
    show.sending("mine", "hello", 200);
    expect(show.lines).toMatchObject([{ delivery: "sending", code: null }]);
    show.withdraw("mine");
    expect(show.lines).toEqual([]);
  });
});

describe("what is on the table", () => {
  const pinned = (seq: number, product = "p"): Heard =>
    event({ seq, at_ms: seq, event: { kind: "pinned", at_ms: seq, product: { product, title: "Borsa", currency: "EUR", vat_bp: 2200, images: [], variants: [] } } });
  const stock = (product: string, as_of: number): Heard => ({ type: "stock", product, as_of, for_sale: true, variants: [] });

  it("comes, is replaced, and goes", () => {
    show.apply(welcome(), 0);
    show.apply(pinned(1), 0);
    show.apply(pinned(2, "q"), 0);
    expect(show.showcase?.product.product).toBe("q");
    show.apply(event({ seq: 3, at_ms: 3, event: { kind: "unpinned", product: "q" } }), 0);
    expect(show.showcase).toBeNull();
  });
  it("is what the welcome says, whatever was missed", () => {
    show.apply(welcome(), 0);
    show.apply(pinned(1), 0);
    show.apply(welcome({ catch_up: { kind: "delta", seq: 1, events: [] } }), 0);
    expect(show.showcase).toBeNull();
  });
  it("has the newest stock, not the last that came", () => {
    show.apply(stock("p", 5), 0);
    show.apply(stock("p", 4), 0);
    expect(show.stock?.as_of).toBe(5);
    show.apply(stock("q", 1), 0);
    expect(show.stock).toMatchObject({ product: "q", as_of: 1 });
  });
});
