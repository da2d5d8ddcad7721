import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { api, ApiError } from "./api";
import { Backoff } from "./backoff";
import { videoCodecs } from "./codecs";
import { openBoth, openDevice, problemOf } from "./devices";
import { loudness } from "./level";
import { reloadOnce } from "./reload";
import { ServerClock } from "./server_clock";
import { inboundStats, outboundStats } from "./stats";
import { kept, tab } from "./storage";
import { joinTokens } from "./tokens";
import { uuid } from "./uuid";

const respond = (status: number, body: unknown): typeof fetch =>
  vi.fn(async () => new Response(body === null ? null : JSON.stringify(body), { status }));

beforeEach(() => localStorage.clear());
afterEach(() => vi.unstubAllGlobals());

describe("uuid", () => {
  it("is of version 7 and carries the time", () => {
    const id = uuid(0x0193_5a10_c402);
    expect(id).toMatch(/^01935a10-c402-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(new Set(Array.from({ length: 100 }, () => uuid())).size).toBe(100);
  });
});

describe("backoff", () => {
  it("spreads over the whole of a growing span, and never spins", () => {
    const of = (random: number): number[] => {
      const backoff = new Backoff({ first_ms: 300, cap_ms: 1_000, random: () => random });
      return [backoff.next(), backoff.next(), backoff.next()];
    };
    expect(of(1)).toEqual([300, 600, 1_000]);
    expect(of(0.5)).toEqual([150, 300, 500]);
    expect(of(0)).toEqual([50, 50, 50]);
  });
});

describe("the server's clock", () => {
  it("is believed from the quickest exchange", () => {
    const clock = new ServerClock();
    expect(clock.offset_ms).toBe(0);
    clock.observe(1_000, 1_400, 6_200);
    expect(clock.offset_ms).toBe(5_000);
    clock.observe(2_000, 2_020, 7_110);
    expect(clock.offset_ms).toBe(5_100);
    clock.observe(3_000, 3_900, 9_000);
    expect([clock.offset_ms, clock.round_trip_ms]).toEqual([5_100, 900]);
  });
});

describe("the API", () => {
  it("reads problem details", async () => {
    vi.stubGlobal("fetch", respond(401, { code: "not_logged_in", detail: "Log in." }));
    await expect(api.session()).rejects.toMatchObject({ status: 401, code: "not_logged_in", passing: false });
  });
  it("survives answers that are none", async () => {
    vi.stubGlobal("fetch", vi.fn(async () => new Response("<html>", { status: 502 })));
    await expect(api.shows()).rejects.toMatchObject({ status: 502, code: "unexpected", passing: true });
    vi.stubGlobal("fetch", vi.fn(async () => Promise.reject(new TypeError("network"))));
    await expect(api.shows()).rejects.toMatchObject({ status: 0, code: "offline", passing: true });
  });
  it("takes an empty answer", async () => {
    vi.stubGlobal("fetch", respond(204, null));
    await expect(api.login("t", "Bottega")).resolves.toBeUndefined();
    expect(vi.mocked(fetch).mock.calls[0]?.[1]).toMatchObject({ method: "POST", body: '{"token":"t","shop":"Bottega"}' });
  });
});

describe("join tokens", () => {
  it("are the kept one, then the page's, then a new one", async () => {
    vi.stubGlobal("fetch", respond(200, { token: "fetched" }));
    joinTokens("demo", "viewer").keep("member");
    const tokens = joinTokens("demo", "viewer", "page");
    const seen: string[] = [];
    for (let i = 0; i < 3; i++) {
      seen.push(await tokens.current());
      tokens.discard();
    }
    expect(seen).toEqual(["member", "page", "fetched"]);
    expect(kept.get("token.viewer.demo")).toBeNull();
    await expect(joinTokens("other", "host", "").current()).resolves.toBe("fetched");
  });
  it("are not to be had without the API", async () => {
    vi.stubGlobal("fetch", respond(403, { code: "not_allowed" }));
    await expect(joinTokens("demo", "host").current()).rejects.toBeInstanceOf(ApiError);
  });
});

describe("codecs", () => {
  const codec = (mimeType: string, sdpFmtpLine?: string): RTCRtpCodec => ({ mimeType, clockRate: 90_000, ...(sdpFmtpLine && { sdpFmtpLine }) });
  const h264 = (profile: string, mode: number): RTCRtpCodec =>
    codec("video/H264", `level-asymmetry-allowed=1;packetization-mode=${mode};profile-level-id=${profile}`);
  const rest = [codec("video/VP8"), codec("video/rtx"), codec("video/VP9", "profile-id=0"), codec("video/red")];

  it("are H.264 constrained baseline, VP8 and retransmission", () => {
    const found = videoCodecs([...rest, h264("42001f", 1), h264("42e01f", 0), h264("42e01f", 1), h264("64001f", 1)]);
    expect(found.map(({ mimeType, sdpFmtpLine }) => mimeType + (sdpFmtpLine?.slice(-24) ?? ""))).toEqual([
      "video/H264;profile-level-id=42e01f",
      "video/VP8",
      "video/rtx",
    ]);
  });
  it("are VP8 where H.264 is missing", () => {
    expect(videoCodecs(rest).map(({ mimeType }) => mimeType)).toEqual(["video/VP8", "video/rtx"]);
  });
});

describe("stats", () => {
  const report = (...rows: object[]): RTCStatsReport => new Map(rows.map((row, i) => [String(i), row])) as unknown as RTCStatsReport;

  it("of what is sent: sums of all layers, the picture of the largest", () => {
    const layer = { type: "outbound-rtp", kind: "video", timestamp: 5, codecId: "c" };
    const seen = outboundStats(
      report(
        { type: "codec", id: "c", mimeType: "video/H264" },
        { ...layer, bytesSent: 10, packetsSent: 1, framesPerSecond: 30, frameWidth: 320, frameHeight: 180 },
        { ...layer, bytesSent: 90, packetsSent: 9, framesPerSecond: 29, frameWidth: 1280, frameHeight: 720, qualityLimitationReason: "cpu" },
        { ...layer, bytesSent: 1, packetsSent: 1, frameHeight: 1080 },
        { type: "outbound-rtp", kind: "audio", bytesSent: 5, packetsSent: 5, timestamp: 5 },
        { type: "remote-inbound-rtp", packetsLost: 2, roundTripTime: 0.05 },
        { type: "remote-inbound-rtp", packetsLost: 1, roundTripTime: 0.01 },
      ),
    );
    expect(seen).toMatchObject({ bytes_sent: 106, packets_sent: 16, packets_lost: 3, width: 1280, fps: 29, codec: "H264", limited_by: "cpu", round_trip_ms: 50 });
  });
  it("of nothing are nothing", () => {
    expect(outboundStats(report())).toMatchObject({ bytes_sent: 0, round_trip_ms: null, codec: null, limited_by: "none" });
    expect(inboundStats(report())).toMatchObject({ packets: 0, frames: 0 });
  });
});

describe("the level", () => {
  it("is in decibels", () => {
    expect(loudness([0, 0, 0])).toBe(0);
    expect(loudness([1, -1, 1, -1])).toBe(1);
    expect(loudness([0.0316, -0.0316])).toBeCloseTo(0.5, 2);
  });
});

describe("devices", () => {
  const error = (name: string, message = ""): Error => Object.assign(new Error(message), { name });
  const track = (kind: string): object => ({ kind });
  const stub = (getUserMedia: (constraints: MediaStreamConstraints) => object, secure = true): void => {
    const stream = (constraints: MediaStreamConstraints): object => {
      const tracks = getUserMedia(constraints) as { kind: string }[];
      return { getTracks: () => tracks, getVideoTracks: () => tracks.filter(({ kind }) => kind === "video"), getAudioTracks: () => tracks.filter(({ kind }) => kind === "audio") };
    };
    vi.stubGlobal("navigator", { mediaDevices: { getUserMedia: vi.fn(async (constraints: MediaStreamConstraints) => stream(constraints)) } });
    vi.stubGlobal("isSecureContext", secure);
  };

  it.each([
    ["NotAllowedError", "Permission denied", "refused"],
    ["NotAllowedError", "Permission denied by system", "blocked"],
    ["NotFoundError", "", "missing"],
    ["NotReadableError", "", "busy"],
    ["OverconstrainedError", "", "unsuitable"],
    ["TypeError", "", "unsupported"],
    ["StrangeError", "", "failed"],
  ])("%s (%s) is called %s", (name, message, code) => {
    expect(problemOf(error(name, message)).code).toBe(code);
  });

  it("each have their own answer, with one question", async () => {
    stub(({ video, audio }) => {
      if (video) throw error("NotFoundError");
      return audio ? [track("audio")] : [];
    });
    await expect(openBoth()).resolves.toMatchObject({ camera: { code: "missing" }, microphone: { kind: "audio" } });
    stub(() => {
      throw error("NotAllowedError");
    });
    await expect(openBoth()).resolves.toMatchObject({ camera: { code: "refused" }, microphone: { code: "refused" } });
    expect(navigator.mediaDevices.getUserMedia).toHaveBeenCalledTimes(1);
  });

  it("are any when the remembered one is gone", async () => {
    kept.set("device.camera", "old");
    stub(({ video }) => {
      if ((video as MediaTrackConstraints).deviceId) throw error("OverconstrainedError");
      return [track("video")];
    });
    await expect(openDevice("camera")).resolves.toMatchObject({ kind: "video" });
  });

  it("are out of reach without https", async () => {
    stub(() => [track("video")], false);
    await expect(openBoth()).resolves.toMatchObject({ camera: { code: "insecure" }, microphone: { code: "insecure" } });
  });
});

describe("reloading", () => {
  it("happens once, not in a loop", () => {
    const reload = vi.fn();
    vi.stubGlobal("location", { reload });
    tab.remove("reloaded_at_ms");
    reloadOnce();
    reloadOnce();
    expect(reload).toHaveBeenCalledTimes(1);
  });
});

describe("storage", () => {
  it("that is forbidden is no memory, and no error", () => {
    vi.stubGlobal("localStorage", { getItem: () => { throw new Error("forbidden"); } });
    expect(kept.get("x")).toBeNull();
    expect(() => kept.set("x", "y")).not.toThrow();
  });
});
