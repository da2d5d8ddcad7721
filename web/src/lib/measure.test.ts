import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { measure, read } from "./measure";

const report = (rows: Record<string, Record<string, unknown>>): RTCStatsReport => new Map(Object.entries(rows)) as unknown as RTCStatsReport;
const PAIR = { type: "candidate-pair", state: "succeeded", nominated: true, availableOutgoingBitrate: 2_000_000, currentRoundTripTime: 0.02, localCandidateId: "l" };

it("reads what the way up carries, from the pair in use", () => {
  const rows = {
    old: { ...PAIR, nominated: false, availableOutgoingBitrate: 9 }, pair: PAIR, l: { type: "local-candidate", protocol: "tcp" },
    v: { type: "outbound-rtp", bytesSent: 700 }, a: { type: "outbound-rtp", bytesSent: 300 },
    rv: { type: "remote-inbound-rtp", fractionLost: 0.1 }, ra: { type: "remote-inbound-rtp", fractionLost: 0.02 },
  };
  expect(read(report(rows))).toEqual({ bytes: 1_000, available_bps: 2_000_000, rtt_ms: 20, lost: 0.1, protocol: "tcp" });
  expect(read(report({}))).toEqual({ bytes: 0, available_bps: 0, rtt_ms: null, lost: 0, protocol: "udp" });
});

class Peer {
  connectionState = "new";
  onconnectionstatechange: (() => void) | null = null;
  localDescription = { sdp: "offer" };
  closed = false;
  bytes = 0;
  addTransceiver = (): object => ({});
  setLocalDescription = async (): Promise<void> => undefined;
  setRemoteDescription = async (): Promise<void> => undefined;
  getStats = async (): Promise<RTCStatsReport> => report({ pair: PAIR, l: { type: "local-candidate", protocol: "udp" }, v: { type: "outbound-rtp", bytesSent: (this.bytes += 2_000_000) } });
  close = (): void => void (this.closed = true);
  become(state: string): void {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }
}
let peer: Peer;
let closed: string[];
const way = { offer: async (type: string, sdp: string) => ({ id: 1, peer: `${type} ${sdp}`, sdp: "answer" }), closePeer: (one: string) => void closed.push(one) };
const run = () => measure(way, { video: null, audio: null }, () => peer as unknown as RTCPeerConnection);
beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("RTCRtpSender", {});
  peer = new Peer();
  closed = [];
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("sends for five seconds, to nobody, and lets go of everything", async () => {
  const found = run();
  await vi.advanceTimersByTimeAsync(100);
  peer.become("connected");
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await found).toEqual({ uplink_bps: 3_200_000, rtt_ms: 20, lost: 0, protocol: "udp" });
  expect([peer.closed, closed]).toEqual([true, ["measure offer"]]);
});

it.each(["failed", "new"])("says that there is no way when it ends %s", async (state) => {
  const found = run();
  await vi.advanceTimersByTimeAsync(100);
  peer.become(state);
  await vi.advanceTimersByTimeAsync(8_000);
  expect(await found).toBeNull();
  expect([peer.closed, closed]).toEqual([true, ["measure offer"]]);
});
