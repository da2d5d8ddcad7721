// The way to the server, tried out: the camera is sent for some seconds as if on air, to nobody, and the browser tells what
// got through. Nothing of it is shown or kept.
import { prefer } from "./codecs";
import type { Connection } from "./connection";
import { configuration } from "./ice";

export interface Measured {
  /** What the way up can carry, as far as the browser could find out. */
  uplink_bps: number;
  /** There and back. */
  rtt_ms: number | null;
  /** Parts lost on the way, 0 to 1. */
  lost: number;
  /** `tcp`: the fast way is blocked, and the slow one was taken. */
  protocol: "udp" | "tcp";
}
export interface Tracks {
  video: MediaStreamTrack | null;
  audio: MediaStreamTrack | null;
}
export type Offering = Pick<Connection, "offer" | "closePeer">;

const CONNECT_MS = 8_000;
const MEASURED_MS = 5_000;
// What a full picture with its smaller copies takes, and some room.
const MOST_BPS = 3_500_000;

/** Null: the server cannot be reached for pictures and sound. Rejects with a `RequestError`. */
export async function measure(connection: Offering, { video, audio }: Tracks, make = (c: RTCConfiguration) => new RTCPeerConnection(c), length_ms = MEASURED_MS): Promise<Measured | null> {
  const peer = make(configuration());
  let named: string | null = null;
  try {
    const init: RTCRtpTransceiverInit = { direction: "sendonly" };
    prefer(peer.addTransceiver(video ?? "video", { ...init, sendEncodings: [{ maxBitrate: MOST_BPS }] }), "video", "sender");
    prefer(peer.addTransceiver(audio ?? "audio", init), "audio", "sender");
    await peer.setLocalDescription();
    const answer = await connection.offer("measure", peer.localDescription?.sdp ?? "");
    named = answer.peer;
    await peer.setRemoteDescription({ type: "answer", sdp: answer.sdp });
    if (!(await connected(peer))) return null;
    const before = read(await peer.getStats());
    await new Promise((resolve) => setTimeout(resolve, length_ms));
    const after = read(await peer.getStats());
    const sent_bps = ((after.bytes - before.bytes) * 8_000) / length_ms;
    return { uplink_bps: Math.max(sent_bps, after.available_bps), rtt_ms: after.rtt_ms, lost: after.lost, protocol: after.protocol };
  } finally {
    peer.close();
    if (named !== null) connection.closePeer(named);
  }
}

function connected(peer: RTCPeerConnection): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), CONNECT_MS);
    const look = (): void => {
      if (peer.connectionState !== "connected" && peer.connectionState !== "failed") return;
      clearTimeout(timer);
      resolve(peer.connectionState === "connected");
    };
    peer.onconnectionstatechange = look;
    look();
  });
}

interface Reading {
  bytes: number;
  available_bps: number;
  rtt_ms: number | null;
  lost: number;
  protocol: "udp" | "tcp";
}

/** What of the browser's statistics (W3C webrtc-stats) matters here. */
export function read(report: RTCStatsReport): Reading {
  const found: Reading = { bytes: 0, available_bps: 0, rtt_ms: null, lost: 0, protocol: "udp" };
  const stats = new Map<string, Record<string, unknown>>();
  report.forEach((one: Record<string, unknown>, id: string) => stats.set(id, one));
  for (const one of stats.values()) {
    if (one.type === "outbound-rtp" && typeof one.bytesSent === "number") found.bytes += one.bytesSent;
    if (one.type === "remote-inbound-rtp" && typeof one.fractionLost === "number") found.lost = Math.max(found.lost, one.fractionLost);
    if (one.type !== "candidate-pair" || one.state !== "succeeded" || one.nominated === false) continue;
    if (typeof one.availableOutgoingBitrate === "number") found.available_bps = one.availableOutgoingBitrate;
    if (typeof one.currentRoundTripTime === "number") found.rtt_ms = one.currentRoundTripTime * 1_000;
    if (stats.get(String(one.localCandidateId))?.protocol === "tcp") found.protocol = "tcp";
  }
  return found;
}
