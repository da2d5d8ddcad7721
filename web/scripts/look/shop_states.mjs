// The states of the shop: card and sheet on the watch page, the buyer's own page, the seller's rooms.
const SHOP = "Bottega Valnerina";
const now = Date.now();
const IMAGE = { image: "bag", width_px: 900, height_px: 900, alt: "Una borsa color castagna" };
const PRODUCT = {
  product: "p", title: "Borsa Conero", currency: "EUR", vat_bp: 2200, max_per_buyer: 2, images: [IMAGE],
  variants: [{ variant: "a", name: "castagna", price_minor: 18900 }, { variant: "b", name: "nero", price_minor: 18900 }, { variant: "c", name: "verde bosco", price_minor: 19900 }],
};
const ONE = { ...PRODUCT, variants: [PRODUCT.variants[0]] };
const OFFER = { ...ONE, variants: [{ ...ONE.variants[0], name: "", offer_minor: 14900, lowest_30_days_minor: 17900 }] };
const stock = (lefts, more = {}) => ({ product: "p", as_of: 5, for_sale: true, variants: Object.entries(lefts).map(([variant, [left, reserved]]) => ({ variant, left, reserved })), ...more });
const SHIPPING = [
  { shipping: "s1", name: "Corriere", price_minor: 900, pick_up: false, countries: ["IT", "DE", "FR"] },
  { shipping: "s2", name: "Nel mondo", price_minor: 2500, pick_up: false, countries: [] },
  { shipping: "s3", name: "Ritiro in bottega", price_minor: 0, pick_up: true, countries: [] },
];
const ADDRESS = { street: "Via Roma 1", postcode: "06046", city: "Norcia", region: "PG", country: "IT" };
const CONTACT = { name: "Aiko Tanaka", email: "aiko@example.org", phone: "", note: "Se possibile entro Natale", address: ADDRESS };
const ORDER = {
  order: "o", number: null, status: "reserved", product: "p", variant: "a", title: "Borsa Conero", variant_name: "castagna", quantity: 1, currency: "EUR",
  unit_minor: 18900, goods_minor: 18900, shipping: null, shipping_minor: 0, total_minor: 18900, vat_minor: 3408, vat_bp: 2200,
  expires_at_ms: now + 3_600_000, held: true, withdrawn_at_ms: null, steps: [], as_of: 1,
};
const placed = (number, status, name, more = {}) => ({
  order: { ...ORDER, order: `o${number}`, number, status, shipping: { shipping: "s1", name: "Corriere", pick_up: false }, shipping_minor: 900, total_minor: 19800, vat_minor: 3570, expires_at_ms: null,
    steps: [{ status: "reserved", at_ms: now - 9e6, by: "buyer" }, { status: "placed", at_ms: now - 89e5, by: "buyer" }, ...(status === "placed" ? [] : [{ status, at_ms: now - 4e6, by: "seller" }])], ...more },
  contact: { ...CONTACT, name },
});
const product = (id, title, status, variants) => ({ product: id, position: 0, title, description: "Conciata al vegetale, cucita a mano.", status, vat_bp: 2200, max_per_buyer: 2, images: [IMAGE], currency: "EUR", created_at_ms: 0, updated_at_ms: 0, variants });
const variant = (id, name, free, reserved, sold) => ({ variant: id, name, sku: "", price_minor: 18900, lowest_30_days_minor: 17900, stock: free + reserved + sold, free, reserved, sold });
const CATALOGUE = [
  product("p", "Borsa Conero", "active", [variant("a", "castagna", 3, 1, 2), variant("b", "nero", 0, 0, 4)]),
  product("q", "Cintura, una fibbia", "active", [variant("c", "", 12, 0, 0)]),
  product("r", "Portafoglio piccolo", "draft", [variant("d", "", 0, 0, 0)]),
];
const view = (more) => ({ ...placed(17, "placed", "Aiko Tanaka"), shop: { name: SHOP, seller_details: "Bottega Valnerina di A. Rossi\nVia Roma 1, 06046 Norcia\nP. IVA IT01234567890", withdrawal_days: 14 }, payment_instructions: "Bonifico: IBAN IT60 X054 2811 1010 0000 0123 456\nCausale: il numero dell’ordine", withdrawal: "cancel", ...more });

