// What a page really shows and plays: pixels of its video element, counters of its connections. The pages offer no
// door for this; the tests look over their shoulder.
import { until } from "./wait.mjs";

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
