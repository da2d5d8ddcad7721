// The few numbers of getStats (W3C webrtc-stats) that a page reads, by plain names and in plain units.
export interface InboundStats {
  packets: number;
  bytes: number;
  lost: number;
  frames: number;
  frame_width: number;
  frame_height: number;
}

export interface OutboundStats {
  at_ms: number;
  /** All layers and the sound together. */
  bytes_sent: number;
  /** Of the largest layer that is being sent. */
  frames_sent: number;
  fps: number;
  width: number;
  height: number;
  codec: string | null;
  /** What the browser says holds the picture back. */
  limited_by: "none" | "cpu" | "bandwidth" | "other";
  /** The largest layers are off because nobody has use for them. */
  trimmed: boolean;
  packets_sent: number;
  packets_lost: number;
  /** null until the server has reported. */
  round_trip_ms: number | null;
}

type Row = Record<string, unknown> & { type: string };

const figure = (row: Row | undefined, name: string): number => {
  const value = row?.[name];
  return typeof value === "number" ? value : 0;
};
const rows = (report: RTCStatsReport, type: string): Row[] =>
  [...(report as unknown as Map<string, Row>).values()].filter((row) => row.type === type);
const sum = (list: Row[], name: string): number => list.reduce((total, row) => total + figure(row, name), 0);

export function inboundStats(report: RTCStatsReport): InboundStats {
  const inbound = rows(report, "inbound-rtp");
  const video = inbound.find((row) => row.kind === "video");
  return {
    packets: sum(inbound, "packetsReceived"),
    bytes: sum(inbound, "bytesReceived"),
    lost: sum(inbound, "packetsLost"),
    frames: figure(video, "framesDecoded"),
    frame_width: figure(video, "frameWidth"),
    frame_height: figure(video, "frameHeight"),
  };
}

const LIMITS = ["cpu", "bandwidth", "other"] as const;

export function outboundStats(report: RTCStatsReport): OutboundStats {
  const outbound = rows(report, "outbound-rtp");
  const remote = rows(report, "remote-inbound-rtp");
  const layers = outbound
    .filter((row) => row.kind === "video" && figure(row, "framesPerSecond") > 0)
    .sort((a, b) => figure(b, "frameHeight") - figure(a, "frameHeight"));
  const largest = layers[0];
  const codec = rows(report, "codec").find((row) => row.id === largest?.codecId)?.mimeType;
  const videos = outbound.filter((row) => row.kind === "video");
  const round_trips = remote.map((row) => row.roundTripTime).filter((value) => typeof value === "number");
  return {
    at_ms: Math.max(0, ...outbound.map((row) => figure(row, "timestamp"))),
    bytes_sent: sum(outbound, "bytesSent"),
    frames_sent: figure(largest, "framesSent"),
    fps: figure(largest, "framesPerSecond"),
    width: figure(largest, "frameWidth"),
    height: figure(largest, "frameHeight"),
    codec: typeof codec === "string" ? codec.replace("video/", "") : null,
    limited_by: LIMITS.find((reason) => videos.some((row) => row.qualityLimitationReason === reason)) ?? "none",
    trimmed: videos.some((row) => row.active === false),
    packets_sent: sum(outbound, "packetsSent"),
    packets_lost: sum(remote, "packetsLost"),
    round_trip_ms: round_trips.length > 0 ? Math.max(...round_trips) * 1000 : null,
  };
}