const card = (state) => ({ payment: { method: "stripe", state, ...(state === "open" && { url: "/pay" }) } });
const LATE = [{ status: "paying", at_ms: now - 9e5, by: "buyer" }, { status: "expired", at_ms: now - 6e5, by: "clock" }, { status: "paid", at_ms: now - 3e5, by: "provider" }, { status: "refunded", at_ms: now - 3e5, by: "clock" }];

export const ANSWERS = {
  "GET /api/shop": { name: SHOP, currency: "EUR", reservation_ms: 300000, shipping: SHIPPING, seller_details: "Bottega Valnerina di A. Rossi, Via Roma 1, Norcia, P. IVA IT01234567890", withdrawal_days: 14, policy: "reserve", waiting_list: true, payments: ["stripe", "manual"] },
  "GET /api/orders/as-of": { as_of: 5 },
  "GET /api/orders/*": view(),
  "GET /api/orders/paying": view({ order: { ...placed(null, "paying", "").order, ...card("open"), expires_at_ms: now + 900_000 }, withdrawal: null }),
  "GET /api/orders/waiting": view({ order: { ...ORDER, status: "waiting", expires_at_ms: null, steps: [{ status: "waiting", at_ms: now - 9e5, by: "buyer" }] }, contact: null, withdrawal: null }),
  "GET /api/orders/late": view({ order: { ...placed(18, "paid", "").order, ...card("refunding"), status: "refunded", steps: LATE }, withdrawal: null }),
  "GET /api/orders/card": view({ order: { ...placed(19, "paid", "").order, ...card("paid") }, withdrawal: "withdraw" }),
  "POST /api/orders/o17/withdrawal": { outcome: "cancel", confirm: "c" },
  "GET /api/session": { shop: { id: "s", name: SHOP }, setup: false },
  "GET /api/products": { products: CATALOGUE },
  "GET /api/shop/settings": { currency: "EUR", reservation_ms: 300000, shipping: SHIPPING, payment_instructions: view().payment_instructions, seller_details: view().shop.seller_details, withdrawal_days: 14, policy: "reserve", waiting_list: true, payments: ["manual"] },
  "GET /api/shop/payments/stripe": { connected: false, webhook: false, webhook_url: "https://bottega.example/api/stripe/webhook", stuck: 0 },
  "GET /api/orders": { orders: [placed(17, "placed", "Aiko Tanaka"), placed(16, "paid", "Giulia Bianchi"), placed(15, "shipped", "Anna Lindqvist"), placed(14, "cancelled", "Luca Neri"), placed(13, "paid", "Kenji Mori", { ...card("paid"), steps: [{ status: "paying", at_ms: now - 9e6, by: "buyer" }, { status: "paid", at_ms: now - 89e5, by: "provider" }] })], as_of: 5 },
  "GET /api/shows/demo": { show: "x", slug: "demo", title: "Borse cucite a mano", status: "draft", scheduled_at_ms: null, started_at_ms: null, ended_at_ms: null },
  "POST /api/shows/demo/join": { token: "t" },
  "GET /api/shows/demo/line-up": { products: CATALOGUE.slice(0, 2).map((one) => ({
    card: { ...PRODUCT, product: one.product, title: one.title }, description: "", images: [IMAGE],
    stock: { product: one.product, as_of: 5, for_sale: true, variants: one.variants.map(({ variant: id, free, reserved }) => ({ variant: id, left: free, reserved })) },
  })) },
};

