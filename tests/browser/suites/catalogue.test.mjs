// A seller fills the shelves: a picture, a sheet that is looked at before it is taken, an order by hand and by keys, and
// what goes into the parcels.
import assert from "node:assert/strict";
import { PHONE } from "../harness/browser.mjs";
import { look } from "../harness/look.mjs";
import { createShow, openShop } from "../harness/people.mjs";
import { scene } from "../harness/scene.mjs";
import { onAirWith, openSheet, order, pin, room } from "../harness/trade.mjs";
import { until } from "../harness/wait.mjs";
import { word } from "../harness/words.mjs";

const SHOP = "Cuoio & Filo";
const button = (at, key, values) => at.getByRole("button", { name: word(key, values), exact: true });
const focused = (page) => page.evaluate(() => document.activeElement?.textContent?.trim());

/** The products from top to bottom, as they stand. */
const titles = (page) => page.getByRole("main").locator("li .name").allInnerTexts();
const grip = (at, title) => button(at, "sort.grip", { title });
/** What the server has, which is what the next visitor sees. */
const stored = (page) => page.evaluate(async () => (await (await fetch("/api/products")).json()).products.map(({ title }) => title));

const HEAD = "handle;title;description;status;vat;max_per_buyer;variant;sku;price;stock";
/** As Excel writes it in Italy: a mark, semicolons, both ends of line, a decimal comma. */
const excel = (...rows) => Buffer.from(`\u{feff}${[HEAD, ...rows].join("\r\n")}\r\n`);
const GOOD = ["conero;Borsa Conero;;active;22;2;castagna;;1.189,50;4", "conero;Borsa Conero;;active;22;2;nero;;€ 189;1", "fibbia;Cintura;\"Una fibbia,\nun filo\";draft;22;;;;39,00;7"];
/** Lets a file fall anywhere on the page, as from another window. */
const drop = (page, name, text) =>
  page.evaluate(([name, text]) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([text], name, { type: "text/csv" }));
    document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
  }, [name, text]);
const bring = (page, name, buffer) => page.getByRole("dialog").locator("input[type=file]").setInputFiles({ name, mimeType: "text/csv", buffer });

