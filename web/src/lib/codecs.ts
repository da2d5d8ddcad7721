// Which codecs a page offers: only those that Quiora forwards, best first. A short offer is also a fast one:
// the server spends five times the work on Chromium's full list.
type Codec = RTCRtpCodec;

const mime = (codec: Codec): string => codec.mimeType.toLowerCase();
const fmtp = (codec: Codec): string => codec.sdpFmtpLine?.toLowerCase() ?? "";
const isH264 = (codec: Codec): boolean => mime(codec) === "video/h264" && fmtp(codec).includes("packetization-mode=1");
// RFC 6184 §8.1: 42 with the flag constraint_set1 (any of e0, c0 …) is constrained baseline.
const isBaseline = (codec: Codec): boolean => /profile-level-id=42[c-f]0/.test(fmtp(codec));

/** H.264 constrained baseline first (hardware, Safari), VP8 as the way out, each with its retransmission. */
export function videoCodecs(all: readonly Codec[]): Codec[] {
  const h264 = all.filter(isH264);
  const baseline = h264.filter(isBaseline);
  return [
    ...(baseline.length > 0 ? baseline : h264).slice(0, 1),
    ...all.filter((codec) => mime(codec) === "video/vp8"),
    ...all.filter((codec) => mime(codec) === "video/rtx"),
  ];
}

/** Opus; a player also takes it with what came before (RFC 2198), which the server makes where sound is lost. */
export const audioCodecs = (all: readonly Codec[], side: "sender" | "receiver"): Codec[] =>
  all.filter((codec) => mime(codec) === "audio/opus" || (side === "receiver" && mime(codec) === "audio/red"));

/** Trims both kinds; an old browser that cannot, or has none of ours, offers what it likes. */
export function prefer(transceiver: RTCRtpTransceiver, kind: "audio" | "video", side: "sender" | "receiver"): void {
  const of = side === "sender" ? RTCRtpSender : RTCRtpReceiver;
  const all = of.getCapabilities?.(kind)?.codecs ?? [];
  const wanted = kind === "video" ? videoCodecs(all) : audioCodecs(all, side);
  if (wanted.length === 0 || wanted.every((codec) => mime(codec) === "video/rtx")) return;
  try {
    transceiver.setCodecPreferences?.(wanted);
  } catch {
    // The server prunes what it cannot use.
  }
}
