// What makes a live sale one: a better price for a while, a moment at which it opens, a piece that comes back; and a buyer
// who changes their mind. Each as the next viewer sees it.
import assert from "node:assert/strict";
import { PHONE } from "../harness/browser.mjs";
import { look } from "../harness/look.mjs";
import { scene } from "../harness/scene.mjs";
import { card, onAirWith, openSheet, order, ordersOf, pin, twoWatching } from "../harness/trade.mjs";
import { until } from "../harness/wait.mjs";
import { word } from "../harness/words.mjs";

const BAG = "Borsa Conero";
const AIKO = { name: "Aiko Tanaka", email: "aiko@example.org" };
/** The shortest that a shop may hold a piece. */
const HELD_MS = 30_000;
const button = (at, key, values) => at.getByRole("button", { name: word(key, values), exact: true });

/** Whether this viewer could buy at this moment. */
const canBuy = async (page) => (await card(page).getByRole("button", { name: word("buy.buy"), exact: true, disabled: false }).count()) > 0;

/** Opens the offer's form of the bag, and fills in what is given. */
async function offer(seller, { price, wait }) {
  await button(seller, "stall.offer", { title: BAG }).click();
  const dialog = seller.getByRole("dialog");
  if (price) await dialog.getByLabel(word("stall.offer_price")).fill(price);
  if (wait) await dialog.getByLabel(word("stall.offer_opens")).selectOption(wait);
  await button(dialog, "stall.offer_do").click();
  return dialog;
}

const holdShortly = (page, reservation_ms) =>
  page.evaluate(async (ms) => {
    const settings = await (await fetch("/api/shop/settings")).json();
    const body = JSON.stringify({ ...settings, reservation_ms: ms });
    const answer = await fetch("/api/shop/settings", { method: "PUT", headers: { "content-type": "application/json" }, body });
    if (!answer.ok) throw new Error(await answer.text());
  }, reservation_ms);

scene("a flash offer, a piece that comes back, and a drop", "serve", async (house) => {
  const { seller, aiko, ben } = await twoWatching(house, BAG, 1);
  await holdShortly(seller, HELD_MS);

  // What is no better price is refused in words; what is one stands beside the lowest there was.
  const dialog = await offer(seller, { price: "189" });
  await dialog.getByText(word("stall.trouble_flash")).waitFor();
  await dialog.getByLabel(word("stall.offer_price")).fill("149");
  await button(dialog, "stall.offer_do").click();
  await dialog.waitFor({ state: "detached" });
  for (const viewer of [aiko, ben]) await card(viewer).getByText("€149", { exact: true }).waitFor();
  await card(ben).getByText("€189", { exact: true }).waitFor();
  await card(ben).getByText(/^Lowest price since it went on sale on .+: €189$/).waitFor();
  await card(ben).getByRole("timer", { name: word("buy.offer"), exact: true }).waitFor();
  await look(ben, "selling-offer");

  // Aiko lets her time go by: the piece comes back, on her screen, on Ben's and on the seller's.
  const sheet = await openSheet(aiko, AIKO);
  const began = Date.now();
  await sheet.getByText("€149").first().waitFor();
  await card(ben).getByText(word("buy.held"), { exact: true }).waitFor();
  assert.ok(!(await canBuy(ben)));
  await until("the piece comes back to the other viewer", HELD_MS + 5_000, () => canBuy(ben));
  assert.ok(Date.now() - began > HELD_MS - 5_000, "it was held for as long as it said");
  await sheet.getByRole("paragraph").getByText(word("buy.expired_more")).waitFor();
  await seller.getByText(word("stall.left.one", { count: 1 })).waitFor();

  // A drop: everybody sees it coming, nobody can buy before, and then everybody can.
  await (await offer(seller, { wait: "10" })).waitFor({ state: "detached" });
  await card(ben).getByText(/^Opens in /).waitFor();
  assert.ok(!(await canBuy(ben)));
  await seller.getByText(word("stall.offer_coming"), { exact: true }).waitFor();
  await until("the drop opens", 15_000, () => canBuy(ben));
  await seller.getByText(word("stall.offer_runs"), { exact: true }).waitFor();
  await look(seller, "selling-drop");
  await order(await openSheet(ben, { name: "Ben Rossi", email: "ben@example.org" })).click();
  await ben.getByText(word("buy.placed"), { exact: true }).waitFor();
});

scene("a buyer changes their mind, and is forgotten", "serve", async ({ server, invite }) => {
  const seller = (await invite()).page;
  const { page: aiko, context } = await invite({ viewport: PHONE });
  const slug = await onAirWith(seller, server, BAG, 1);
  const orders = await ordersOf(seller);
  await seller.bringToFront();
  await pin(seller, BAG).click();
  await aiko.goto(`${server.base}/s/${slug}`);
  await order(await openSheet(aiko, AIKO)).click();
  await aiko.getByText(word("buy.placed"), { exact: true }).waitFor();
  const link = await aiko.getByRole("link", { name: word("buy.order_page"), exact: true }).getAttribute("href");
  await orders.bringToFront();
  await orders.getByRole("button", { name: /Aiko/ }).click();
  await button(orders, "stall.do_paid").click();
  await button(orders, "stall.do_packed").waitFor();

  // Two steps, and the first one does nothing.
  const page = await context.newPage();
  await page.goto(server.base + link);
  const dialog = page.getByRole("dialog");
  await button(page, "order.withdraw").click();
  await dialog.getByText(word("order.confirm_withdraw", { number: 1 })).waitFor();
  await button(dialog, "order.keep").click();
  await dialog.waitFor({ state: "hidden" });
  await page.reload();
  await button(page, "order.withdraw").click();
  await look(page, "selling-withdrawal");
  await button(dialog, "order.confirm_do").click();
  await page.getByText(/^You withdrew on /).waitFor();
  assert.equal(await button(page, "order.erase").count(), 0, "the seller still owes them money, and must know to whom");

  // The seller sees it, and gives the money back; the piece is on the table again.
  await orders.getByText(/^The buyer withdrew on /).waitFor();
  await button(orders, "stall.do_refunded").click();
  const sure = orders.getByRole("dialog");
  await look(orders, "selling-refund");
  await button(sure, "stall.do_refunded").click();
  await sure.waitFor({ state: "hidden" });
  await aiko.bringToFront();
  await button(aiko.getByRole("dialog"), "buy.back").click();
  await until("the piece is on the table again", 5_000, () => canBuy(aiko));

  await page.bringToFront();
  await page.reload();
  await button(page, "order.erase").click();
  await page.getByText(word("order.erased"), { exact: true }).waitFor();
  await until("the name is gone", 5_000, async () => !(await page.getByRole("main").innerText()).includes(AIKO.name));
  await orders.bringToFront();
  await orders.getByText(word("stall.contact_gone"), { exact: true }).first().waitFor();
  assert.ok(!(await orders.getByRole("main").innerText()).includes(AIKO.name), "nor does the seller know any more");
});