scene("a product with a picture, and a sheet that is looked at before it is taken", "serve", async ({ server, invite }) => {
  const { page } = await invite();
  await openShop(page, server, SHOP);
  await room(page, "stall.products");
  const picture = await page.screenshot();
  await button(page, "stall.new_product").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(word("stall.title")).fill("Zaino");
  await dialog.getByLabel(word("stall.price")).fill("240");
  await dialog.locator("input[type=file]").setInputFiles({ name: "zaino.png", mimeType: "image/png", buffer: picture });
  await dialog.getByLabel(word("stall.image_alt")).fill("A rucksack of brown leather");
  await button(dialog, "stall.save").click();
  await dialog.waitFor({ state: "detached" });
  const shown = page.getByRole("img", { name: "A rucksack of brown leather" });
  await until("the picture is there", 5_000, () => shown.evaluate((img) => img.complete && img.naturalWidth > 0));
  // What opened the dialog is gone with the empty shelf; afterwards it is there, and the focus goes back to it.
  await until("the focus is on the page again", 2_000, async () => (await focused(page)) === word("stall.products"));
  for (const close of [() => button(dialog, "common.cancel").click(), () => page.keyboard.press("Escape"), () => button(dialog, "common.close").click()]) {
    await button(page, "stall.edit").click();
    await close();
    await dialog.waitFor({ state: "detached" });
    await until("the focus goes back to the opener", 2_000, async () => (await focused(page)) === word("stall.edit"));
  }

  await button(page, "sheet.import_do").click();
  await bring(page, "borse.csv", excel(...GOOD, "nastro;;;active;22;;;;9,00;1", "filo;Filo;;active;22;;;;molto;1"));
  await dialog.getByText(word("sheet.bad.other", { count: 2 })).waitFor();
  // A cell of two lines is one row, as the seller's spreadsheet counts.
  for (const [row, text] of [[5, word("sheet.title_empty")], [6, word("sheet.price", { cell: word("sheet.quoted", { text: "molto" }) })]]) {
    const line = dialog.getByRole("listitem").filter({ hasText: word("sheet.row", { row }) });
    await line.getByText(text, { exact: true }).waitFor();
  }
  assert.equal(await dialog.getByRole("button", { name: /^Import/ }).count(), 0, "nothing can be imported");
  await look(page, "catalogue-import-bad");
  await bring(page, "borse.xlsx", Buffer.from("PK\u0003\u0004 a workbook"));
  await dialog.getByText(word("sheet.workbook")).waitFor();
  await bring(page, "borse.csv", Buffer.from("handle;title\r\nx;citt\u00e0\r\n", "latin1"));
  await dialog.getByText(word("sheet.encoding")).waitFor();
  assert.deepEqual(await stored(page), ["Zaino"]);

  await drop(page, "borse.csv", excel(...GOOD).toString());
  await dialog.getByText(word("sheet.new.other", { count: 2 })).waitFor();
  await look(page, "catalogue-import-good");
  await button(dialog, "sheet.do.other", { count: 2 }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByText(word("sheet.done.other", { count: 2 })).waitFor();
  assert.deepEqual(await titles(page), ["Zaino", "Borsa Conero", "Cintura"]);
  await page.getByRole("listitem").filter({ hasText: "Borsa Conero" }).getByText("from €189.00").waitFor();

  // What was downloaded and comes back changed changes what it names, and says so.
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: word("stall.export") }).click()]);
  const text = (await (await download.createReadStream()).toArray()).join("");
  assert.match(text, /Borsa Conero,,active,22\.00,2,nero,,189\.00,1/);
  await button(page, "sheet.import_do").click();
  await bring(page, "products.csv", Buffer.from(text.replace("nero,,189.00,1", "nero,,179.00,9")));
  const line = dialog.getByRole("listitem").filter({ hasText: "Borsa Conero" });
  await line.getByText(word("sheet.diff_price"), { exact: true }).waitFor();
  await dialog.getByText(word("sheet.unchanged.other", { count: 2 })).waitFor();
  await dialog.getByText(word("sheet.stock_stays")).waitFor();
  await button(dialog, "sheet.do.one", { count: 1 }).click();
  await dialog.waitFor({ state: "detached" });

  // The price that was, for whoever makes an offer.
  await page.getByRole("listitem").filter({ hasText: "Borsa Conero" }).getByRole("button", { name: word("stall.edit") }).click();
  await dialog.getByText(word("past.title_of", { name: "nero" })).click();
  await dialog.getByText(word("past.lowest", { price: "€179.00" })).waitFor();
  await dialog.getByRole("listitem").filter({ hasText: "€189.00" }).waitFor();
  await look(page, "catalogue-prices");
});

