import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Connection } from "./connection";
import { FakePeer, FakeSocket, FakeStream, fakeTokens, SHOW, STAGE, settle } from "./fakes";
import { Subscriber, type SubscriberState } from "./subscribe";

let connection: Connection;
let subscriber: Subscriber;
let states: SubscriberState[];
/** The page is laid out anew. */
let resized: () => void;

const player = (clientHeight: number): HTMLVideoElement & { clientHeight: number } =>
  ({ srcObject: null, clientHeight, addEventListener: () => undefined }) as unknown as HTMLVideoElement;
const views = (): number[] => FakeSocket.last.sent.flatMap((message) => (message.type === "view" ? [message.height_px] : []));

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", { OPEN: 1 });
  vi.stubGlobal("MediaStream", FakeStream);
  vi.stubGlobal("RTCRtpReceiver", {});
  vi.stubGlobal("devicePixelRatio", 2);
  vi.stubGlobal("ResizeObserver", class {
    constructor(callback: () => void) {
      resized = callback;
    }
    observe = (): void => resized();
  });
  FakeSocket.made.length = 0;
  FakePeer.made.length = 0;
  states = [];
  connection = new Connection({ url: "ws://x/ws", tokens: fakeTokens(), open: FakeSocket.open, random: () => 1 });
  subscriber = new Subscriber(connection, { peer: FakePeer.make, random: () => 1, onstate: (state) => states.push(state) });
  subscriber.start();
  connection.start();
});
afterEach(() => {
  subscriber.stop();
  connection.stop();
  expect(FakePeer.open).toEqual([]);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const joined = async (): Promise<void> => {
  const peer = FakePeer.last;
  await FakeSocket.last.welcome({ media: { kind: "answer", peer: `peer-${FakePeer.made.length - 1}`, sdp: "answer" } });
  await settle();
  peer.to("connected");
  peer.flow();
};
/** Answers the latest `subscribe`. */
const answer = async (): Promise<void> => {
  const { id } = FakeSocket.last.said("subscribe");
  FakeSocket.last.hear({ type: "answer", id, peer: `peer-${FakePeer.made.length - 1}`, sdp: "answer" });
  await settle();
};
/** Time with packets coming in. */
const playFor = async (span_ms: number): Promise<void> => {
  for (let passed = 0; passed < span_ms; passed += 1_000) {
    if (FakePeer.made.length > 0) FakePeer.last.packets += 50;
    await vi.advanceTimersByTimeAsync(1_000);
    const ping = FakeSocket.last.sent.filter((message) => message.type === "ping").at(-1);
    if (ping) FakeSocket.last.hear({ type: "pong", id: ping.id, clock_ms: Date.now() });
  }
};

describe("a viewer", () => {
  it("joins within the hello and plays", async () => {
    await FakeSocket.last.accept();
    expect(FakeSocket.last.said("hello").subscribe).toBe("offer-0");
    expect(FakePeer.last.transceivers.map(({ kind, init }) => [kind, init.direction])).toEqual([
      ["video", "recvonly"],
      ["audio", "recvonly"],
    ]);
    await joined();
    expect(FakePeer.last.answer).toBe("answer");
    expect(subscriber.stream.getTracks()).toHaveLength(2);
    await playFor(20_000);
    expect(states).toEqual(["connecting", "waiting", "playing"]);
    expect(FakePeer.made).toHaveLength(1);
  });

  it("shows its stream with the first packet, or when the page has loaded", async () => {
    const ready = vi.spyOn(document, "readyState", "get").mockReturnValue("loading");
    const [early, late] = [player(360), player(360)];
    void subscriber.attach(early);
    await settle();
    expect(early.srcObject).toBeNull();
    await joined();
    await settle();
    expect(early.srcObject).toBe(subscriber.stream);
    ready.mockReturnValue("complete");
    void subscriber.attach(late);
    await settle();
    expect(late.srcObject).toBe(subscriber.stream);
    ready.mockRestore();
  });

  it("says how high it shows the picture: once answered, after a lasting change of size, and on each new connection", async () => {
    const video = player(360);
    void subscriber.attach(video);
    await vi.advanceTimersByTimeAsync(400);
    expect(views()).toEqual([]);
    await joined();
    expect(views()).toEqual([720]);
    for (video.clientHeight of [300, 200, 100]) {
      resized();
      await vi.advanceTimersByTimeAsync(200);
    }
    expect(views()).toEqual([720]);
    await vi.advanceTimersByTimeAsync(200);
    expect(views()).toEqual([720, 200]);
    for (video.clientHeight of [110, 91]) {
      resized();
      await vi.advanceTimersByTimeAsync(400);
    }
    expect(views()).toEqual([720, 200]);
    for (video.clientHeight of [111, 40_000, 0]) {
      resized();
      await vi.advanceTimersByTimeAsync(400);
    }
    expect(views()).toEqual([720, 200, 222, 65_535, 0]);
    FakeSocket.last.lose();
    await vi.advanceTimersByTimeAsync(8_000);
    await joined();
    expect(views()).toEqual([0]);
    FakePeer.last.to("failed");
    await vi.advanceTimersByTimeAsync(900);
    await answer();
    expect(views()).toEqual([0, 0]);
  });

  it("says its size again when that was refused", async () => {
    void subscriber.attach(player(360));
    await joined();
    FakeSocket.last.hear({ type: "refused", id: FakeSocket.last.said("view").id, code: "rate_limited", detail: "" });
    resized();
    await vi.advanceTimersByTimeAsync(400);
    expect(views()).toEqual([720, 720]);
  });

  it("gives what is sent again time to come, while packets are being lost and for half a minute after", async () => {
    await joined();
    const buffers = (): (number | null)[] => FakePeer.last.getReceivers().map(({ jitterBufferTarget }) => jitterBufferTarget);
    await playFor(3_000);
    FakePeer.last.lost += 1;
    await playFor(1_000);
    expect(buffers()).toEqual([null, null]);
    FakePeer.last.lost += 5;
    await playFor(1_000);
    expect(buffers()).toEqual([400, 400]);
    await playFor(28_000);
    expect(buffers()).toEqual([400, 400]);
    await playFor(3_000);
    expect(buffers()).toEqual([null, null]);
  });

  it("waits without complaint while the stage is empty", async () => {
    await FakeSocket.last.welcome({
      show: { ...SHOW, stage: { ...STAGE, on_air: "off" } },
      media: { kind: "answer", peer: "peer-0", sdp: "answer" },
    });
    FakePeer.last.to("connected");
    await vi.advanceTimersByTimeAsync(9_000);
    expect(subscriber.state).toBe("waiting");
    expect(FakePeer.made).toHaveLength(1);
  });

  it("joins anew when packets stop for 4 s on a live stage, keeping the old picture until the new one moves", async () => {
    await joined();
    await playFor(3_000);
    const before = subscriber.stream.getTracks();
    await vi.advanceTimersByTimeAsync(5_600);
    expect(states.at(-1)).toBe("recovering");
    expect(FakePeer.open).toHaveLength(2);
    await answer();
    FakePeer.last.to("connected");
    expect(subscriber.stream.getTracks()).toEqual(before);
    FakePeer.last.flow();
    expect(FakePeer.open).toEqual([FakePeer.last]);
    expect(subscriber.stream.getTracks()).toEqual(FakePeer.last.transceivers.map(({ track }) => track));
    await playFor(2_000);
    expect(subscriber.state).toBe("playing");
  });

  it.each([
    ["fails", (peer: FakePeer) => peer.to("failed"), 600],
    ["is disconnected for 2 s", (peer: FakePeer) => peer.to("disconnected"), 2_600],
  ])("joins anew when its connection %s", async (_, trouble, after_ms) => {
    await joined();
    await playFor(1_000);
    trouble(FakePeer.last);
    await vi.advanceTimersByTimeAsync(after_ms);
    expect(FakeSocket.last.said("subscribe").sdp).toBe("offer-1");
  });

  it("lets a short disconnection pass", async () => {
    await joined();
    FakePeer.last.to("disconnected");
    await vi.advanceTimersByTimeAsync(1_000);
    FakePeer.last.to("connected");
    await playFor(5_000);
    expect(FakePeer.made).toHaveLength(1);
  });

  it("joins anew when the server lost its peer, not when it was replaced", async () => {
    await joined();
    FakeSocket.last.hear({ type: "peer_closed", peer: "peer-9", reason: "failed" });
    FakeSocket.last.hear({ type: "peer_closed", peer: "peer-0", reason: "timeout" });
    await vi.advanceTimersByTimeAsync(600);
    await answer();
    FakePeer.last.to("connected");
    FakePeer.last.flow();
    FakeSocket.last.hear({ type: "peer_closed", peer: "peer-1", reason: "replaced" });
    await playFor(5_000);
    expect(FakePeer.made).toHaveLength(2);
  });

  it("joins with the next hello after a lost socket, and never holds more than two peers", async () => {
    await joined();
    for (let i = 0; i < 4; i++) {
      FakeSocket.last.lose();
      await vi.advanceTimersByTimeAsync(8_000);
      expect(FakePeer.open.length).toBeLessThanOrEqual(2);
    }
    await joined();
    expect(FakePeer.open).toEqual([FakePeer.last]);
    expect(FakeSocket.last.sent.filter(({ type }) => type === "subscribe")).toEqual([]);
  });

  it("waits as long as it is told, and asks ever less often", async () => {
    await FakeSocket.last.welcome({ media: { kind: "refused", code: "media_busy" } });
    await vi.advanceTimersByTimeAsync(600);
    const { id } = FakeSocket.last.said("subscribe");
    FakeSocket.last.hear({ type: "refused", id, code: "rate_limited", detail: "", retry_after_ms: 3_000 });
    await vi.advanceTimersByTimeAsync(2_900);
    expect(FakeSocket.last.sent.filter(({ type }) => type === "subscribe")).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(FakeSocket.last.sent.filter(({ type }) => type === "subscribe")).toHaveLength(2);
    expect(states.at(-1)).toBe("connecting");
  });

  it("goes on as chat when there is no codec in common", async () => {
    await FakeSocket.last.welcome({ media: { kind: "refused", code: "codec_unsupported" } });
    await vi.advanceTimersByTimeAsync(9_000);
    expect(subscriber.state).toBe("refused");
    expect(FakePeer.open).toEqual([]);
  });

  it("ends with the show", async () => {
    await joined();
    FakeSocket.last.hear({ type: "event", seq: 1, at_ms: 1, event: { kind: "ended" } });
    expect(subscriber.state).toBe("idle");
    expect(subscriber.stream.getTracks()).toEqual([]);
  });
});
