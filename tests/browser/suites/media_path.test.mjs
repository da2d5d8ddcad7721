// What reaches a viewer, in Chromium's own figures: the path of the media, not the pages.
import assert from "node:assert/strict";
import { descriptions, fares, moving, row } from "../harness/media.mjs";
import { createShow, goLive, listen, openShop } from "../harness/people.mjs";
import { Relay } from "../harness/relay.mjs";
import { scene } from "../harness/scene.mjs";

scene("a viewer on a good network", "demo", async ({ server, invite }) => {
  const { page } = await invite();
  await page.goto(await server.link("/s/"));
  await moving(page);
  await listen(page);
  const found = await fares(page, 5_000);
  console.log(found.text);
  // Named with or without `SRTP_` by the browser's age.
  assert.match(row(found.rows, "transport").srtpCipher, /^(SRTP_)?AEAD_AES_128_GCM$/);
  assert.ok(found.frames > 5 * 20, "frames are decoded");
  assert.equal(found.freezes, 0);
  assert.ok(found.concealed < 0.02, "the sound has gaps");
  for (const kind of ["video", "audio"]) assert.ok(row(found.rows, "remote-outbound-rtp", kind), `no sender report for ${kind}`);
});

/** Formats of a description, each once: `H264`, `VP8`, `opus`. */
const formats = (sdp) => [...new Set([...sdp.matchAll(/^a=rtpmap:\d+ ([^/]+)/gm)].map(([, name]) => name))].sort();

scene("pages offer what is forwarded, and sound repairs itself", "serve", async ({ server, invite }) => {
  const seller = (await invite()).page;
  const viewer = (await invite()).page;
  await openShop(seller, server, "Cuoio & Filo");
  const slug = await createShow(seller, "Borse di novembre");
  await goLive(seller);
  await viewer.goto(`${server.base}/s/${slug}`);
  await moving(viewer);
  // A player takes sound with what came before; the server makes that where sound is lost.
  for (const [page, offered] of [[seller, ["H264", "VP8", "opus", "rtx"]], [viewer, ["H264", "VP8", "opus", "red", "rtx"]]]) {
    const { local, remote } = await descriptions(page);
    assert.deepEqual(formats(local), offered);
    assert.match(local, /profile-level-id=42[c-f]0/);
    assert.doesNotMatch(local, /packetization-mode=0/);
    for (const sdp of [local, remote]) {
      assert.match(sdp, /^a=fmtp:\d+ .*useinbandfec=1/m);
      assert.doesNotMatch(sdp, /usedtx=1/);
    }
  }
});

scene("a viewer whom only TCP reaches", "demo", async ({ server, invite }) => {
  const { page } = await invite({ udp: false });
  await page.goto(await server.link("/s/"));
  await moving(page);
  const found = await fares(page, 5_000);
  console.log(found.text);
  const { selectedCandidatePairId } = row(found.rows, "transport");
  const { localCandidateId } = found.rows.find(({ id }) => id === selectedCandidatePairId);
  assert.equal(found.rows.find(({ id }) => id === localCandidateId).protocol, "tcp");
  assert.ok(found.frames > 5 * 20, "frames are decoded");
});

/** A tenth lost and 50 ms there and back: a phone at the edge of its cell. */
const BAD = { loss: 0.1, delay_ms: 25, seed: 20_261_124 };
/** The page learns of the loss, and the server how much the way carries all the same. */
const LEARN_MS = 5_000;
const STRETCH_MS = 15_000;
const STRETCHES = 3;
/** What is aimed at. Pictures that are not sent freeze nothing, so they are counted. */
const isGood = ({ frames, frozen, concealed }) => frames > (STRETCH_MS / 1_000) * 27 && frozen < 0.01 && concealed < 0.02;
/**
 * What must hold in one of so many stretches, for a busy machine stalls relay and player: without repetition of pictures
 * nearly nothing moves, without that of sound a tenth of it is made up.
 */
const isBearable = ({ frames, frozen, concealed }) => frames > (STRETCH_MS / 1_000) * 15 && frozen < 0.3 && concealed < 0.05;

scene("a viewer on a bad network", "demo", async ({ server, invite }) => {
  const relay = await Relay.start(server.mediaPort, BAD);
  try {
    const { page } = await invite({ relay: relay.port });
    await page.goto(await server.link("/s/"));
    await moving(page);
    await listen(page);
    console.log(`at first: ${(await fares(page, LEARN_MS)).text}`);
    const stretches = [];
    while (stretches.length < STRETCHES && !stretches.some(isGood)) {
      const stretch = await fares(page, STRETCH_MS);
      console.log(`${isGood(stretch) ? "as aimed at" : "SHORT OF THE AIM"}: ${stretch.text}`);
      stretches.push(stretch);
    }
    const found = stretches.at(-1);
    console.log(`${relay.dropped} of ${relay.passed} datagrams lost, seed ${BAD.seed}`);
    assert.ok(row(found.rows, "candidate-pair").currentRoundTripTime > (2 * BAD.delay_ms) / 1_000, "nothing was delayed");
    assert.ok(relay.dropped > 0.08 * relay.passed, "the relay was not used");
    assert.ok(stretches.some(isBearable), found.text);
  } finally {
    relay.stop();
  }
});
