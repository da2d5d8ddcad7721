import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ShowSummary } from "../lib/api";
import { FakePeer, FakeSocket, FakeStream, FakeTrack, SHOW, STAGE, settle } from "../lib/fakes";
import { kept, tab } from "../lib/storage";
import type { ShowState } from "../protocol";
import { Air } from "./air.svelte";

const summary: ShowSummary = {
  show: "s", slug: "demo", title: "Demo", status: "draft", scheduled_at_ms: null, started_at_ms: null, ended_at_ms: null,
};
const DRAFT: ShowState = { ...SHOW, status: "draft", started_at_ms: null, stage: { ...STAGE, on_air: "off" } };
const HOST = { member: "h", role: "host" as const, nickname: "Bottega" };

class FakeMediaTrack extends FakeTrack {
  onended: (() => void) | null = null;
  stopped = false;
  readonly #id: string;
  constructor(kind: string, id: string) {
    super(kind);
    this.#id = id;
  }
  getSettings = (): object => ({ deviceId: this.#id });
  stop(): void {
    this.stopped = true;
  }
  /** Somebody pulls the plug. */
  pull(): void {
    this.stopped = true;
    this.onended?.();
  }
}

let opened: FakeMediaTrack[];
let broken: Record<string, string>;
let air: Air;

/** Opens whatever is asked for, but for the ids in `broken`. */
async function getUserMedia({ video, audio }: MediaStreamConstraints): Promise<object> {
  const tracks = ([["video", video], ["audio", audio]] as const).flatMap(([kind, wish]) => {
    if (!wish) return [];
    const id = ((wish as MediaTrackConstraints).deviceId as { exact: string } | undefined)?.exact ?? `${kind}-1`;
    const name = broken[id];
    if (name) throw Object.assign(new Error(name), { name });
    return [new FakeMediaTrack(kind, id)];
  });
  opened.push(...tracks);
  const of = (kind: string) => (): FakeMediaTrack[] => tracks.filter((track) => track.kind === kind);
  return { getTracks: () => tracks, getVideoTracks: of("video"), getAudioTracks: of("audio") };
}
const screen = new FakeMediaTrack("video", "screen");
const mediaDevices = {
  getUserMedia,
  getDisplayMedia: async () => ({ getVideoTracks: () => [screen] }),
  enumerateDevices: async () => ["video-1", "video-2"].map((deviceId) => ({ kind: "videoinput", deviceId, label: deviceId })),
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
};

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", Object.assign(function () { return new FakeSocket(); }, { OPEN: 1 }));
  vi.stubGlobal("RTCPeerConnection", FakePeer);
  vi.stubGlobal("RTCRtpSender", {});
  vi.stubGlobal("MediaStream", FakeStream);
  const node = { connect: () => undefined, disconnect: () => undefined, getFloatTimeDomainData: () => undefined };
  vi.stubGlobal("AudioContext", class {
    createAnalyser = (): object => ({ ...node });
    createMediaStreamSource = (): object => node;
    close = async (): Promise<void> => undefined;
  });
  vi.stubGlobal("navigator", { mediaDevices, permissions: { query: async () => ({ state: "prompt" }) } });
  vi.stubGlobal("isSecureContext", true);
  localStorage.clear();
  sessionStorage.clear();
  kept.set("token.host.demo", "token");
  FakeSocket.made.length = FakePeer.made.length = 0;
  opened = [];
  broken = {};
});
afterEach(() => {
  air.dispose();
  expect(opened.every(({ stopped }) => stopped)).toBe(true);
  expect(FakePeer.open).toEqual([]);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function arrive(show: ShowState = DRAFT): Promise<void> {
  air = new Air({ ...summary, status: show.status }, "Bottega");
  const started = air.start();
  await FakeSocket.last.welcome({ show, you: HOST });
  await started;
  await settle();
}
async function connect(): Promise<void> {
  await settle();
  FakeSocket.last.hear({ type: "answer", id: FakeSocket.last.said("publish").id, peer: `peer-${FakePeer.made.length - 1}`, sdp: "answer" });
  await settle();
  FakePeer.last.to("connected");
  await settle();
}
const said = (type: string): number => FakeSocket.last.sent.filter((message) => message.type === type).length;
const sentTrack = (): unknown => FakePeer.last.getSenders()[0]?.track;

describe("going live", () => {
  it("is one click: first the media, then the doors open", async () => {
    await arrive();
    expect(air.on).toBe(false);
    air.goLive();
    await settle();
    expect(said("show_start")).toBe(0);
    await connect();
    expect(said("show_start")).toBe(1);
    FakeSocket.last.hear({ type: "event", seq: 1, at_ms: 5, event: { kind: "started" } });
    expect(air).toMatchObject({ publishing: "live", on: true });
    expect(air.show.status).toBe("live");
  });
  it("steps back when the doors stay shut", async () => {
    await arrive();
    air.goLive();
    await connect();
    FakeSocket.last.hear({ type: "refused", id: FakeSocket.last.said("show_start").id, code: "show_ended", detail: "" });
    await settle();
    expect(air).toMatchObject({ on: false, trouble: "show_ended" });
  });
  it("happens by itself after a reload, and only in that tab", async () => {
    await arrive(SHOW);
    expect(air).toMatchObject({ on: false, elsewhere: true });
    air.goLive();
    await connect();
    air.dispose();
    await arrive(SHOW);
    await connect();
    expect(air.publishing).toBe("live");
    expect(said("show_start")).toBe(0);
  });
  it("ends where another device goes on air, also for later reloads", async () => {
    await arrive(SHOW);
    air.goLive();
    await connect();
    FakeSocket.last.hear({ type: "peer_closed", peer: "peer-0", reason: "replaced" });
    expect(air).toMatchObject({ publishing: "replaced", on: false, elsewhere: true });
    expect(tab.get("on_air.demo")).toBeNull();
  });
  it("ends for all by the seller's word", async () => {
    await arrive(SHOW);
    air.goLive();
    await connect();
    const ending = air.end();
    expect(air.ending).toBe(true);
    FakeSocket.last.hear({ type: "event", seq: 1, at_ms: 5, event: { kind: "ended" } });
    FakeSocket.last.hear({ type: "done", id: FakeSocket.last.said("show_end").id });
    await ending;
    expect(air).toMatchObject({ on: false, ending: false });
    expect(tab.get("on_air.demo")).toBeNull();
  });
});

describe("the desk", () => {
  const live = async (): Promise<void> => {
    await arrive(SHOW);
    air.goLive();
    await connect();
  };

  it("takes the screen for the camera and gives it back, also by the browser's own button", async () => {
    await live();
    const camera = air.desk.camera;
    await air.desk.shareScreen();
    await settle();
    expect(sentTrack()).toBe(screen);
    expect(FakeSocket.last.said("stage_set")).toMatchObject({ source: "screen" });
    screen.onended?.();
    await settle();
    expect(sentTrack()).toBe(camera);
  });
  it("switches cameras in turn and remembers", async () => {
    await live();
    await air.desk.nextCamera();
    await settle();
    expect(air.desk.cameraId).toBe("video-2");
    expect((sentTrack() as FakeMediaTrack).getSettings()).toEqual({ deviceId: "video-2" });
    expect(opened.filter(({ kind, stopped }) => kind === "video" && !stopped)).toHaveLength(1);
    expect(kept.get("device.camera")).toBe("video-2");
  });
  it("says what keeps a camera from opening, and keeps the one that is open", async () => {
    await live();
    const camera = air.desk.camera;
    broken["video-2"] = "NotAllowedError";
    await air.desk.choose("camera", "video-2");
    expect(air.desk.problems.camera).toBe("refused");
    expect(air.desk.camera).toBe(camera);
  });
  it("finds another camera when the one in use is pulled out", async () => {
    await live();
    await air.desk.nextCamera();
    broken["video-2"] = "OverconstrainedError";
    (air.desk.camera as unknown as FakeMediaTrack).pull();
    await settle();
    expect(air.desk.cameraId).toBe("video-1");
    expect(air.desk.problems.camera).toBeNull();
    expect(sentTrack()).toBe(air.desk.camera);
  });
  it("goes live by voice alone", async () => {
    broken["video-1"] = "NotFoundError";
    await live();
    expect(air.desk.problems).toEqual({ camera: "missing", microphone: null });
    expect(FakeSocket.last.said("stage_set")).toMatchObject({ video: false, audio: true });
  });
  it("mirrors only the picture of oneself", async () => {
    await arrive();
    expect(air.desk.mirrored).toBe(true);
    await air.desk.shareScreen();
    expect(air.desk.mirrored).toBe(false);
    air.desk.stopScreen();
    air.desk.mirror(false);
    expect(air.desk.mirrored).toBe(false);
    expect(kept.get("mirror")).toBe("false");
  });
});
