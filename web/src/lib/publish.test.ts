import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ServerMessage } from "../protocol";
import { Connection } from "./connection";
import { FakePeer, FakeSocket, FakeStream, FakeTrack, fakeTokens, SHOW, STAGE, settle } from "./fakes";
import { Publisher, type PublisherState, type Sending } from "./publish";

let connection: Connection;
let publisher: Publisher;
let states: PublisherState[];
let sending: Sending;

const track = (kind: string): MediaStreamTrack => new FakeTrack(kind) as unknown as MediaStreamTrack;
const sent = (type: string): number => FakeSocket.last.sent.filter((message) => message.type === type).length;
const hear = (message: ServerMessage): void => FakeSocket.last.hear(message);

beforeEach(async () => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", { OPEN: 1 });
  vi.stubGlobal("MediaStream", FakeStream);
  vi.stubGlobal("RTCRtpSender", {});
  FakeSocket.made.length = 0;
  FakePeer.made.length = 0;
  states = [];
  connection = new Connection({ url: "ws://x/ws", tokens: fakeTokens(), open: FakeSocket.open, random: () => 1 });
  publisher = new Publisher(connection, { peer: FakePeer.make, random: () => 1, onstate: (state) => states.push(state) });
  sending = { video: track("video"), audio: track("audio"), source: "camera", camera_on: true, microphone_on: true };
  connection.start();
  await FakeSocket.last.welcome();
});
afterEach(() => {
  publisher.dispose();
  connection.stop();
  expect(FakePeer.open).toEqual([]);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const answer = async (): Promise<void> => {
  const { id } = FakeSocket.last.said("publish");
  hear({ type: "answer", id, peer: `peer-${FakePeer.made.length - 1}`, sdp: "answer" });
  await settle();
};
const goLive = async (): Promise<void> => {
  publisher.start(sending);
  await settle();
  await answer();
  FakePeer.last.to("connected");
  hear({ type: "done", id: FakeSocket.last.said("stage_set").id });
};

describe("a seller", () => {
  it("goes on air with three layers and says what is on stage", async () => {
    await goLive();
    const [video] = FakePeer.last.transceivers;
    expect(video?.init.sendEncodings?.map(({ rid }) => rid)).toEqual(["q", "h", "f"]);
    expect(FakePeer.last.getSenders().map((sender) => sender.track)).toEqual([sending.video, sending.audio]);
    expect(FakeSocket.last.said("stage_set")).toMatchObject({ video: true, audio: true, source: "camera" });
    expect(states).toEqual(["starting", "live"]);
  });

  it("changes what is sent without a new connection", async () => {
    await goLive();
    await publisher.change({ ...sending, microphone_on: false });
    expect(sending.audio?.enabled).toBe(false);
    expect(FakeSocket.last.said("stage_set")).toMatchObject({ audio: false });
    const screen = track("video");
    await publisher.change({ ...sending, video: screen, source: "screen", camera_on: false });
    expect(FakePeer.last.getSenders()[0]?.track).toBe(screen);
    expect(screen).toMatchObject({ enabled: true, contentHint: "detail" });
    expect(FakeSocket.last.said("stage_set")).toMatchObject({ video: true, source: "screen" });
    expect(sent("publish")).toBe(1);
    const told = sent("stage_set");
    await publisher.change({ ...sending, video: screen, source: "screen", camera_on: false });
    expect(sent("stage_set")).toBe(told);
  });

  it("sends the layers that somebody has use for, and all of them on a new connection", async () => {
    await goLive();
    const [video] = FakePeer.last.getSenders();
    hear({ type: "layers_wanted", peer: "peer-0", count: 1 });
    await settle();
    expect(video?.sent).toEqual(["q"]);
    hear({ type: "layers_wanted", peer: "peer-9", count: 3 });
    await settle();
    expect(video?.sent).toEqual(["q"]);
    hear({ type: "layers_wanted", peer: "peer-0", count: 2 });
    await settle();
    expect(video?.sent).toEqual(["q", "h"]);
    hear({ type: "peer_closed", peer: "peer-0", reason: "timeout" });
    await vi.advanceTimersByTimeAsync(400);
    await answer();
    FakePeer.last.to("connected");
    expect(FakePeer.last.getSenders()[0]?.sent).toEqual(["q", "h", "f"]);
  });

  it("ends with the newest wish, whatever else is being set", async () => {
    await goLive();
    const [video] = FakePeer.last.getSenders();
    let go: () => void = () => undefined;
    if (video) video.slow = new Promise((resolve) => (go = resolve));
    hear({ type: "layers_wanted", peer: "peer-0", count: 1 });
    await settle();
    const changed = publisher.change({ ...sending, video: track("video"), source: "screen" });
    hear({ type: "layers_wanted", peer: "peer-0", count: 3 });
    hear({ type: "layers_wanted", peer: "peer-0", count: 2 });
    await settle();
    go();
    await changed;
    expect(video?.sent).toEqual(["q", "h"]);
    expect(video?.parameters.degradationPreference).toBe("maintain-resolution");
  });

  it("is not held up by what a connection that was given up never answered", async () => {
    await goLive();
    const [old] = FakePeer.last.getSenders();
    if (old) old.slow = new Promise(() => undefined);
    hear({ type: "layers_wanted", peer: "peer-0", count: 1 });
    await settle();
    hear({ type: "peer_closed", peer: "peer-0", reason: "timeout" });
    await vi.advanceTimersByTimeAsync(400);
    await answer();
    FakePeer.last.to("connected");
    hear({ type: "layers_wanted", peer: "peer-1", count: 2 });
    await settle();
    expect(FakePeer.last.getSenders()[0]?.sent).toEqual(["q", "h"]);
  });

  it("is back on air within seconds after a server restart, and says the stage again", async () => {
    await goLive();
    FakeSocket.last.lose();
    expect(publisher.state).toBe("recovering");
    for (let i = 0; i < 4; i++) {
      await vi.advanceTimersByTimeAsync(1_500);
      if (i < 3) FakeSocket.last.lose();
    }
    await FakeSocket.last.welcome();
    expect(sent("publish")).toBe(1);
    await answer();
    FakePeer.last.to("connected");
    expect(publisher.state).toBe("live");
    expect(sent("stage_set")).toBe(1);
    expect(FakePeer.open).toHaveLength(1);
  });

  it.each([
    ["fails", () => FakePeer.last.to("failed"), 400],
    ["is disconnected for 2 s", () => FakePeer.last.to("disconnected"), 2_400],
    ["is lost by the server", () => hear({ type: "peer_closed", peer: "peer-0", reason: "timeout" }), 400],
    ["brings nothing to the server for 5 s", () => hear({ type: "stage", ...STAGE, on_air: "reconnecting" }), 5_400],
  ])("publishes anew when the connection %s", async (_, trouble, after_ms) => {
    await goLive();
    trouble();
    await vi.advanceTimersByTimeAsync(after_ms);
    expect(sent("publish")).toBe(2);
    await answer();
    FakePeer.last.to("connected");
    expect(states).toEqual(["starting", "live", "recovering", "live"]);
  });

  it("does not fight another device, not even after a lost socket", async () => {
    await goLive();
    hear({ type: "peer_closed", peer: "peer-0", reason: "replaced" });
    expect(publisher.state).toBe("replaced");
    FakeSocket.last.lose();
    await vi.advanceTimersByTimeAsync(300);
    await FakeSocket.last.welcome();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(sent("publish")).toBe(0);
    publisher.start(sending);
    await settle();
    expect(sent("publish")).toBe(1);
  });

  it("waits as told when refused for now, and ends when refused for good", async () => {
    publisher.start(sending);
    await settle();
    hear({ type: "refused", id: FakeSocket.last.said("publish").id, code: "rate_limited", detail: "", retry_after_ms: 2_000 });
    await vi.advanceTimersByTimeAsync(1_900);
    expect(sent("publish")).toBe(1);
    await vi.advanceTimersByTimeAsync(200);
    hear({ type: "refused", id: FakeSocket.last.said("publish").id, code: "show_ended", detail: "" });
    await settle();
    expect(states).toEqual(["starting", "refused"]);
  });

  it("tries again when the connection does not come about in 6 s", async () => {
    publisher.start(sending);
    await settle();
    await answer();
    await vi.advanceTimersByTimeAsync(6_400);
    expect(sent("publish")).toBe(2);
    expect(publisher.state).toBe("starting");
  });

  it("closes its peer when it stops, also one that is answered too late", async () => {
    await goLive();
    publisher.stop();
    expect(FakeSocket.last.said("peer_close").peer).toBe("peer-0");
    publisher.start(sending);
    await settle();
    publisher.stop();
    await answer();
    expect(FakeSocket.last.said("peer_close").peer).toBe("peer-1");
    expect(publisher.state).toBe("off");
  });

  it("ends with the show", async () => {
    await goLive();
    hear({ type: "event", seq: 1, at_ms: 1, event: { kind: "ended" } });
    expect(publisher.state).toBe("off");
    FakeSocket.last.lose();
    await vi.advanceTimersByTimeAsync(300);
    await FakeSocket.last.welcome({ show: { ...SHOW, status: "ended" } });
    expect(sent("publish")).toBe(0);
  });
});
