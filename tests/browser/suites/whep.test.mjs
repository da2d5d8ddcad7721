// A player that is no page of ours: plain WHEP from Chromium, and how soon it shows a picture.
import assert from "node:assert/strict";
import { scene } from "../harness/scene.mjs";

const TIMES = 10;
const LIMIT_MS = 1_000;

/** Runs in a page: plays once; resolves to the milliseconds from the POST to the answer, and to the first frame presented. */
async function play(endpoint) {
  const peer = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  const video = document.body.appendChild(document.createElement("video"));
  video.muted = video.autoplay = true;
  const stream = (video.srcObject = new MediaStream());
  peer.ontrack = ({ track }) => stream.addTrack(track);
  for (const kind of ["video", "audio"]) peer.addTransceiver(kind, { direction: "recvonly" });
  await peer.setLocalDescription();
  const shown = new Promise((resolve, reject) => {
    video.requestVideoFrameCallback((now) => resolve(now));
    setTimeout(() => reject(new Error("no frame within 10 s")), 10_000);
  });
  const started = performance.now();
  const response = await fetch(endpoint, { method: "POST", headers: { "content-type": "application/sdp" }, body: peer.localDescription.sdp });
  if (response.status !== 201) throw new Error(`${response.status}: ${await response.text()}`);
  const answered_ms = performance.now() - started;
  await peer.setRemoteDescription({ type: "answer", sdp: await response.text() });
  const shown_ms = (await shown) - started;
  const ended = await fetch(response.headers.get("location"), { method: "DELETE" });
  peer.close();
  video.remove();
  return { answered_ms, shown_ms, ended: ended.status };
}

const median = (figures) => figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)];
const list = (figures) => figures.map((figure) => figure.toFixed(0)).join(" ");

scene("a player that speaks WHEP", "demo", async ({ server, invite }) => {
  const { page } = await invite();
  const slug = new URL(await server.link("/s/")).pathname.split("/").pop();
  // Any page of the same origin; this one has no scripts.
  await page.goto(`${server.base}/healthz`);
  const found = [];
  for (let n = 0; n < TIMES; n++) found.push(await page.evaluate(play, `/api/shows/${slug}/whep`));
  const shown = found.map(({ shown_ms }) => shown_ms);
  const answered = found.map(({ answered_ms }) => answered_ms);
  console.log(`POST to first frame, ms: median ${median(shown).toFixed(0)} (${list(shown)}); to the answer: median ${median(answered).toFixed(0)} (${list(answered)})`);
  assert.ok(median(shown) < LIMIT_MS, "the first frame came late");
  for (const { ended } of found) assert.equal(ended, 200);
});
