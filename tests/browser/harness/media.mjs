// What a page really shows and plays: pixels of its video element, counters of its connections. The pages offer no
// door for this; the tests look over their shoulder.
import { sleep, until } from "./wait.mjs";

/** Runs in the page before its scripts: remembers every connection. */
export function watchPeers() {
  const Native = window.RTCPeerConnection;
  window.__peers = [];
  window.RTCPeerConnection = class extends Native {
    constructor(...args) {
      super(...args);
      window.__peers.push(this);
    }
  };
}

/** Runs in the page before its scripts: this browser cannot encode H.264. */
export function withoutH264() {
  const all = RTCRtpSender.getCapabilities.bind(RTCRtpSender);
  RTCRtpSender.getCapabilities = (kind) => {
    const found = all(kind);
    return found && { ...found, codecs: found.codecs.filter(({ mimeType }) => mimeType.toLowerCase() !== "video/h264") };
  };
}

/** Runs in the page before its scripts: media goes through a relay at this port, and in no other way. */
export function goThrough(port) {
  const native = RTCPeerConnection.prototype.setRemoteDescription;
  RTCPeerConnection.prototype.setRemoteDescription = function ({ type, sdp }) {
    const lines = sdp.split("\r\n").filter((line) => !/^a=candidate:\S+ \d+ tcp /.test(line));
    const moved = lines.map((line) => line.replace(/^(a=candidate:\S+ \d+ udp \d+ )\S+ \d+ /, `$1127.0.0.1 ${port} `));
    return native.call(this, { type, sdp: moved.join("\r\n") });
  };
}

/** Everything that getStats says of the newest live connection; nothing without one. */
export const report = (page) =>
  page.evaluate(async () => {
    const peer = window.__peers.findLast(({ connectionState }) => connectionState === "connected");
    return peer ? [...(await peer.getStats()).values()] : [];
  });

/** The first row of that type, and of that kind of media if it has one. */
export const row = (rows, type, kind) => rows.find((row) => row.type === type && (kind === undefined || row.kind === kind));

/** What was sent and received to negotiate the newest live connection: `{local, remote}`. */
export const descriptions = (page) =>
  page.evaluate(() => {
    const peer = window.__peers.findLast(({ connectionState }) => connectionState === "connected");
    return { local: peer.localDescription.sdp, remote: peer.remoteDescription.sdp };
  });

/** How a viewer fared over `span_ms`, from two looks at getStats; for the reader, `text` says it on one line. */
export async function fares(page, span_ms) {
  const before = await report(page);
  await sleep(span_ms);
  const after = await report(page);
  const grown = (kind, name) => (row(after, "inbound-rtp", kind)?.[name] ?? 0) - (row(before, "inbound-rtp", kind)?.[name] ?? 0);
  const share = (part, whole) => (whole > 0 ? part / whole : 1);
  const found = {
    frames: grown("video", "framesDecoded"),
    freezes: grown("video", "freezeCount") + grown("video", "pauseCount"),
    // Chromium calls what lasts longer than five seconds a pause.
    frozen: (grown("video", "totalFreezesDuration") + grown("video", "totalPausesDuration")) / (span_ms / 1_000),
    concealed: share(grown("audio", "concealedSamples"), grown("audio", "totalSamplesReceived")),
    lost: share(grown("video", "packetsLost"), grown("video", "packetsReceived") + grown("video", "packetsLost")),
    nacks: grown("video", "nackCount"),
    repaired: grown("video", "retransmittedPacketsReceived"),
  };
  const percent = (part) => `${(part * 100).toFixed(2)} %`;
  const text =
    `in ${span_ms / 1_000} s ${found.frames} frames, ${found.freezes} freezes (${percent(found.frozen)} of the time), ` +
    `${percent(found.concealed)} of the sound made up, ${percent(found.lost)} of the video packets lost, ${found.nacks} NACKs, ${found.repaired} repeated`;
  return { ...found, text, rows: after };
}