scene("an order by mouse, by finger and by keys", "serve", async ({ server, invite }) => {
  const { page, context } = await invite();
  await openShop(page, server, SHOP);
  await page.evaluate(async () => {
    for (const title of ["Uno", "Due", "Tre", "Quattro"]) {
      const variants = [{ name: "", sku: "", price_minor: 1_000, stock: 1 }];
      const draft = { title, description: "", status: "active", vat_bp: 2_200, max_per_buyer: null, images: [], variants };
      await fetch("/api/products", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(draft) });
    }
  });
  await room(page, "stall.products");
  const stands = async (...wanted) => {
    await until(`the list is ${wanted}`, 3_000, async () => (await titles(page)).join() === wanted.join());
    await until(`the server has ${wanted}`, 3_000, async () => (await stored(page)).join() === wanted.join());
  };
  const middle = async (title) => {
    const box = await grip(page, title).boundingBox();
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  };

  // By mouse, to the very top.
  const [from, to] = [await middle("Tre"), await middle("Uno")];
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y - 10, { steps: 8 });
  await until("the row hangs at the mouse", 2_000, async () => Math.abs((await middle("Tre")).y - to.y + 10) < 4);
  await page.mouse.up();
  await stands("Tre", "Uno", "Due", "Quattro");

  // By finger; a touch that the system takes away moves nothing.
  await page.setViewportSize(PHONE);
  await page.evaluate(() => scrollTo(0, 0));
  const hand = await context.newCDPSession(page);
  const finger = async (title, by, end) => {
    const { x, y } = await middle(title);
    const touch = (type, at) => hand.send("Input.dispatchTouchEvent", { type, touchPoints: at === null ? [] : [{ x, y: at }] });
    await touch("touchStart", y);
    for (let step = 1; step <= 6; step++) await touch("touchMove", y + (by * step) / 6);
    await page.waitForTimeout(50);
    await touch(end, null);
  };
  const step = (await middle("Uno")).y - (await middle("Tre")).y;
  await finger("Tre", step, "touchCancel");
  await stands("Tre", "Uno", "Due", "Quattro");
  await finger("Tre", step, "touchEnd");
  await stands("Uno", "Tre", "Due", "Quattro");

  // At the edge of what is seen the page scrolls on, until the row is where it is wanted.
  await page.evaluate(() => scrollTo(0, 0));
  const top = await middle("Uno");
  await page.mouse.move(top.x, top.y);
  await page.mouse.down();
  await page.mouse.move(top.x, PHONE.height - 4, { steps: 4 });
  await until("the page scrolls to its end", 5_000, () => page.evaluate(() => scrollY > 0 && Math.ceil(scrollY + innerHeight) >= document.body.scrollHeight));
  await page.mouse.up();
  await stands("Tre", "Due", "Quattro", "Uno");
  await page.evaluate(() => fetch("/api/products").then((answer) => answer.json()).then(({ products: [tre, due, quattro, uno] }) => {
    const order = { products: [uno, tre, due, quattro].map(({ product }) => product) };
    return fetch("/api/products-order", { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify(order) });
  }));
  await page.reload();
  await stands("Uno", "Tre", "Due", "Quattro");

  // By keys: said aloud, put back by Escape, and the focus stays where it was.
  await grip(page, "Quattro").focus();
  await page.keyboard.press("Space");
  await page.getByText(word("sort.taken", { title: "Quattro", place: 4, all: 4 }), { exact: true }).waitFor({ state: "attached" });
  await page.keyboard.press("ArrowUp");
  await page.getByText(word("sort.place", { place: 3, all: 4 }), { exact: true }).waitFor({ state: "attached" });
  await page.keyboard.press("Escape");
  await page.getByText(word("sort.put_back", { title: "Quattro", place: 4 }), { exact: true }).waitFor({ state: "attached" });
  await stands("Uno", "Tre", "Due", "Quattro");
  await page.keyboard.press("Space");
  await page.keyboard.press("Home");
  await page.keyboard.press("Space");
  await page.getByText(word("sort.dropped", { title: "Quattro", place: 1 }), { exact: true }).waitFor({ state: "attached" });
  await stands("Quattro", "Uno", "Tre", "Due");
  const name = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
  await until("the focus stays on the grip", 2_000, async () => (await name()) === word("sort.grip", { title: "Quattro" }));
  await look(page, "catalogue-order");

  // What the server does not take goes back, and is said.
  await page.route("**/api/products-order", (route) => route.abort());
  await button(page, "stall.down", { title: "Quattro" }).click();
  await page.getByRole("alert").waitFor();
  await page.unroute("**/api/products-order");
  await stands("Quattro", "Uno", "Tre", "Due");
  await button(page, "stall.down", { title: "Quattro" }).click();
  await stands("Uno", "Quattro", "Tre", "Due");

  // The line-up the same way: Escape puts back what is held and leaves the dialog open.
  await room(page, "stall.shows");
  await createShow(page, "Quattro cose");
  await button(page, "stall.line_up_choose").click();
  const dialog = page.getByRole("dialog");
  for (const title of ["Due", "Uno"]) await dialog.getByLabel(title, { exact: true }).check();
  await grip(dialog, "Uno").focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Escape");
  await dialog.getByText(word("sort.put_back", { title: "Uno", place: 2 }), { exact: true }).waitFor({ state: "attached" });
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await look(page, "catalogue-line-up");
  await button(dialog, "stall.save").click();
  await dialog.waitFor({ state: "detached" });
  await pin(page, "Uno").waitFor();
  const cards = await page.getByRole("region", { name: word("stall.line_up"), exact: true }).locator("li b").allInnerTexts();
  assert.deepEqual(cards, ["Uno", "Due"]);
});

