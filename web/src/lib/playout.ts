// How far the picture on this screen is, by the publisher's clock, so that a card can come with the frame it belongs to.

/** NTP counts from 1900 (RFC 5905 §6), and so does Chromium's estimate. */
const NTP_BEFORE_UNIX_MS = 2_208_988_800_000;
const SURELY_NTP_MS = 3_000_000_000_000;

/** The publisher's time of what is being shown, in microseconds since the Unix epoch; null if the browser cannot say. */
export function playout_us(report: RTCStatsReport | undefined): number | null {
  for (const row of (report as unknown as Map<string, Record<string, unknown>> | undefined)?.values() ?? []) {
    const at_ms = row.estimatedPlayoutTimestamp;
    if (row.type === "inbound-rtp" && row.kind === "video" && typeof at_ms === "number" && at_ms > 0)
      return (at_ms > SURELY_NTP_MS ? at_ms - NTP_BEFORE_UNIX_MS : at_ms) * 1_000;
  }
  return null;
}

const LOOK_EVERY_MS = 100;
/** A picture that is further behind than this is not waited for. */
const AT_MOST_MS = 3_000;

/** Resolves when the picture gets to `media_us`; at once if nobody can tell. */
export async function reached(media_us: number | undefined, report: () => Promise<RTCStatsReport | undefined>): Promise<void> {
  if (media_us === undefined) return;
  for (let waited_ms = 0; waited_ms < AT_MOST_MS; waited_ms += LOOK_EVERY_MS) {
    const at_us = playout_us(await report().catch(() => undefined));
    if (at_us === null || at_us >= media_us) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