/** Counters of the newest live connection that receives: `{frames, codec, energy, packets}`; zeros without one. */
export const received = (page) =>
  page.evaluate(async () => {
    const zero = { frames: 0, codec: null, energy: 0, width: 0 };
    for (const peer of [...window.__peers].reverse()) {
      if (peer.connectionState !== "connected") continue;
      const stats = [...(await peer.getStats()).values()];
      const video = stats.find((s) => s.type === "inbound-rtp" && s.kind === "video");
      const audio = stats.find((s) => s.type === "inbound-rtp" && s.kind === "audio");
      if (!video && !audio) continue;
      const codec = stats.find((s) => s.id === video?.codecId)?.mimeType ?? null;
      return { frames: video?.framesDecoded ?? 0, codec, energy: audio?.totalAudioEnergy ?? 0, width: video?.frameWidth ?? 0 };
    }
    return zero;
  });

/** The picture now, small and grey: `{luma, mean, presented}`; null while the element has none. */
const picture = (page) =>
  page.evaluate(() => {
    const video = document.querySelector("video");
    if (!video || video.readyState < 2 || video.videoWidth === 0) return null;
    const canvas = new OffscreenCanvas(64, 36);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(video, 0, 0, 64, 36);
    const { data } = context.getImageData(0, 0, 64, 36);
    const luma = [];
    for (let i = 0; i < data.length; i += 4) luma.push(0.299 * data[i] + 0.587 * data[i + 1] + 0.114 * data[i + 2]);
    const mean = luma.reduce((sum, y) => sum + y, 0) / luma.length;
    return { luma, mean, presented: video.getVideoPlaybackQuality().totalVideoFrames };
  });

/** Black is 16 in video; noise of an encoder stays below this. */
const NOT_BLACK = 24;

/** Resolves when the page shows moving, non-black video; says how long that took. Fails after `limit_ms`. */
export async function moving(page, limit_ms = 15_000) {
  const started = Date.now();
  let last = null;
  let why = "no picture";
  await until(`moving picture (last seen: ${why})`, limit_ms, async () => {
    const now = await picture(page);
    if (!now) return false;
    const before = last;
    last = now;
    if (!before) return false;
    const changed = now.luma.filter((y, i) => Math.abs(y - before.luma[i]) > 6).length;
    why = `mean ${now.mean.toFixed(0)}, ${changed} points changed, ${now.presented - before.presented} frames`;
    return now.mean > NOT_BLACK && changed > 4 && now.presented > before.presented;
  }, 250).catch((error) => {
    throw new Error(`${error.message}; ${why}`);
  });
  return Date.now() - started;
}

/** Resolves when the number of decoded frames grows by `more`. */
export async function decodes(page, more = 30, limit_ms = 15_000) {
  const { frames } = await received(page);
  return await until(`${more} more frames are decoded`, limit_ms, async () => {
    const now = await received(page);
    return (now.frames >= frames + more || (now.frames < frames && now.frames >= more)) && now;
  });
}

/** Resolves when sound is heard: energy that grows. */
export async function sounds(page, limit_ms = 10_000) {
  const { energy } = await received(page);
  await until("sound is heard", limit_ms, async () => (await received(page)).energy > energy + 1e-6);
}

/** The robot's frame number, read from the blocks in its picture (src/robot/clip/README.md); null if unreadable. */
export const frameNumber = (page) =>
  page.evaluate(() => {
    const video = document.querySelector("video");
    if (!video || video.readyState < 2 || video.videoWidth === 0) return null;
    const canvas = new OffscreenCanvas(1280, 720);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(video, 0, 0, 1280, 720);
    const light = [...Array(18).keys()].map((i) => {
      const [r, g, b] = context.getImageData(812 + 24 * i, 680, 1, 1).data;
      return 0.299 * r + 0.587 * g + 0.114 * b > 128;
    });
    if (!light[0] || light[17]) return null;
    return light.slice(1, 17).reduce((number, bit) => number * 2 + Number(bit), 0);
  });