scene("a packing slip for each parcel", "serve", async ({ server, invite }) => {
  const { page, context } = await invite();
  const aiko = (await invite({ viewport: PHONE })).page;
  await context.addInitScript(() => {
    window.__printed = 0;
    window.print = () => (window.__printed += 1);
  });
  const slug = await onAirWith(page, server, "Borsa Conero", 3);
  await pin(page, "Borsa Conero").click();
  await aiko.goto(`${server.base}/s/${slug}`);
  for (const name of ["Aiko Tanaka", "Ben Rossi"]) {
    const sheet = await openSheet(aiko, { name, email: "aiko@example.org" });
    await order(sheet).click();
    await aiko.getByText(word("buy.placed"), { exact: true }).waitFor();
    await button(sheet, "buy.back").click();
  }

  const orders = await context.newPage();
  await orders.goto(`${server.base}/studio/orders`);
  const printed = () => orders.evaluate(() => window.__printed);
  const pages = async () => ((await orders.pdf({ preferCSSPageSize: true })).toString("latin1").match(/\/Type\s*\/Page\b/g) ?? []).length;
  // One that is not paid is not to be packed yet.
  await button(orders, "slip.to_pack").click();
  await orders.getByText(word("slip.none"), { exact: true }).waitFor();
  for (const name of [/Aiko/, /Ben/]) {
    await orders.getByRole("button", { name }).click();
    await button(orders, "stall.do_paid").click();
    await button(orders, "stall.do_packed").waitFor();
  }
  await button(orders, "slip.one").click();
  await until("the print dialog opens by itself", 5_000, async () => (await printed()) === 1);
  const slip = orders.getByRole("article");
  const text = await slip.innerText();
  for (const part of [SHOP, "Via Roma 1, Ancona", "Ben Rossi", "Borsa Conero", "Pick-up at the workshop", word("slip.note")]) assert.ok(text.includes(part), `${part} is not on the slip: ${text}`);
  assert.ok(!text.includes("189"), "a present does not say its price");
  assert.equal(await pages(), 1);
  await orders.getByLabel(word("slip.prices")).check();
  await slip.getByText("€189.00").first().waitFor();
  await orders.goBack();
  await until("the focus goes back to the opener", 2_000, async () => (await focused(orders)) === word("slip.one"));

  await button(orders, "slip.to_pack").click();
  await until("both lie on the table", 5_000, async () => (await slip.count()) === 2 && (await printed()) === 2);
  assert.equal(await pages(), 2, "each on a page of its own");
  await look(orders, "packing-slips");
  await orders.emulateMedia({ media: "print" });
  for (const hidden of [orders.getByRole("navigation"), button(orders, "slip.back")]) assert.ok(!(await hidden.isVisible()), "only slips are printed");
  await orders.emulateMedia({ media: null });
  await button(orders, "slip.back").click();
  await until("the focus goes back to the opener", 2_000, async () => (await focused(orders)) === word("slip.to_pack"));
});
