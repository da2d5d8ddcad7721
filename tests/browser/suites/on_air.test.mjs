// A seller goes on air by one click; somebody in another browser sees and hears it, talks, and sees it end.
import assert from "node:assert/strict";
import { PHONE } from "../harness/browser.mjs";
import { look } from "../harness/look.mjs";
import { decodes, moving, received, sounds } from "../harness/media.mjs";
import { createShow, endShow, goLive, listen, openShop, reads, write } from "../harness/people.mjs";
import { scene } from "../harness/scene.mjs";
import { word } from "../harness/words.mjs";

const SHOP = "Cuoio & Filo";
const TITLE = "Borse di novembre";

scene("a show from waiting room to end card", "serve", async ({ server, invite }) => {
  const seller = (await invite()).page;
  const viewer = (await invite({ viewport: PHONE })).page;

  await seller.goto(await server.link("#setup="));
  await seller.getByLabel(word("studio.shop_name")).waitFor();
  await look(seller, "studio-setup");
  await openShop(seller, server, SHOP);
  await look(seller, "studio-first-show");
  const slug = await createShow(seller, TITLE);

  await viewer.goto(`${server.base}/s/${slug}`);
  await viewer.getByText(word("watch.waiting_soon")).waitFor();
  await look(viewer, "watch-waiting");
  await seller.getByRole("button", { name: word("studio.go_live"), exact: true }).waitFor();
  await look(seller, "studio-desk");

  await goLive(seller);
  await moving(viewer);
  assert.equal((await received(viewer)).codec, "video/H264");
  await decodes(viewer);
  await listen(viewer);
  await sounds(viewer);

  await write(viewer, "Which leather is this?", "Aiko");
  await reads(seller, "Which leather is this?");
  await write(seller, "Vegetable-tanned, from Tuscany.", "Anna");
  await reads(viewer, "Vegetable-tanned, from Tuscany.");
  await look(viewer, "watch-live");
  await look(seller, "studio-live");

  await endShow(seller);
  await viewer.getByText(word("watch.ended_title")).first().waitFor();
  await seller.getByText(word("studio.over")).first().waitFor();
  await look(viewer, "watch-ended");
  await look(seller, "studio-ended");
});

scene("a seller whose browser sends VP8", "serve", async ({ server, invite }) => {
  const seller = (await invite({ codec: "vp8" })).page;
  const viewer = (await invite({ viewport: PHONE })).page;
  await openShop(seller, server, SHOP);
  const slug = await createShow(seller, TITLE);
  await goLive(seller);
  await viewer.goto(`${server.base}/s/${slug}`);
  await moving(viewer);
  assert.equal((await received(viewer)).codec, "video/VP8");
  await decodes(viewer);
  await listen(viewer);
  await sounds(viewer);
});

scene("pages for those who are not expected", "serve", async ({ server, invite }) => {
  const { page } = await invite();
  await page.goto(`${server.base}/studio`);
  await page.getByRole("heading", { name: word("studio.out") }).waitFor();
  await look(page, "studio-logged-out");
  const missing = await page.goto(`${server.base}/s/no-such-show`);
  assert.equal(missing.status(), 404);
  await page.getByRole("heading", { name: word("missing.title") }).waitFor();
  await look(page, "missing");
});
