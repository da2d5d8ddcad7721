import { beforeEach, describe, expect, it } from "vitest";
import { delta, LIMITS, MINE, SHOW, snapshot, STAGE } from "../lib/fakes";
import type { Logged } from "../protocol";
import type { Heard } from "../lib/connection";
import { ShowStore } from "./show.svelte";

type Welcome = Extract<Heard, { type: "welcome" }>;

const chat = (seq: number): Logged => ({
  seq, at_ms: seq * 1000, event: { kind: "chat", message: `m${seq}`, member: "other", nickname: "Ada", role: "viewer", text: `line ${seq}` },
});
const event = (logged: Logged): Heard => ({ type: "event", ...logged });
const welcome = (change: Partial<Welcome> = {}): Welcome => ({
  type: "welcome", id: 1, version: 1, session: "x", token: "t", clock_ms: 5_000, limits: LIMITS, show: SHOW,
  you: { member: "me", role: "viewer", nickname: null }, catch_up: snapshot(), mine: MINE, ...change,
});

let show: ShowStore;

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
  it("with a snapshot is the truth, even if it is an older one", () => {
    show.apply(welcome({ catch_up: snapshot(8) }), 0);
    show.apply(welcome({ catch_up: snapshot(3) }), 0);
    expect(show.seq).toBe(3);
    show.apply(event(chat(4)), 0);
    expect(show.seq).toBe(4);
  });
  it("with a delta carries the show's own turns as well", () => {
    show.apply(welcome({ show: { ...SHOW, status: "ended", started_at_ms: 10, ended_at_ms: 20 }, catch_up: delta(2, [
      { seq: 1, at_ms: 10, event: { kind: "started" } }, { seq: 2, at_ms: 20, event: { kind: "ended" } },
    ]) }), 0);
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
  it("count once by seq, whosever they are", () => {
    for (const seq of [1, 1, 2, 1]) show.apply(event(chat(seq)), 0);
    expect(show.seq).toBe(2);
    show.apply(event({ seq: 2, at_ms: 50, event: { kind: "started" } }), 0);
    expect(show.started_at_ms).toBe(1);
  });
  it("of a kind unknown to this page keep their place", () => {
    show.apply({ type: "event", seq: 1, at_ms: 0, event: { kind: "fireworks" } } as unknown as Heard, 0);
    expect(show.seq).toBe(1);
  });
});

describe("state", () => {
  it("is the newest truth", () => {
    show.apply({ type: "stage", on_air: "reconnecting", video: true, audio: false, source: "screen" }, 0);
    show.apply({ type: "presence", viewers: 12, peak: 20, total: 31 }, 0);
    show.apply({ type: "peer_closed", peer: "p", reason: "timeout" }, 0);
    show.apply({ type: "status", status: "reconnecting", code: "idle" }, 0);
    expect(show.stage).toEqual({ on_air: "reconnecting", video: true, audio: false, source: "screen" });
    expect(show).toMatchObject({ viewers: 12, peak: 20, total: 31, link: "reconnecting", linkCode: "idle" });
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
    show.apply(welcome({ catch_up: delta(1) }), 0);
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
