import { describe, expect, it } from "vitest";
import { inboundStats, outboundStats } from "./stats";

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
    expect(seen).toMatchObject({ bytes_sent: 106, packets_sent: 16, packets_lost: 3, width: 1280, fps: 29, codec: "H264", limited_by: "cpu", round_trip_ms: 50, trimmed: false });
  });
  it("of what is sent: whether somebody has no use for a layer", () => {
    const layer = { type: "outbound-rtp", kind: "video" };
    expect(outboundStats(report({ ...layer, active: true }, { ...layer, active: false })).trimmed).toBe(true);
  });
  it("of nothing are nothing", () => {
    expect(outboundStats(report())).toMatchObject({ bytes_sent: 0, round_trip_ms: null, codec: null, limited_by: "none" });
    expect(inboundStats(report())).toMatchObject({ packets: 0, frames: 0 });
  });
});
