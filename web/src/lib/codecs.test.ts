import { describe, expect, it } from "vitest";
import { audioCodecs, videoCodecs } from "./codecs";

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
  it("are Opus for sound, and for players what repeats it", () => {
    const sound = [codec("audio/red"), codec("audio/opus"), codec("audio/PCMU")];
    expect(audioCodecs(sound, "receiver").map(({ mimeType }) => mimeType)).toEqual(["audio/red", "audio/opus"]);
    expect(audioCodecs(sound, "sender").map(({ mimeType }) => mimeType)).toEqual(["audio/opus"]);
  });
});
