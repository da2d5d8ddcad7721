// Every state that a viewer can meet, by name.
const SHOP = "Bottega Valnerina";
const TITLE = "Borse cucite a mano";
const watch = (status = "live", scheduled_at_ms = null) => ({ page: "watch", slug: "demo", title: TITLE, shop: SHOP, token: "t", status, scheduled_at_ms });

const SAID = [
  ["Giulia", "Buonasera! Che bella luce in bottega oggi"],
  ["Kenji", "Hello from Kyoto. Is the strap long enough to wear across?"],
  [SHOP, "Sì Kenji, 120 cm, e si accorcia con tre fori. It adjusts!", "host"],
  ["Marta", "Il cuoio è conciato al vegetale?"],
  [SHOP, "Sempre. Lo vedete da come prende colore sul bordo: quello che ora è miele tra un anno sarà castagna", "host"],
  ["Anna Lindqvist", "How beautiful. Do you have it in dark green?"],
  ["Giulia", "Io la prendo in castagna"],
  ["Luca", "Quanto tempo ci vuole per cucirne una?"],
  [SHOP, "Due giorni, se il gatto non dorme sul banco", "host"],
];
const chat = (count = SAID.length) => ({
  kind: "snapshot", seq: count,
  chat: SAID.slice(0, count).map(([nickname, text, role = "viewer"], i) => ({
    seq: i + 1, at_ms: Date.now() - 60000 + i * 5000, event: { kind: "chat", message: `m${i}`, member: role === "host" ? "host" : `v-${nickname}`, nickname, role, text },
  })),
});
const line = (seq, text, nickname = "Elena") => ({ type: "event", seq, at_ms: Date.now(), event: { kind: "chat", message: `n${seq}`, member: "v9", nickname, role: "viewer", text } });
const soon = Date.now() + 3 * 3600e3 + 42 * 60e3 + 17e3;
const field = (page) => page.getByRole("textbox");

const page = (name, play, more = {}) => ({ name, file: "watch.html", path: "/s/demo", boot: watch(play.show?.status), play, ...more });

export const STATES = [
  page("live", { catch_up: chat() }),
  page("live-upright", { catch_up: chat(), upright: true }),
  page("live-empty", { upright: true }, { themes: ["light"] }),
  page("live-english", { catch_up: chat() }, { locale: "en-GB", themes: ["light"] }),
  page("lying-phone", { catch_up: chat() }, { viewport: { width: 844, height: 390 }, sizes: ["phone"], themes: ["dark"] }),
  page("waiting", { catch_up: chat(3), show: { status: "scheduled", scheduled_at_ms: soon, viewers: 34 }, stage: { on_air: "off" } }, { boot: watch("scheduled", soon) }),
  page("waiting-undated", { show: { status: "draft", viewers: 2 }, stage: { on_air: "off" } }, { themes: ["light"] }),
  page("soon", { catch_up: chat(2), stage: { on_air: "off" } }, { themes: ["light"] }),
  page("connecting", { catch_up: chat(2), dark: true }, { themes: ["light"] }),
  page("offline-first", { silent: true }, { themes: ["light"] }),
  page("seller-reconnecting", { catch_up: chat(), upright: true, then: [[500, { type: "stage", on_air: "reconnecting", video: true, audio: true, source: "camera" }]] }, { themes: ["light"] }),
  page("camera-off", { catch_up: chat(), stage: { video: false } }, { themes: ["light"] }),
  page("seller-muted", { catch_up: chat(), stage: { audio: false } }, { themes: ["light"] }),
  page("reconnecting", { catch_up: chat(), upright: true, then: [[500, { type: "lost" }]] }, { themes: ["light"] }),
  page("lost", { catch_up: chat(), refuse: { hello: "show_not_found" } }, { themes: ["light"] }),
  page("refused", { catch_up: chat(), media: { kind: "refused", code: "codec_unsupported" } }, { themes: ["light"] }),
  page("ended", { catch_up: chat(), show: { status: "ended", ended_at_ms: Date.now() }, stage: { on_air: "off" } }),
  page("name", { catch_up: chat(), upright: true }, {
    themes: ["light"],
    act: async (p) => { await field(p).fill("Arriva anche in Giappone?"); await field(p).press("Enter"); await p.waitForTimeout(200); },
  }),
  page("name-taken", { catch_up: chat(), refuse: { rename: "nickname_taken" } }, {
    themes: ["light"],
    act: async (p) => { await field(p).fill("Ciao"); await field(p).press("Enter"); await field(p).fill(SHOP); await field(p).press("Enter"); await p.waitForTimeout(200); },
  }),
  page("failed", { catch_up: chat(), you: { nickname: "Ada" }, refuse: { chat_send: "rate_limited" }, upright: true }, {
    act: async (p) => { await field(p).fill("Bellissima!"); await field(p).press("Enter"); await p.waitForTimeout(200); },
  }),
  page("sending", { catch_up: chat(), you: { nickname: "Ada" }, deaf: true }, {
    themes: ["light"],
    act: async (p) => { await field(p).fill("Bellissima!"); await field(p).press("Enter"); await field(p).fill("x".repeat(470)); await p.waitForTimeout(100); },
  }),
  page("unread", { catch_up: chat(), upright: true }, {
    themes: ["light"], sizes: ["phone"],
    act: async (p) => { await p.getByRole("log").evaluate((log) => (log.scrollTop = 0)); await p.waitForTimeout(200); await p.evaluate((lines) => lines.forEach((said) => window.WebSocket.last.tell(said)), [line(10, "È arrivata la mia!"), line(11, "Che emozione")]); await p.waitForTimeout(200); },
  }),
  page("preferences", { catch_up: chat(), upright: true }, { act: async (p) => { await p.getByRole("button", { name: "Lingua e aspetto" }).click(); await p.waitForTimeout(200); } }),
  page("hover", { catch_up: chat() }, { sizes: ["laptop"], themes: ["light"], act: async (p) => { await p.mouse.move(400, 400); await p.waitForTimeout(400); } }),
  { name: "missing", file: "watch.html", path: "/s/nowhere", boot: { page: "missing" } },
  {
    name: "home", file: "index.html", path: "/",
    boot: {
      page: "home", shop: SHOP,
      shows: [
        { slug: "demo", title: TITLE, status: "live", scheduled_at_ms: null },
        { slug: "a", title: "Cinture: una fibbia, tre colori", status: "scheduled", scheduled_at_ms: soon },
        { slug: "b", title: "Il laboratorio di Natale", status: "scheduled", scheduled_at_ms: null },
        { slug: "c", title: "Come nasce un portafoglio", status: "ended", scheduled_at_ms: null },
      ],
    },
  },
  { name: "home-empty", file: "index.html", path: "/", boot: { page: "home", shop: SHOP, shows: [] }, themes: ["light"] },
];
