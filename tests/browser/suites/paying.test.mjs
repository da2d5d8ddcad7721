// What sells out is waited for, and what is paid by card is paid over a page of the provider's: the show goes on before and
// after, and whatever one presses, reloads or gives up, it stays one order and one payment.
import assert from "node:assert/strict";
import { PHONE } from "../harness/browser.mjs";
import { look } from "../harness/look.mjs";
import { moving } from "../harness/media.mjs";
import { scene } from "../harness/scene.mjs";
import { buyButton, card, fill, frames, movedOn, onAirWith, openSheet, order, ordersOf, pin, soldTo } from "../harness/trade.mjs";
import { until } from "../harness/wait.mjs";
import { word } from "../harness/words.mjs";

const BAG = "Borsa Conero";
const AIKO = { name: "Aiko Tanaka", email: "aiko@example.org" };
const BEN = { name: "Ben Okafor", email: "ben@example.org" };

const button = (at, key, values) => at.getByRole("button", { name: word(key, values), exact: true });

scene("who waits is offered what comes back", "serve", async ({ server, invite }) => {
  const seller = (await invite()).page;
  const aiko = (await invite({ viewport: PHONE })).page;
  const ben = (await invite({ viewport: PHONE })).page;
  const slug = await onAirWith(seller, server, BAG, 1);
  const orders = await ordersOf(seller);
  for (const viewer of [aiko, ben]) {
    await viewer.goto(`${server.base}/s/${slug}`);
    await moving(viewer);
  }
  await seller.bringToFront();
  await pin(seller, BAG).click();
  await buyButton(ben).waitFor();
  const held = await openSheet(aiko, AIKO);

  // Ben comes too late, and gets in line with one press.
  await button(card(ben), "buy.wait_short").click();
  const sheet = ben.getByRole("dialog");
  await sheet.getByText(word("buy.next"), { exact: true }).waitFor();
  await look(ben, "shop-line");
  // A reload keeps the place, and does not cover the picture with it.
  await ben.reload();
  await button(card(ben), "buy.in_line").waitFor();
  await moving(ben);
  const before = await frames(ben);
  await card(ben).getByText(word("buy.next"), { exact: true }).waitFor();
  assert.ok(!(await ben.title()).startsWith(word("buy.turn_title")));

  // Aiko lets go: it is Ben's turn, and the tab says so as well.
  await button(held, "buy.let_go").click();
  await card(ben).getByText(word("buy.turn"), { exact: true }).waitFor({ timeout: 10_000 });
  assert.ok((await ben.title()).startsWith(word("buy.turn_title")), await ben.title());
  await button(card(aiko), "buy.wait_short").waitFor();
  await look(ben, "shop-turn-card");
  await card(ben).getByRole("button").first().click();
  await sheet.getByRole("timer").waitFor();
  await sheet.getByText(word("buy.turn_more")).waitFor();
  await look(ben, "shop-turn");
  await fill(sheet, BEN);
  await order(sheet).click();
  await ben.getByText(word("buy.placed"), { exact: true }).waitFor();
  await movedOn(ben, before);
  await orders.bringToFront();
  await until("the seller's list has Ben's order", 10_000, async () => (await soldTo(orders, BEN.name)) === 1);
  assert.equal(await soldTo(orders, AIKO.name), 0);
  await card(aiko).getByText(word("buy.sold_out")).first().waitFor();
});

scene("who leaves the line is asked no more", "serve", async ({ server, invite }) => {
  const seller = (await invite()).page;
  const aiko = (await invite({ viewport: PHONE })).page;
  const ben = (await invite({ viewport: PHONE })).page;
  const slug = await onAirWith(seller, server, BAG, 1);
  for (const viewer of [aiko, ben]) await viewer.goto(`${server.base}/s/${slug}`);
  await pin(seller, BAG).click();
  const held = await openSheet(aiko, AIKO);
  await button(card(ben), "buy.wait_short").click();
  await button(ben.getByRole("dialog"), "buy.line_leave").click();
  await ben.getByRole("dialog").waitFor({ state: "hidden" });
  await button(held, "buy.let_go").click();
  // Nobody waits any more, so it is for everybody.
  for (const viewer of [aiko, ben]) await buyButton(viewer).waitFor();
  assert.ok(await buyButton(ben).isEnabled());
});