const DAY = 86_400_000;
const answering = async (p, path, json) => await p.route(path, (route) => route.fulfill({ json }));
const change = (row, title, kind, differs = [], stock_stays = false) => ({ row, product: kind === "new" ? null : "p", title, kind, differs, stock_stays });
const problem = (row, code, value = "") => ({ line: row, row, code, detail: "", value });
const SHEET = { products: 5, variants: 7, problems: [], applied: false, changes: [change(2, "Borsa Conero", "changed", ["price", "variants_added"], true), change(5, "Tracolla da viaggio", "new"), change(6, "Astuccio per occhiali", "new"), change(7, "Cintura, una fibbia", "unchanged")] };
const BAD_SHEET = { products: 3, variants: 3, applied: false, changes: [], problems: [problem(3, "price_invalid", "molto"), problem(4, "title_invalid"), problem(9, "status_invalid", "in vendita"), problem(12, "variants_invalid", "nero")] };
const brought = (answer) => async (p) => {
  await answering(p, "**/api/products/import", answer);
  await p.getByRole("button", { name: "Importa CSV" }).click();
  await p.locator("input[type=file]").setInputFiles({ name: "catalogo novembre.csv", mimeType: "text/csv", buffer: Buffer.from("x") });
  await p.waitForTimeout(500);
};
const SPANS = [
  { at_ms: now - 60 * DAY, until_ms: now - 12 * DAY, price_minor: 17900, offer: false }, { at_ms: now - 20 * DAY, until_ms: now - 20 * DAY + 300_000, price_minor: 14900, offer: true },
  { at_ms: now - 12 * DAY, until_ms: null, price_minor: 18900, offer: false }, { at_ms: now - 2 * DAY, until_ms: now - 2 * DAY + 600_000, price_minor: 15900, offer: true },
];
const prices = async (p) => {
  await answering(p, "**/api/variants/a/prices", { prices: SPANS, lowest_30_days_minor: 14900 });
  await p.getByRole("button", { name: "Cambia" }).first().click();
  await p.getByText("Quanto è costato: castagna").click();
  await p.waitForTimeout(400);
};
const slips = async (p) => {
  await p.evaluate(() => (window.print = () => undefined));
  await p.getByRole("checkbox", { name: "Scegli l’ordine n. 17" }).check();
  await p.getByRole("checkbox", { name: "Scegli l’ordine n. 16" }).check();
};
const dragged = async (p) => {
  const grip = await p.getByRole("button", { name: "Sposta Borsa Conero", exact: true }).boundingBox();
  await p.mouse.move(grip.x + 20, grip.y + 20);
  await p.mouse.down();
  await p.mouse.move(grip.x + 24, grip.y + 110, { steps: 6 });
  await p.waitForTimeout(400);
};

const SAID = ["Che bella luce in bottega oggi", "Is the strap long enough to wear across?", "Il cuoio è conciato al vegetale?", "Io la prendo in castagna", "Quanto tempo ci vuole per cucirne una?"];
const chat = { kind: "snapshot", seq: 5, chat: SAID.map((text, i) => ({ seq: i + 1, at_ms: now, event: { kind: "chat", message: `m${i}`, member: `v${i}`, nickname: ["Giulia", "Kenji", "Marta", "Anna", "Luca"][i], role: "viewer", text } })) };
const watch = { page: "watch", slug: "demo", title: "Borse cucite a mano", shop: SHOP, token: "t", status: "live", scheduled_at_ms: null };
const page = (name, show, more = {}, play = {}) => ({ name: `shop-${name}`, file: "watch.html", path: "/s/demo", boot: watch, play: { catch_up: chat, order: ORDER, show, ...play }, ...more });
const pinned = (of, left, more = {}) => ({ showcase: { at_ms: now, product: of, ...more }, stock: left });
export const MANY = pinned(PRODUCT, stock({ a: [3, 1], b: [0, 0], c: [9, 0] }));
const SINGLE = pinned(ONE, stock({ a: [3, 0] }));
const buy = async (p) => { await p.getByRole("button", { name: /^(Compra|Buy)$/ }).click(); await p.waitForTimeout(600); };
const light = { themes: ["light"] };
const SOLD = pinned(ONE, stock({ a: [0, 1] }));
/** Left open on this device, and taken up: what the order has become meanwhile. */
const open = (name, become, more = {}, show = SOLD, play = {}) => page(name, show, { path: "/s/demo", ...more }, { upright: true, ...play, kept: { "buying.demo": { order: "o", key: "k".repeat(43), product: "p", variant: "a", quantity: 2, wait: true } }, order: { ...ORDER, ...become } });
const receipt = (order) => ({ name: `shop-order-${order}`, file: "order.html", path: `/o/${order}`, fragment: `#${"k".repeat(43)}`, boot: { page: "order", order, shop: SHOP }, play: {}, ...light });
const studio = (name, path, more = {}) => ({ name: `shop-studio-${name}`, file: "studio.html", path, boot: { page: "studio" }, play: {}, themes: ["light"], ...more });

