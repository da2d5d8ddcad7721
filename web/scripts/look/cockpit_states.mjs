// The cockpit: the seller's desk before and during a show, the second device, a moderator, and what opens over them.
import { readFileSync } from "node:fs";
import { ANSWERS } from "./shop_states.mjs";

const CATALOGUES = ["it", "de", "ja"].map((tag) => JSON.parse(readFileSync(new URL(`../../messages/${tag}.json`, import.meta.url), "utf8")));
/** Any of these texts, in any of the languages in which the cockpit is looked at. */
const said = (...keys) => new RegExp(`^(${CATALOGUES.flatMap((words) => keys.map((key) => key.split(".").reduce((at, part) => at[part], words).replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))).join("|")})`);

const SHOP = "Bottega Valnerina";
const now = Date.now();
const SAID = [
  ["Giulia", "Buonasera! Che bella luce in bottega oggi"],
  ["Kenji", "Hello from Kyoto. Is the strap long enough to wear across?"],
  [SHOP, "Sì Kenji, 120 cm, e si accorcia con tre fori. It adjusts!", "host"],
  ["Marta", "Il cuoio è conciato al vegetale?"],
  ["Anna Lindqvist", "How beautiful. Do you have it in dark green?"],
  ["Luca", "Quanto tempo ci vuole per cucirne una?"],
  ["Giulia", "Io la prendo in castagna"],
];
const line = ([nickname, text, role = "viewer"], i) => ({ message: `m${i}`, member: role === "host" ? "host" : `v-${nickname}`, nickname, role, text });
const chat = SAID.map((said, i) => ({ seq: i + 1, at_ms: now - 60_000 + i * 5_000, event: { kind: "chat", ...line(said, i) } }));
const question = (id, nickname, text, votes, status = "open", more = {}) => ({ question: id, seq: 20 + id.charCodeAt(1), member: `v-${nickname}`, nickname, text, asked_at_ms: now - 300_000, status, votes, ...more });
const QUESTIONS = [
  question("q1", "Kenji", "La tracolla si può accorciare per una persona bassa?", 14, "on_air"),
  question("q2", "Anna Lindqvist", "Do you ship to Sweden, and how long does it take?", 9),
  question("q3", "Marta", "Si può avere con la fibbia in ottone invece che in acciaio?", 5),
  question("q4", "Luca", "Come si pulisce?", 1),
  question("q5", "Elena", "Fate anche cinture?", 2, "answered", { answer: "Sì, le vedete tra poco.", answered: { at_ms: now } }),
  question("q6", "Rino", "Che ore sono?", 0, "dismissed"),
];
const POLL = { poll: "p1", seq: 9, text: "Di che colore faccio la prossima?", choices: [{ text: "Castagna" }, { text: "Verde bosco" }, { text: "Nero" }], multiple: false, results: "live", quiz: false, opened_at_ms: now - 40_000, closes_at_ms: now + 80_000, pinned: true, voters: 41, counts: [12, 23, 6] };
const held = (id, nickname, text, reason = "review") => ({ at_ms: now, reason, line: { message: id, member: `v-${nickname}`, nickname, role: "viewer", text } });
const HELD = [held("h1", "Tito", "Ma il prezzo comprende la spedizione?"), held("h2", "Xx_91", "compra su altro-negozio, costa meno", "filter")];
const catch_up = { kind: "snapshot", seq: 40, chat, questions: QUESTIONS, questions_left_out: 0, polls: [POLL] };
const host = { member: "host", role: "host", nickname: SHOP };
const LIVE = { you: host, catch_up, mine: { held: HELD }, films: true, show: { slug: "live", rules: { slow_ms: 10_000, review: true, join_age_ms: 0 }, pinned_line: line(SAID[2], 2) }, stage: { on_air: "live" }, then: [[300, { type: "reactions", counts: [{ reaction: "heart", count: 12 }] }], [300, { type: "remotes", count: 1 }]],
  people: [{ member: "v-Luca", nickname: "Luca", role: "viewer", standing: { forbidden: false }, banned: false }, { member: "v-Rino", nickname: "Rino", role: "viewer", standing: { forbidden: false, muted_until_ms: now + 60_000 }, banned: false }, { member: "v-Xx", nickname: "Xx_90", role: "viewer", standing: { forbidden: false }, banned: true }] };
const BEFORE = { ...LIVE, mine: {}, then: [], catch_up: { ...catch_up, questions: [], polls: [], chat: chat.slice(0, 2) }, show: { slug: "demo", status: "draft", started_at_ms: null, viewers: 3 }, stage: { on_air: "off" } };
const QUIET = { ...LIVE, mine: {}, then: [], show: { slug: "live" }, catch_up: { ...catch_up, questions: [], polls: [], chat: [] } };

