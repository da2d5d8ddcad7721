// A show fed by another program: the seller finds the key in the studio, the program publishes with it by WHIP, and a
// replaced key is worth nothing any more.
import assert from "node:assert/strict";
import { PHONE } from "../harness/browser.mjs";
import { look } from "../harness/look.mjs";
import { decodes, moving } from "../harness/media.mjs";
import { createShow, endShow, openShop } from "../harness/people.mjs";
import { scene } from "../harness/scene.mjs";
import { word } from "../harness/words.mjs";

/** Runs in a page: what an encoder does with address and key; resolves to the answer's status. */
async function publish([url, key]) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: true, audio: true });
  const peer = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  for (const track of stream.getTracks()) peer.addTransceiver(track, { direction: "sendonly", streams: [stream] });
  await peer.setLocalDescription();
  const headers = { "content-type": "application/sdp", authorization: `Bearer ${key}` };
  const response = await fetch(url, { method: "POST", headers, body: peer.localDescription.sdp });
  if (response.ok) await peer.setRemoteDescription({ type: "answer", sdp: await response.text() });
  else peer.close();
  return response.status;
}

const focused = (page) => page.evaluate(() => document.activeElement?.textContent.trim());

scene("a show from another program", "serve", async ({ server, invite }) => {
  const seller = (await invite()).page;
  const program = (await invite()).page;
  const viewer = (await invite({ viewport: PHONE })).page;
  await seller.context().grantPermissions(["camera", "microphone", "clipboard-read", "clipboard-write"]);
  const asked = [];
  seller.on("request", (request) => request.url().endsWith("/stream-key") && asked.push(request.method()));
  await openShop(seller, server, "Cuoio & Filo");
  const slug = await createShow(seller, "Borse di novembre");
  await viewer.goto(`${server.base}/s/${slug}`);
  await viewer.getByText(word("watch.waiting_soon")).waitFor();
  // Any page of the same origin; this one has no scripts.
  await program.goto(`${server.base}/healthz`);

  const dialog = seller.getByRole("dialog", { name: word("program.title") });
  const button = (key) => dialog.getByRole("button", { name: word(key), exact: true });
  const field = (key) => dialog.getByLabel(word(key), { exact: true });
  const says = (key) => dialog.getByText(word(key), { exact: true });
  const opener = seller.getByRole("button", { name: word("program.open"), exact: true });
  await opener.waitFor();
  assert.deepEqual(asked, [], "the key was asked for before anybody wanted it");
  await opener.focus();
  await seller.keyboard.press("Enter");
  await says("program.waiting").waitFor();
  await field("program.key").waitFor();
  assert.deepEqual(asked, ["GET"]);
  assert.equal(await field("program.key").getAttribute("type"), "password");
  await look(seller, "studio-program");
  await button("program.key_show").click();
  assert.equal(await field("program.key").getAttribute("type"), "text");
  const [url, key] = [await field("program.address").inputValue(), await field("program.key").inputValue()];
  await button("program.key_copy").click();
  await dialog.getByRole("status").filter({ hasText: word("program.copied") }).waitFor();
  assert.equal(await seller.evaluate(() => navigator.clipboard.readText()), key);

  assert.equal(await program.evaluate(publish, [url, key]), 201);
  await moving(viewer);
  await decodes(viewer);
  await says("program.pictures").waitFor();
  const show = await seller.evaluate(async (path) => (await fetch(path)).json(), `/api/shows/${slug}`);
  assert.equal(show.status, "live");
  await look(seller, "studio-program-live");

  await button("program.renew").click();
  await says("program.renew_text").waitFor();
  assert.equal(await focused(seller), word("program.renew_keep"));
  await look(seller, "studio-program-renew");
  await button("program.renew_keep").click();
  assert.equal(await focused(seller), word("program.renew"));
  assert.deepEqual(asked, ["GET"]);
  await seller.keyboard.press("Enter");
  await button("program.renew_do").click();
  await says("program.renewed").waitFor();
  assert.deepEqual(asked, ["GET", "POST"]);
  await says("program.pictures").waitFor({ state: "detached" });
  const renewed = await field("program.key").inputValue();
  assert.notEqual(renewed, key);
  assert.equal(await program.evaluate(publish, [url, key]), 401);
  assert.equal(await program.evaluate(publish, [url, renewed]), 201);
  await says("program.pictures").waitFor();
  await moving(viewer);

  await seller.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  assert.equal(await focused(seller), word("program.open"));
  await seller.keyboard.press("Enter");
  await field("program.key").waitFor();
  assert.equal(await field("program.key").getAttribute("type"), "password", "a key shown once stays shown");
  await seller.keyboard.press("Escape");
  await endShow(seller);
  await opener.waitFor({ state: "detached" });
});
