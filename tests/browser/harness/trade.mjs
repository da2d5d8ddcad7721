// What a seller does to have something to sell, and a buyer to have it: by the names that stand on the pages.
import { PHONE } from "./browser.mjs";
import { moving } from "./media.mjs";
import { createShow, goLive, openShop } from "./people.mjs";
import { until } from "./wait.mjs";
import { word } from "./words.mjs";

const button = (at, key, values) => at.getByRole("button", { name: word(key, values), exact: true });
export const room = (page, key) => page.getByRole("navigation").getByRole("link", { name: word(key), exact: true }).click();

/** Pick-up only, so that nobody needs an address; how to pay, and who sells. */
export async function setUpShop(page) {
  await room(page, "stall.settings");
  await button(page, "stall.shipping_add").click();
  await page.getByLabel(word("stall.shipping_name"), { exact: true }).fill("Pick-up at the workshop");
  await page.getByLabel(word("stall.shipping_pick_up")).check();
  await page.getByLabel(word("stall.payment")).fill("Cash, when you come.");
  await page.getByLabel(word("stall.details")).fill("Cuoio & Filo, Via Roma 1, Ancona");
  await button(page, "stall.save").click();
  await page.getByText(word("stall.saved"), { exact: true }).waitFor();
}

/** `pieces` of one thing without variants. */
export async function makeProduct(page, title, price, pieces) {
  await room(page, "stall.products");
  await button(page, "stall.new_product").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(word("stall.title")).fill(title);
  await dialog.getByLabel(word("stall.price")).fill(price);
  await dialog.getByLabel(word("stall.stock")).fill(String(pieces));
  await button(dialog, "stall.save").click();
  await dialog.waitFor({ state: "detached" });
  await page.getByText(title, { exact: true }).first().waitFor();
}

/** Lines it up in the show whose page is open. */
export async function lineUp(page, title) {
  await button(page, "stall.line_up_choose").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(title, { exact: true }).check();
  await button(dialog, "stall.save").click();
  await dialog.waitFor({ state: "detached" });
}

/** A shop with `pieces` of one thing, on air with it lined up; resolves to the show's slug. `before` happens in the studio. */
export async function onAirWith(seller, server, title, pieces, before = async () => undefined) {
  await openShop(seller, server, "Cuoio & Filo");
  await setUpShop(seller);
  await before();
  await makeProduct(seller, title, "189.00", pieces);
  await room(seller, "stall.shows");
  const slug = await createShow(seller, "Borse di novembre");
  await lineUp(seller, title);
  await goLive(seller);
  return slug;
}

/** A seller on air with `pieces` of one thing, and two who watch on their phones. */
export async function twoWatching({ server, invite }, title, pieces, before) {
  const seller = (await invite()).page;
  const aiko = (await invite({ viewport: PHONE })).page;
  const ben = (await invite({ viewport: PHONE })).page;
  const slug = await onAirWith(seller, server, title, pieces, before && (() => before(seller)));
  for (const viewer of [aiko, ben]) {
    await viewer.goto(`${server.base}/s/${slug}`);
    await moving(viewer);
  }
  return { seller, aiko, ben, slug };
}

/** The seller's second window, on the orders. */
export async function ordersOf(seller) {
  const orders = await seller.context().newPage();
  await orders.goto(new URL("/studio/orders", seller.url()).href);
  await orders.getByText(word("stall.no_orders"), { exact: true }).waitFor();
  return orders;
}

/** How many orders of that person the list shows; each order is a row that opens. */
export const soldTo = (orders, name) => orders.getByRole("main").locator("button[aria-expanded]").filter({ hasText: name }).count();

export const pin = (page, title) => button(page, "stall.pin", { title });

/** The card on a watch page. */
export const card = (page) => page.getByRole("region", { name: word("buy.on_table"), exact: true });
export const buyButton = (page) => button(card(page), "buy.buy");

/** From the card to the filled-in form, with what is held counted down. */
export async function openSheet(page, person) {
  await buyButton(page).click();
  const sheet = page.getByRole("dialog");
  await sheet.getByRole("timer").waitFor();
  await fill(sheet, person);
  return sheet;
}

/** Who buys, into the form of an open sheet. */
export async function fill(sheet, { name, email }) {
  await sheet.getByLabel(word("buy.name"), { exact: true }).fill(name);
  await sheet.getByLabel(word("buy.email"), { exact: true }).fill(email);
}

export const order = (sheet) => button(sheet, "buy.order");

/** How many frames the picture has shown so far; the element must be the same one all the time. */
export const frames = (page) =>
  page.evaluate(() => {
    const video = document.querySelector("video");
    window.__video ??= video;
    if (window.__video !== video) throw new Error("the picture was mounted again");
    return video.getVideoPlaybackQuality().totalVideoFrames;
  });

/** Fails unless the picture moved on since `before`. */
export const movedOn = (page, before) => until("the picture goes on", 5_000, async () => (await frames(page)) > before);
