// The show in private: the seller goes through all of it with robots for an audience, and nothing of it is left.
import assert from "node:assert/strict";
import { PHONE } from "../harness/browser.mjs";
import { Desk } from "../harness/desk.mjs";
import { look } from "../harness/look.mjs";
import { moving } from "../harness/media.mjs";
import { conversation, createShow, goLive, openShop } from "../harness/people.mjs";
import { scene } from "../harness/scene.mjs";
import { lineUp, makeProduct, room, setUpShop, soldTo } from "../harness/trade.mjs";
import { until } from "../harness/wait.mjs";
import { word } from "../harness/words.mjs";

const BAG = "Borsa Conero";
const button = (at, key, values) => at.getByRole("button", { name: word(key, values), exact: true });
const banner = (page) => page.getByRole("complementary", { name: word("rehearsal.name"), exact: true });
const asked = (page, path) => page.evaluate(async (path) => (await fetch(path)).json(), path);

scene("a rehearsal, from the first robot to the real show", "serve", async ({ server, invite }) => {
  const seller = (await invite()).page;
  await openShop(seller, server, "Cuoio & Filo");
  await setUpShop(seller);
  await makeProduct(seller, BAG, "189.00", 9);
  await room(seller, "stall.shows");
  const slug = await createShow(seller, "Borse di novembre");
  await lineUp(seller, BAG);
  await look(seller, "rehearsal-before");
  assert.equal(await banner(seller).count(), 0);

  await button(seller, "rehearsal.begin").click();
  await seller.waitForURL(/\/rehearsal\/[0-9a-f]{32}\/studio\/[a-z0-9-]+$/);
  const world = new URL(seller.url()).pathname.match(/^\/rehearsal\/[^/]+/)[0];
  await banner(seller).getByText(word("rehearsal.private")).waitFor();
  await until("the tab says so too", 5_000, async () => (await seller.title()).startsWith(word("rehearsal.name")));
  assert.equal(await button(seller, "rehearsal.begin").count(), 0, "there is no rehearsal of a rehearsal");
  const link = await seller.getByLabel(word("rehearsal.link"), { exact: true }).inputValue();
  assert.equal(link, `${server.base}${world}/s/${slug}`, "the link leads into the rehearsal");
  await look(seller, "rehearsal-set-up");
  await goLive(seller);

  // They come, and they talk.
  await until("robots write", 40_000, async () => (await conversation(seller)).length >= 2);
  await seller.locator("body").press("1");
  const desk = await Desk.sit(seller, slug);
  await until("the bag is on the table", 10_000, async () => (await desk.heard("welcome")).show.showcase || (await desk.event("pinned")));
  await desk.ask("poll_open", { poll: crypto.randomUUID(), draft: { text: "Which?", choices: [{ text: "Chestnut" }, { text: "Black" }], results: "live", pin: true } });
  await until("robots vote", 15_000, async () => (await desk.heard("poll_tally"))?.voters >= 3);

  // Whoever has the link sees what a customer would, and is told.
  const viewer = (await invite({ viewport: PHONE })).page;
  await viewer.goto(link);
  await moving(viewer);
  await banner(viewer).getByText(word("rehearsal.private")).waitFor();
  assert.equal(await button(viewer, "rehearsal.end").count(), 0, "it is the seller's to end");
  await look(viewer, "rehearsal-viewer");

  const orders = await seller.context().newPage();
  await orders.goto(`${server.base}${world}/studio/orders`);
  await until("a robot has ordered", 30_000, async () => (await soldTo(orders, "Robot")) >= 1, 500);
  await banner(orders).waitFor();
  await look(orders, "rehearsal-orders");
  await orders.close();
  await seller.bringToFront();
  await look(seller, "rehearsal-on-air");

  // The end: back at the real show, which has seen nothing of it, and can go on air.
  await button(seller, "rehearsal.end").click();
  await seller.waitForURL(`${server.base}/studio/${slug}`);
  await viewer.getByRole("heading", { name: word("rehearsal.over"), exact: true }).waitFor();
  await look(viewer, "rehearsal-over");
  await viewer.goto(`${server.base}${world}/studio/${slug}`);
  await viewer.getByRole("link", { name: word("rehearsal.back"), exact: true }).click();
  await viewer.waitForURL(`${server.base}/studio/${slug}`);
  assert.deepEqual((await asked(seller, "/api/orders")).orders, []);
  assert.equal((await asked(seller, `/api/shows/${slug}`)).status, "draft");
  assert.equal((await asked(seller, `/api/shows/${slug}/line-up`)).products[0].stock.variants[0].left, 9);
  const remembered = await seller.evaluate(() => Object.keys(localStorage).filter((key) => key.includes("rehearsal")));
  assert.deepEqual(remembered, [], "the browser has forgotten it too");
  await goLive(seller);
  assert.deepEqual(await conversation(seller), [word("studio.chat_empty")], "nobody is here yet");
});
