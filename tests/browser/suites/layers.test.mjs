// A seller who sends the picture in layers: each player gets what it has room for, and what nobody has room for is not
// even sent.
import assert from "node:assert/strict";
import { decodes, moving, report, row } from "../harness/media.mjs";
import { createShow, goLive, openShop } from "../harness/people.mjs";
import { scene } from "../harness/scene.mjs";
import { sleep, until } from "../harness/wait.mjs";

const SMALL = { width: 320, height: 180 };
const LARGE = { width: 1440, height: 900 };
/** A player grows: its picture is sharp within this. Mostly 2.5 s, or 0.7; a browser whose estimate suffered takes longer. */
const SHARP_MS = 20_000;
/** Nobody has use for a layer: the server waits ten seconds before it says so. */
const PATIENCE_MS = 20_000;
const FROZEN_S = 1.5;

const inbound = async (page) => row(await report(page), "inbound-rtp", "video") ?? {};

/** What a seller sends: bytes by layer. */
const layers = async (page) => {
  const rows = (await report(page)).filter(({ type, kind }) => type === "outbound-rtp" && kind === "video");
  return Object.fromEntries(rows.map(({ rid, bytesSent, active, pliCount, keyFramesEncoded }) => [rid, { bytes: bytesSent, active, pliCount, keyFramesEncoded }]));
};

/** Which layers are being sent, seen from the bytes of a second: `qhf`. */
async function sent(page) {
  const before = await layers(page);
  await sleep(1_000);
  const after = await layers(page);
  return ["q", "h", "f"].filter((rid) => (after[rid]?.bytes ?? 0) > (before[rid]?.bytes ?? 0)).join("");
}

scene("layers for small players and large ones", "serve", async ({ server, invite }) => {
  const seller = (await invite()).page;
  const viewer = (await invite({ viewport: SMALL })).page;
  await openShop(seller, server, "Cuoio & Filo");
  const slug = await createShow(seller, "Borse di novembre");
  await goLive(seller);
  await until("all layers are sent", PATIENCE_MS, async () => (await sent(seller)) === "qhf");

  await viewer.goto(`${server.base}/s/${slug}`);
  await moving(viewer);
  await decodes(viewer);
  const small = await inbound(viewer);
  console.log(`a player of ${SMALL.height} points gets ${small.frameHeight} lines`);
  assert.ok(small.frameHeight <= 240, `${small.frameHeight} lines for a small player`);

  const alone = Date.now();
  await until("the larger layers stop", PATIENCE_MS, async () => (await sent(seller)) === "q");
  console.log(`only the lowest layer is sent ${Date.now() - alone} ms later`);
  const off = await layers(seller);
  assert.deepEqual([off.q.active, off.h.active, off.f.active], [true, false, false]);

  // Twice: the layer has to be started first, then it is there.
  for (const how of ["started for it", "there already"]) {
    const before = await inbound(viewer);
    const grown = Date.now();
    await viewer.setViewportSize(LARGE);
    await until("a large player gets the large layer", SHARP_MS, async () => (await inbound(viewer)).frameHeight >= 480).catch(async (error) => {
      const { f } = await layers(seller);
      throw new Error(`${error.message}; it gets ${(await inbound(viewer)).frameHeight} lines, ${await sent(seller)} are sent, the large one is ${JSON.stringify(f)}`);
    });
    const sharp_ms = Date.now() - grown;
    await decodes(viewer);
    const after = await inbound(viewer);
    const frozen_s = after.totalFreezesDuration - before.totalFreezesDuration;
    console.log(`a layer that is ${how}: ${after.frameHeight} lines after ${sharp_ms} ms, ${after.freezeCount - before.freezeCount} freezes of ${frozen_s.toFixed(2)} s`);
    // Mostly not at all; three encoders that start on a busy machine can hold all layers up.
    assert.ok(frozen_s < FROZEN_S, `the picture froze for ${frozen_s.toFixed(2)} s at the change`);
    await viewer.setViewportSize(SMALL);
    await until("a small player gets the small layer", SHARP_MS, async () => (await inbound(viewer)).frameHeight <= 240);
  }
});
