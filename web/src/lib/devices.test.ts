import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openBoth, openDevice, problemOf } from "./devices";
import { kept } from "./storage";

beforeEach(() => localStorage.clear());
afterEach(() => vi.unstubAllGlobals());

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
