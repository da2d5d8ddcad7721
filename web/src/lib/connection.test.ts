import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Order, ServerMessage } from "../protocol";
import { ApiError } from "./api";
import { Connection, RequestError, type ConnectionOptions, type Heard } from "./connection";
import { delta, FakeSocket, fakeTokens, settle, snapshot, type FakeTokens } from "./fakes";

let tokens: FakeTokens;
let connection: Connection;
let heard: Heard[];

function make(options: Partial<ConnectionOptions> = {}): void {
  // The upper end of the jitter makes the waits exact.
  connection = new Connection({ url: "ws://x/ws", tokens, open: FakeSocket.open, random: () => 1, ...options });
  connection.listen((what) => heard.push(what));
  connection.start();
}

const chat = (seq: number): Extract<ServerMessage, { type: "event" }> => ({
  type: "event", seq, at_ms: seq,
  event: { kind: "chat", message: `m${seq}`, member: "m", nickname: "Ada", role: "viewer", text: `line ${seq}` },
});
const seqs = (): number[] => heard.flatMap((what) => (what.type === "event" ? [what.seq] : []));
const statuses = (): string[] => heard.flatMap((what) => (what.type === "status" ? [what.status] : []));

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", { OPEN: 1 });
  FakeSocket.made.length = 0;
  tokens = fakeTokens();
  heard = [];
});
afterEach(() => {
  connection.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("joining", () => {
  it("says hello first, once there are socket, token and offer, and hands the answer on", async () => {
    const answered = vi.fn();
    connection = new Connection({ url: "ws://x/ws", tokens, open: FakeSocket.open });
    connection.joiner = { offer: async () => "sdp", answered };
    connection.start();
    await settle();
    expect(FakeSocket.last.sent).toEqual([]);
    await FakeSocket.last.welcome({ media: { kind: "answer", peer: "p", sdp: "answer" } });
    expect(FakeSocket.last.sent).toEqual([{ type: "hello", id: expect.any(Number), version: 1, token: "token-0", subscribe: "sdp" }]);
    expect(answered).toHaveBeenCalledWith({ kind: "answer", peer: "p", sdp: "answer" });
    expect(tokens.kept).toEqual(["member-token"]);
  });

  it("joins without media when the offer takes too long", async () => {
    connection = new Connection({ url: "ws://x/ws", tokens, open: FakeSocket.open });
    connection.joiner = { offer: () => new Promise(() => undefined), answered: () => undefined };
    connection.start();
    await FakeSocket.last.accept();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(FakeSocket.last.said("hello").subscribe).toBeUndefined();
  });

  it("gives up a socket without a welcome after 8 s", async () => {
    make();
    await FakeSocket.last.accept();
    await vi.advanceTimersByTimeAsync(8_300);
    expect(FakeSocket.made[0]?.closed).toBe(true);
    expect(FakeSocket.made).toHaveLength(2);
  });
});

describe("tokens", () => {
  it("takes another token when the server does not take this one, three times at most", async () => {
    make();
    for (let i = 0; i < 4; i++) {
      await FakeSocket.last.accept();
      expect(FakeSocket.last.said("hello").token).toBe(`token-${i}`);
      FakeSocket.last.hear({ type: "bye", code: "token_expired", detail: "" });
      FakeSocket.last.lose("token_expired");
      await vi.advanceTimersByTimeAsync(8_000);
    }
    expect(connection.status).toBe("closed");
    expect(heard.at(-1)).toEqual({ type: "status", status: "closed", code: "token_expired" });
  });

  it("stops when there is no token to be had, and goes on when the API cannot be reached", async () => {
    tokens.current = async () => Promise.reject(new ApiError(0, "offline", ""));
    make();
    await vi.advanceTimersByTimeAsync(300);
    expect(FakeSocket.made).toHaveLength(2);
    tokens.current = async () => Promise.reject(new ApiError(401, "not_logged_in", ""));
    await vi.advanceTimersByTimeAsync(2_000);
    expect(heard.at(-1)).toEqual({ type: "status", status: "closed", code: "not_logged_in" });
  });
});

describe("events", () => {
  it("are heard once and in order, over a lost socket", async () => {
    make();
    await FakeSocket.last.welcome({ catch_up: snapshot(4) });
    for (const seq of [3, 4, 5, 5, 6]) FakeSocket.last.hear(chat(seq));
    FakeSocket.last.lose();
    await vi.advanceTimersByTimeAsync(300);
    await FakeSocket.last.accept();
    expect(FakeSocket.last.said("hello").resume).toEqual({ after_seq: 6 });
    await FakeSocket.last.welcome({ catch_up: delta(8, [chat(6), chat(7), chat(8)]) });
    FakeSocket.last.hear(chat(8));
    FakeSocket.last.hear(chat(9));
    const welcome = heard.filter((what) => what.type === "welcome").at(-1);
    expect(welcome?.catch_up).toMatchObject({ kind: "delta", events: [{ seq: 7 }, { seq: 8 }] });
    expect(seqs()).toEqual([5, 6, 9]);
    expect(statuses()).toEqual(["connecting", "open", "reconnecting", "open"]);
  });

  it("with a gap make it resume", async () => {
    make();
    await FakeSocket.last.welcome();
    FakeSocket.last.hear(chat(1));
    FakeSocket.last.hear(chat(3));
    expect(seqs()).toEqual([1]);
    await vi.advanceTimersByTimeAsync(300);
    await FakeSocket.last.accept();
    expect(FakeSocket.last.said("hello").resume).toEqual({ after_seq: 1 });
  });

  it("of an unknown type, or no JSON at all, are ignored", async () => {
    make();
    await FakeSocket.last.welcome();
    FakeSocket.last.hear({ type: "fireworks" } as unknown as ServerMessage);
    FakeSocket.last.onmessage?.({ data: "{" });
    FakeSocket.last.onmessage?.({ data: "null" });
    expect(connection.status).toBe("open");
  });
  it("with lines left out are no loss, as long as that was said", async () => {
    make();
    await FakeSocket.last.welcome({ catch_up: snapshot(4) });
    FakeSocket.last.hear({ type: "gap", from_seq: 5, to_seq: 9 });
    FakeSocket.last.hear(chat(7));
    FakeSocket.last.hear(chat(10));
    expect(FakeSocket.made).toHaveLength(1);
    expect(FakeSocket.last.closed).toBe(false);
    FakeSocket.last.hear({ type: "gap", from_seq: 11, to_seq: 12 });
    FakeSocket.last.hear(chat(14));
    expect(FakeSocket.last.closed).toBe(true);
  });
  it("are asked for anew when what was heard is of no use", async () => {
    make();
    await FakeSocket.last.welcome({ catch_up: snapshot(4) });
    connection.renew();
    await vi.advanceTimersByTimeAsync(300);
    await FakeSocket.last.accept();
    expect(FakeSocket.last.said("hello").resume).toBeUndefined();
  });
});

describe("requests", () => {
  it("resolve and reject by id", async () => {
    make();
    await FakeSocket.last.welcome();
    const done = connection.request({ type: "show_start" });
    const refused = connection.request({ type: "rename", nickname: "" });
    FakeSocket.last.hear({ type: "refused", id: FakeSocket.last.said("rename").id, code: "nickname_empty", detail: "", retry_after_ms: 7 });
    FakeSocket.last.hear({ type: "done", id: FakeSocket.last.said("show_start").id, seq: 1 });
    await expect(done).resolves.toMatchObject({ seq: 1 });
    await expect(refused).rejects.toMatchObject({ code: "nickname_empty", retry_after_ms: 7 });
  });

  it("that are idempotent are sent again with the same message, in order; others fail", async () => {
    make();
    await FakeSocket.last.welcome();
    const rename = connection.request({ type: "rename", nickname: "Ada" });
    const line = connection.request({ type: "chat_send", message: "m1", text: "hi" });
    const offer = connection.offer("subscribe", "sdp").catch((error: RequestError) => error.code);
    FakeSocket.last.lose();
    await expect(offer).resolves.toBe("disconnected");
    const late = connection.request({ type: "chat_send", message: "m2", text: "later" });
    await vi.advanceTimersByTimeAsync(300);
    await FakeSocket.last.welcome();
    const [, ...again] = FakeSocket.last.sent;
    expect(again).toMatchObject([{ type: "rename" }, { type: "chat_send", message: "m1" }, { type: "chat_send", message: "m2" }]);
    for (const { id } of again) FakeSocket.last.hear({ type: "done", id });
    await expect(Promise.all([rename, line, late])).resolves.toHaveLength(3);
  });

  it("about an order outlive the socket, and are answered by the order", async () => {
    make();
    await FakeSocket.last.welcome();
    const placed = connection.request({ type: "order_release", order: "o", key: "k" });
    FakeSocket.last.lose();
    await vi.advanceTimersByTimeAsync(300);
    await FakeSocket.last.welcome();
    const again = FakeSocket.last.said("order_release");
    expect(again).toMatchObject({ order: "o", key: "k" });
    FakeSocket.last.hear({ type: "order", id: again.id, order: { order: "o", status: "released" } as Order });
    await expect(placed).resolves.toMatchObject({ order: { status: "released" } });
  });

  it("time out, and fail when the connection is stopped", async () => {
    make();
    await FakeSocket.last.welcome();
    const slow = connection.offer("publish", "sdp").catch((error: RequestError) => error.code);
    // A ping is answered, so the path is alive: only the request is late.
    await vi.advanceTimersByTimeAsync(10_000);
    await expect(slow).resolves.toBe("timeout");
    const stopped = connection.request({ type: "show_end" }).catch((error: RequestError) => error.code);
    connection.stop();
    await expect(stopped).resolves.toBe("closed");
  });
});

describe("the path", () => {
  it("is measured by pings", async () => {
    make();
    await FakeSocket.last.welcome();
    await vi.advanceTimersByTimeAsync(10_000);
    const { id } = FakeSocket.last.said("ping");
    await vi.advanceTimersByTimeAsync(40);
    FakeSocket.last.hear({ type: "pong", id, clock_ms: Date.now() - 20 + 5_000 });
    expect(connection.clock.round_trip_ms).toBe(40);
  });

  it("is dead without a pong in 5 s", async () => {
    make();
    await FakeSocket.last.welcome();
    await vi.advanceTimersByTimeAsync(14_999);
    expect(connection.status).toBe("open");
    await vi.advanceTimersByTimeAsync(1);
    expect(connection.status).toBe("reconnecting");
    expect(FakeSocket.made[0]?.closed).toBe(true);
  });

  it("is tried again ever more slowly, to 8 s, or 1.5 s in a hurry", async () => {
    make();
    await FakeSocket.last.welcome();
    FakeSocket.last.lose();
    const waits: number[] = [];
    for (let i = 0; i < 7; i++) {
      const before = FakeSocket.made.length;
      let waited = 0;
      for (; FakeSocket.made.length === before; waited += 100) await vi.advanceTimersByTimeAsync(100);
      waits.push(waited);
      FakeSocket.last.lose();
    }
    expect(waits).toEqual([300, 600, 1200, 2400, 4800, 8000, 8000]);
    connection.hurry(true);
    await vi.advanceTimersByTimeAsync(8_000);
    FakeSocket.last.lose();
    const before = FakeSocket.made.length;
    await vi.advanceTimersByTimeAsync(1_500);
    expect(FakeSocket.made.length).toBe(before + 1);
  });

  it("is tried at once when the device is online again, and asked when it was open", async () => {
    make();
    await FakeSocket.last.welcome();
    window.dispatchEvent(new Event("online"));
    expect(FakeSocket.last.said("ping")).toBeDefined();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(connection.status).toBe("reconnecting");
    const before = FakeSocket.made.length;
    window.dispatchEvent(new Event("online"));
    expect(FakeSocket.made.length).toBe(before + 1);
    window.dispatchEvent(new Event("online"));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(FakeSocket.made.length).toBe(before + 1);
  });
});

describe("the end", () => {
  it.each(["version_unsupported", "show_not_found"] as const)("comes with %s", async (code) => {
    const reload = vi.fn();
    make({ reload });
    await FakeSocket.last.accept();
    FakeSocket.last.hear({ type: "bye", code, detail: "" });
    FakeSocket.last.lose(code);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(FakeSocket.made).toHaveLength(1);
    expect(heard.at(-1)).toEqual({ type: "status", status: "closed", code });
    expect(reload).toHaveBeenCalledTimes(code === "version_unsupported" ? 1 : 0);
  });

  it("does not come with a server that stops", async () => {
    make();
    await FakeSocket.last.welcome();
    FakeSocket.last.hear({ type: "bye", code: "server_stopping", detail: "" });
    FakeSocket.last.lose("server_stopping");
    expect(heard.at(-1)).toEqual({ type: "status", status: "reconnecting", code: "server_stopping" });
    await vi.advanceTimersByTimeAsync(300);
    expect(FakeSocket.made).toHaveLength(2);
  });
});