export const SHOP_STATES = [
  page("card", MANY),
  page("card-upright", MANY, light, { upright: true }),
  page("card-english", SINGLE, { ...light, locale: "en-GB" }, { upright: true }),
  page("card-offer", { ...pinned(OFFER, stock({ a: [2, 0] }, { offer_left: 2 }), { offer: { ends_at_ms: now + 3_600_000, quantity: 5 } }) }, light, { upright: true }),
  page("card-sold-out", pinned(PRODUCT, stock({ a: [0, 0], b: [0, 0], c: [0, 0] })), light),
  page("card-held", pinned(PRODUCT, stock({ a: [0, 1], b: [0, 0], c: [0, 0] })), light),
  page("card-lying-phone", MANY, { viewport: { width: 844, height: 390 }, sizes: ["phone"], themes: ["dark"] }),
  page("choose", MANY, { ...light, act: buy }),
  page("form", SINGLE, { act: buy }, { upright: true }),
  page("form-english", SINGLE, { ...light, locale: "en-GB", act: buy }),
  page("form-wrong", SINGLE, { ...light, act: async (p) => { await buy(p); await p.getByRole("button", { name: "Ordina con obbligo di pagare" }).click(); await p.waitForTimeout(300); } }),
  page("returning", SINGLE, {
    ...light, act: async (p) => {
      await p.evaluate((contact) => localStorage.setItem("quiora.details", JSON.stringify({ contact, shipping: "s1" })), CONTACT);
      await buy(p);
    },
  }, { upright: true }),
  page("placed", SINGLE, {
    ...light, act: async (p) => {
      await p.evaluate((contact) => localStorage.setItem("quiora.details", JSON.stringify({ contact, shipping: "s1" })), CONTACT);
      await buy(p);
      await p.getByRole("button", { name: "Ordina con obbligo di pagare" }).click();
      await p.waitForTimeout(500);
    },
  }),
  page("card-wait", SOLD, { act: (p) => p.waitForTimeout(2_200) }, { upright: true }),
  page("wait-which", pinned(PRODUCT, stock({ a: [0, 1], b: [2, 0], c: [0, 0] })), { ...light, act: async (p) => { await buy(p); await p.getByRole("dialog").getByText("castagna").click(); await p.waitForTimeout(300); } }),
  page("wait-missed", MANY, { ...light, act: async (p) => { await buy(p); await p.getByRole("dialog").getByText("castagna").click(); await p.waitForTimeout(300); } }, { refuse: { reserve: "sold_out" } }),
  open("line", { status: "waiting", expires_at_ms: null, held: false, ahead: 2 }, { act: async (p) => { await p.getByRole("button", { name: "In fila" }).click(); await p.waitForTimeout(500); } }),
  open("line-card", { status: "waiting", expires_at_ms: null, held: false, ahead: 2 }),
  open("line-alone", { status: "waiting", expires_at_ms: null, held: false, ahead: 0 }, {}, {}),
  open("turn", { expires_at_ms: now + 3_600_000, steps: [{ status: "waiting", at_ms: now, by: "buyer" }] }),
  open("turn-card", { expires_at_ms: now + 3_600_000, steps: [{ status: "waiting", at_ms: now, by: "buyer" }] }, { act: async (p) => { await p.keyboard.press("Escape"); await p.waitForTimeout(400); } }),
  open("turn-other", { product: "q", title: "Cintura, una fibbia", steps: [{ status: "waiting", at_ms: now, by: "buyer" }] }, { act: async (p) => { await p.keyboard.press("Escape"); await p.waitForTimeout(400); } }),
  open("loose", { held: false }, light),
  page("loose-late", SOLD, {
    ...light, locale: "en-GB", act: async (p) => {
      await p.getByRole("button", { name: "Order with obligation to pay" }).click();
      await p.waitForTimeout(400);
    },
  }, { refuse: { order_place: "sold_out" }, kept: { details: { contact: CONTACT, shipping: "s1" }, "buying.demo": { order: "o", key: "k".repeat(43), product: "p", variant: "a", quantity: 1 } }, order: { ...ORDER, held: false } }),
  open("pay-way", {}, { act: async (p) => { await p.getByText("Come paghi").evaluate((one) => one.scrollIntoView({ block: "center" })); await p.waitForTimeout(300); } }),
  open("pay-opening", { status: "paying", ...card("opening") }),
  open("pay-unpaid", { status: "paying", ...card("open"), total_minor: 19800 }),
  open("pay-confirming", { status: "paying", ...card("open") }, {}, SOLD, { query: "&paid=o" }),
  open("pay-closed", { ...card("closed") }, light),
  open("pay-settling", { status: "expired", expires_at_ms: null, ...card("open") }, light),
  open("pay-repaid", { status: "refunded", expires_at_ms: null, ...card("refunding"), total_minor: 19800, steps: LATE }),
  open("pay-paid", { status: "paid", number: 17, expires_at_ms: null, ...card("paid"), total_minor: 19800 }, light),
  page("refused", MANY, { ...light, act: async (p) => { await buy(p); await p.getByRole("dialog").getByText("castagna").click(); await p.waitForTimeout(300); } }, { refuse: { reserve: "sold_out" } }),
  { name: "shop-order", file: "order.html", path: "/o/o17", fragment: `#${"k".repeat(43)}`, boot: { page: "order", order: "o17", shop: SHOP }, play: {} },
  { name: "shop-order-confirm", file: "order.html", path: "/o/o17", fragment: `#${"k".repeat(43)}`, boot: { page: "order", order: "o17", shop: SHOP }, play: {}, ...light, act: async (p) => { await p.getByRole("button", { name: "Annulla l’ordine" }).click(); await p.waitForTimeout(400); } },
  { name: "shop-order-no-key", file: "order.html", path: "/o/o17", boot: { page: "order", order: "o17", shop: SHOP }, play: {}, ...light },
  receipt("paying"), receipt("waiting"), receipt("late"), receipt("card"),
  studio("products", "/studio/products", { themes: ["light", "dark"] }),
  studio("editor", "/studio/products", { act: async (p) => { await p.getByRole("button", { name: "Cambia" }).first().click(); await p.waitForTimeout(400); } }),
  studio("prices", "/studio/products", { act: prices, themes: ["light", "dark"] }),
  studio("dragged", "/studio/products", { act: dragged }),
  studio("import", "/studio/products", { act: async (p) => { await p.getByRole("button", { name: "Importa CSV" }).click(); await p.waitForTimeout(400); } }),
  studio("import-good", "/studio/products", { act: brought(SHEET), themes: ["light", "dark"] }),
  studio("import-bad", "/studio/products", { act: brought(BAD_SHEET) }),
  studio("chosen", "/studio/orders", { act: slips }),
  studio("slips", "/studio/orders", { themes: ["light", "dark"], act: async (p) => { await slips(p); await p.getByRole("button", { name: "Stampa le distinte", exact: true }).click(); await p.waitForTimeout(500); } }),
  studio("settings", "/studio/settings", { themes: ["light", "dark"] }),
  studio("selling", "/studio/settings", { themes: ["light", "dark"], act: async (p) => { await p.getByText("Modi di pagare").evaluate((one) => one.scrollIntoView({ block: "end" })); await p.waitForTimeout(300); } }),
  studio("stripe", "/studio/settings", { act: async (p) => { await p.getByRole("heading", { name: /Stripe/ }).scrollIntoViewIfNeeded(); await p.getByRole("button", { name: "Collega Stripe" }).click(); await p.waitForTimeout(300); } }),
  studio("orders", "/studio/orders", { act: async (p) => { await p.getByRole("button", { name: /Aiko/ }).click(); await p.waitForTimeout(300); } }),
  studio("orders-card", "/studio/orders", { act: async (p) => { await p.getByRole("button", { name: /Kenji/ }).click(); await p.waitForTimeout(200); await p.getByRole("button", { name: "Rimborsa", exact: true }).click(); await p.waitForTimeout(400); } }),
  studio("table", "/studio/demo"),
  studio("offer", "/studio/demo", { sizes: ["laptop"], act: async (p) => { await p.getByRole("button", { name: /^Offerta per Borsa/ }).click(); await p.waitForTimeout(400); } }),
  studio("line-up", "/studio/demo", { sizes: ["laptop"], act: async (p) => { await p.getByRole("button", { name: "Scegli i prodotti" }).click(); await p.waitForTimeout(400); } }),
];