export const COCKPIT_ANSWERS = {
  "GET /api/server": { disk: { free_bytes: 12_300_000_000, total_bytes: 40_000_000_000 } },
  "GET /api/shows/live/line-up": ANSWERS["GET /api/shows/demo/line-up"],
  "GET /api/shows/live": { show: "x", slug: "live", title: "Borse cucite a mano", status: "live", scheduled_at_ms: null, started_at_ms: now - 754_000, ended_at_ms: null },
  "POST /api/shows/live/join": { token: "t" },
  "POST /api/shows/live/remote": { link: "https://bottega.example/studio/shows/live/remote#remote=Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6", key: "k", expires_at_ms: now + 280_000 },
  "GET /api/shows/live/remote": { devices: [{ came_at_ms: now - 60_000, expires_at_ms: now + 43_000_000 }] },
  "GET /api/shows/live/moderators": { moderators: [{ moderator: "1", name: "Carlo", created_at_ms: now }] },
  "POST /api/shows/live/moderators": { link: "https://bottega.example/studio/shows/live/moderate#moderator=Zm9vYmFy", key: "k", moderator: "2" },
  "GET /api/shows/live/audit": { entries: [{ at_ms: now - 60_000, by: "1", nickname: "Carlo", role: "moderator", action: "mute", note: "Rino" }, { at_ms: now - 90_000, by: "host", role: "host", action: "question_take" }, { at_ms: now - 99_000, by: "host", role: "host", action: "ban", note: "Xx_90" }] },
  "GET /api/shop/filter": { languages: ["it", "en"], words: ["altro-negozio"], allowed: [], on_match: "hold" },
};

const studio = (name, play, more = {}) => ({ name: `cockpit-${name}`, file: "studio.html", path: "/studio/live", boot: { page: "studio" }, play, ...more });
/** Whoever was on air before a reload goes back by themselves; here one presses. */
const on = async (p) => { await p.getByRole("button", { name: said("studio.go_live", "studio.go_back", "studio.take_over") }).first().click(); await p.waitForTimeout(500); };
const tab = (key) => async (p) => { await on(p); await p.getByRole("navigation").getByRole("button", { name: said(key) }).click(); await p.waitForTimeout(300); };
const key = (...keys) => async (p) => { await on(p); for (const one of keys) { await p.keyboard.press(one); await p.waitForTimeout(250); } };
const captions = async (p) => { await p.keyboard.press("s"); await p.getByRole("switch").check(); };
const laptop = { sizes: ["laptop"] };
const phone = { sizes: ["phone"] };
const helper = (as, name, play, more = {}) => studio(name, play, { path: `/studio/shows/live/${as}`, fragment: `#${as === "moderate" ? "moderator" : as}=k`, ...more });

export const COCKPIT_STATES = [
  studio("before", BEFORE, { path: "/studio/demo", act: async (p) => { await p.waitForTimeout(800); } }),
  studio("live", LIVE, { act: on }),
  studio("quiet", QUIET, { act: on, themes: ["light"] }),
  studio("chosen", LIVE, { ...laptop, act: key("q", "ArrowDown") }),
  studio("undo", LIVE, { act: key("q", "ArrowDown", "x"), themes: ["light"] }),
  studio("questions", LIVE, { ...phone, act: tab("ask.open") }),
  studio("chat", LIVE, { ...phone, act: async (p) => { await tab("helm.tab_chat")(p); await p.getByText("Quanto tempo").click(); await p.waitForTimeout(200); } }),
  studio("poll", LIVE, { ...phone, act: tab("poll.title"), themes: ["light"] }),
  studio("orders", LIVE, { ...phone, act: tab("stall.orders"), themes: ["light"] }),
  studio("keys", LIVE, { ...laptop, act: key("?"), themes: ["light"] }),
  studio("new-poll", LIVE, { act: key("p"), themes: ["light"] }),
  studio("people", LIVE, { act: key("j"), themes: ["light"] }),
  studio("ban", LIVE, { ...laptop, act: key("c", "ArrowUp", "b"), themes: ["light"] }),
  studio("answer", LIVE, { ...laptop, act: key("q", "w"), themes: ["light"] }),
  studio("merge", LIVE, { ...laptop, act: key("q", "ArrowDown", "m"), themes: ["light"] }),
  studio("rules", LIVE, { act: async (p) => { await on(p); if (p.viewportSize().width < 600) await p.getByRole("navigation").getByRole("button", { name: /^Chat/ }).click(); await p.getByRole("button", { name: "Regole della conversazione" }).click(); await p.waitForTimeout(400); } }),
  studio("crew", LIVE, { act: async (p) => { await on(p); await p.getByRole("button", { name: "Chi aiuta" }).click(); await p.waitForTimeout(300); await p.getByLabel("Come si chiama?").fill("Carla"); await p.getByRole("button", { name: "Fai un link" }).click(); await p.waitForTimeout(300); }, themes: ["light"] }),
  studio("remote-code", LIVE, { act: async (p) => { await on(p); await p.keyboard.press("-"); await p.waitForTimeout(600); }, themes: ["light"] }),
  studio("captions", LIVE, { act: async (p) => { await on(p); await captions(p); await p.keyboard.press("Escape"); await p.waitForTimeout(1_200); } }),
  studio("captions-sheet", LIVE, { act: async (p) => { await on(p); await captions(p); await p.waitForTimeout(1_200); }, themes: ["light"] }),
  helper("remote", "remote", { ...LIVE, you: { ...host, remote: true } }),
  helper("moderate", "moderator", { ...LIVE, you: { member: "c", role: "moderator", nickname: "Carlo" } }),
];

/** German has the longest words, Japanese the fewest spaces. */
const ELSEWHERE = ["before", "live", "questions", "poll", "answer", "merge", "new-poll", "remote-code", "captions", "captions-sheet", "keys", "remote"];
export const COCKPIT_ELSEWHERE = ["de", "ja"].flatMap((tag) => ELSEWHERE.map((name) => ({ ...COCKPIT_STATES.find((state) => state.name === `cockpit-${name}`), name: `${tag}-cockpit-${name}`, locale: tag, themes: ["light"] })));
