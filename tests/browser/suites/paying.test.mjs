// What sells out is waited for, and what is paid by card is paid over a page of the provider's: the show goes on before and
// after, and whatever one presses, reloads or gives up, it stays one order and one payment.
import assert from "node:assert/strict";
import { PHONE } from "../harness/browser.mjs";
import { look } from "../harness/look.mjs";
import { moving } from "../harness/media.mjs";
import { scene } from "../harness/scene.mjs";
import { buyButton, card, fill, frames, movedOn, onAirWith, openSheet, order, ordersOf, pin, soldTo, twoWatching } from "../harness/trade.mjs";
import { until } from "../harness/wait.mjs";
import { word } from "../harness/words.mjs";

const BAG = "Borsa Conero";
const AIKO = { name: "Aiko Tanaka", email: "aiko@example.org" };
const BEN = { name: "Ben Okafor", email: "ben@example.org" };

const button = (at, key, values) => at.getByRole("button", { name: word(key, values), exact: true });

scene("who waits is offered what comes back", "serve", async (house) => {
  const { seller, aiko, ben } = await twoWatching(house, BAG, 1);
  const orders = await ordersOf(seller);
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

scene("who leaves the line is asked no more", "serve", async (house) => {
  const { seller, aiko, ben } = await twoWatching(house, BAG, 1);
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

scene("paid by card between two looks at the picture, and paid back", "serve", async ({ server, invite, stripe }) => {
  const seller = (await invite()).page;
  const aiko = (await invite({ viewport: PHONE })).page;
  const slug = await onAirWith(seller, server, BAG, 2, async () => {
    await stripe.connect(seller);
    await look(seller, "shop-studio-cards");
  });
  const orders = await ordersOf(seller);
  await aiko.goto(`${server.base}/s/${slug}`);
  await moving(aiko);
  await seller.bringToFront();
  await pin(seller, BAG).click();
  const sheet = await openSheet(aiko, AIKO);
  assert.ok(await sheet.getByLabel(word("buy.pay_card")).isChecked());
  await sheet.getByText("Cash, when you come.").waitFor();
  await look(aiko, "shop-pay-way");
  const before = await frames(aiko);
  await movedOn(aiko, before);
  await order(sheet).dblclick();
  await stripe.page(aiko);
  assert.equal((await stripe.state()).sessions.length, 1, "a double click is one payment");

  await aiko.getByRole("button", { name: "Pay", exact: true }).click();
  await aiko.getByText(word("buy.placed"), { exact: true }).waitFor();
  await sheet.getByText(word("buy.paid_card"), { exact: true }).waitFor();
  assert.equal(new URL(aiko.url()).search, "", "what is shared is the show");
  await look(aiko, "shop-paid");
  await moving(aiko);
  const link = await sheet.getByRole("link", { name: word("buy.order_page"), exact: true }).getAttribute("href");
  await orders.bringToFront();
  await until("the seller's list has the order", 10_000, async () => (await soldTo(orders, AIKO.name)) === 1);

  // The seller sends it back: the money goes by itself.
  await orders.getByRole("button", { name: /Aiko/ }).click();
  await button(orders, "stall.do_refund_card").click();
  const asked = orders.getByRole("dialog");
  await asked.getByText(word("stall.refund_itself"), { exact: true }).waitFor();
  await button(asked, "stall.do_refund_card").click();
  await until("the money went back once", 15_000, async () => (await stripe.state()).refunds.length === 1);
  const receipt = await aiko.context().newPage();
  await receipt.goto(server.base + link);
  await receipt.getByText(word("order.refunded_card"), { exact: true }).waitFor();
  await look(receipt, "shop-order-refunded");
}, { cards: true });

scene("given up, gone back, reloaded: one order and one payment", "serve", async ({ server, invite, stripe }) => {
  const seller = (await invite()).page;
  const person = await invite({ viewport: PHONE });
  const aiko = person.page;
  const slug = await onAirWith(seller, server, BAG, 1, () => stripe.connect(seller, true));
  const orders = await ordersOf(seller);
  await aiko.goto(`${server.base}/s/${slug}`);
  await seller.bringToFront();
  await pin(seller, BAG).click();
  const sheet = await openSheet(aiko, AIKO);
  assert.equal(await sheet.getByText(word("buy.pay_way"), { exact: true }).count(), 0, "one way is no choice");
  await order(sheet).click();
  await stripe.page(aiko);

  // Given up there.
  await aiko.getByRole("button", { name: "Back", exact: true }).click();
  await sheet.getByText(word("buy.pay_unpaid"), { exact: true }).waitFor();
  await moving(aiko);
  await look(aiko, "shop-unpaid");
  await aiko.reload();
  await sheet.getByText(word("buy.pay_unpaid"), { exact: true }).waitFor();

  // There again, and back with the browser's own button.
  await button(sheet, "buy.pay_now").click();
  await stripe.page(aiko);
  await aiko.goBack();
  await sheet.getByText(word("buy.pay_unpaid"), { exact: true }).waitFor();
  // A second tab knows it, and goes nowhere by itself.
  const second = await person.context.newPage();
  await second.goto(`${server.base}/s/${slug}`);
  await second.getByRole("dialog").getByText(word("buy.pay_unpaid"), { exact: true }).waitFor();

  // Paid in the first tab while the word of it is late: a reload does not ask to pay again.
  await stripe.control({ notice_delay_ms: 6_000 });
  await aiko.bringToFront();
  await button(sheet, "buy.pay_now").click();
  await stripe.page(aiko);
  await aiko.getByRole("button", { name: "Pay", exact: true }).click();
  await aiko.waitForURL(`${server.base}/s/${slug}`);
  const confirming = sheet.getByText(word("buy.pay_confirming"), { exact: true });
  const placed = aiko.getByText(word("buy.placed"), { exact: true });
  await confirming.or(placed).waitFor();
  if (await confirming.isVisible()) {
    await aiko.reload();
    await confirming.or(placed).waitFor();
    assert.equal(await button(sheet, "buy.pay_now").count(), 0);
  }
  await placed.waitFor();
  await second.getByText(word("buy.placed"), { exact: true }).waitFor();
  await until("the seller's list has one order", 10_000, async () => (await soldTo(orders, AIKO.name)) === 1);
  const { sessions } = await stripe.state();
  assert.equal(sessions.length, 1, "one payment");
}, { cards: true });

scene("who pays after the last piece is gone gets the money back", "serve", async (house) => {
  const { server, stripe } = house;
  const { seller, aiko, ben } = await twoWatching(house, BAG, 1, async (seller) => {
    await stripe.connect(seller, true);
    await seller.getByLabel(word("stall.policy_first")).check();
    await button(seller, "stall.save").click();
    await until("it is saved", 10_000, async () => (await (await fetch(`${server.base}/api/shop`)).json()).policy === "first_paid");
  });
  await pin(seller, BAG).click();
  for (const [viewer, person] of [[aiko, AIKO], [ben, BEN]]) {
    await buyButton(viewer).click();
    const sheet = viewer.getByRole("dialog");
    await sheet.getByText(word("buy.loose"), { exact: true }).waitFor();
    assert.equal(await sheet.getByRole("timer").count(), 0, "nothing is held, so nothing counts down");
    await fill(sheet, person);
    await order(sheet).click();
    await stripe.page(viewer);
  }
  await ben.getByRole("button", { name: "Pay", exact: true }).click();
  await ben.getByText(word("buy.placed"), { exact: true }).waitFor();
  await aiko.getByRole("button", { name: "Pay", exact: true }).click();
  await aiko.getByText(word("buy.repaid"), { exact: true }).waitFor();
  await look(aiko, "shop-repaid");
  await moving(aiko);
  await until("the money went back once", 15_000, async () => (await stripe.state()).refunds.length === 1);
  await aiko.getByText(word("buy.repaid_done"), { exact: true }).waitFor();
}, { cards: true });
