// The states of the audience on the watch page: questions, polls, what a line can be, what lies upon the picture.
import { MANY } from "./shop_states.mjs";

const SHOP = "Bottega Valnerina";
const now = Date.now();
const watch = { page: "watch", slug: "demo", title: "Borse cucite a mano", shop: SHOP, token: "t", status: "live", scheduled_at_ms: null };

const LINES = [
  { nickname: "Giulia", text: "Che bella luce in bottega oggi" },
  { nickname: "Kenji", text: "Is the strap long enough to wear across?" },
  { nickname: SHOP, role: "host", text: "Sì Kenji, 120 cm, e si accorcia con tre fori", reply_to: 1 },
  { nickname: "Marta", text: "@Ada anche a me piace castagna!", mentions: [{ member: "me", nickname: "Ada" }] },
  { nickname: "Anna Lindqvist", text: "See https://example.org/leather for how it ages" },
  { nickname: "Luca", text: "Quanto tempo ci vuole per cucirne una?" },
];
const chat = LINES.map(({ reply_to, role = "viewer", ...line }, i) => ({
  seq: i + 1, at_ms: now, event: { kind: "chat", message: `m${i}`, member: role === "host" ? "host" : `v${i}`, role, ...line, ...(reply_to !== undefined && { reply_to: { message: `m${reply_to}`, member: `v${reply_to}`, nickname: LINES[reply_to].nickname } }) },
}));
const question = (n, nickname, text, votes, more = {}) => ({ question: `q${n}`, seq: 10 + n, member: `v${n}`, nickname, text, asked_at_ms: now - 400_000, status: "open", votes, ...more });
const QUESTIONS = [
  question(1, "Marta", "Il cuoio è conciato al vegetale, e da dove viene?", 14),
  question(2, "Ada", "Si può avere con la tracolla più lunga?", 9, { member: "me" }),
  question(3, "Kenji", "Do you ship to Kyoto before the New Year?", 9),
  question(4, "Luca", "Quanto pesa?", 2),
  question(5, "Giulia", "Come si pulisce quando si macchia?", 21, { status: "answered", taken: { at_ms: now - 300_000 }, answered: { at_ms: now - 200_000 }, answer: "Con un panno appena umido, poi un velo di cera neutra. Mai al sole." }),
  question(6, "Sofia", "Fate anche cinture?", 5, { status: "answered", answered: { at_ms: now - 500_000 } }),
];
const onAir = QUESTIONS.map((one) => (one.question === "q1" ? { ...one, status: "on_air", taken: { at_ms: now } } : one));
const POLL = { poll: "p1", seq: 20, text: "Di che colore faccio la prossima?", choices: [{ text: "Castagna" }, { text: "Nero" }, { text: "Verde bosco" }], multiple: false, results: "live", quiz: false, opened_at_ms: now, closes_at_ms: now + 3_500_000, pinned: true, voters: 48, counts: [26, 8, 14] };
const QUIZ = { ...POLL, text: "Quanti punti ci sono su questa tracolla?", choices: [{ text: "Circa 200" }, { text: "Circa 400" }, { text: "Più di 600" }, { text: "Nessuno: è incollata" }], quiz: true, results: "after", counts: undefined };

const page = (name, play = {}, more = {}) => ({
  name: `crowd-${name}`, file: "watch.html", path: "/s/demo", boot: watch,
  play: { upright: true, you: { nickname: "Ada" }, ...play, catch_up: { kind: "snapshot", seq: 30, chat, questions: QUESTIONS, ...play.catch_up } }, ...more,
});
const tell = (p, ...messages) => p.evaluate((all) => all.forEach((one) => window.WebSocket.last.tell(one)), messages);
const open = async (p) => { await p.getByRole("button", { name: /^Domande/ }).click(); await p.waitForTimeout(400); };
const field = (p) => p.getByRole("textbox");
const caption = (text) => ({ type: "caption", at_ms: now, language: "it", text, last: false });

export const CROWD_STATES = [
  page("live", { show: { pinned_line: chat[2].event, ...MANY } }),
  page("questions", {}, { act: open }),
  page("questions-none", { catch_up: { questions: [] }, you: { nickname: null } }, { act: open, themes: ["light"] }),
  page("questions-forbidden", { mine: { voted: ["q1", "q2"], standing: { forbidden: true } } }, { act: open, themes: ["light"] }),
  page("on-air", { catch_up: { questions: onAir }, show: MANY }, { act: async (p) => { await tell(p, caption("E questa è la pelle che usiamo per le tracolle, conciata con la corteccia di castagno")); await p.waitForTimeout(400); } }),
  page("on-air-lying", { upright: false, catch_up: { questions: onAir }, show: MANY }, { act: async (p) => { await tell(p, caption("E questa è la pelle che usiamo per le tracolle")); await p.waitForTimeout(400); } }),
  page("on-air-mine", { catch_up: { questions: QUESTIONS.map((one) => (one.question === "q2" ? { ...one, status: "on_air" } : one)) } }, { themes: ["light"] }),
  page("poll", { catch_up: { polls: [POLL] }, mine: { ballots: [{ poll: "p1", choices: [0] }] } }),
  page("poll-and-card", { catch_up: { polls: [{ ...POLL, results: "after", counts: undefined }] }, show: MANY }),
  page("poll-lying", { upright: false, catch_up: { polls: [POLL] }, show: MANY }, { themes: ["dark"] }),
  page("quiz-over", { catch_up: { polls: [{ ...QUIZ, closes_at_ms: undefined, closed_at_ms: now, counts: [4, 30, 11, 3], right: 1 }] }, mine: { ballots: [{ poll: "p1", choices: [1] }] } }),
  page("slow", { show: { rules: { slow_ms: 45_000, review: false, join_age_ms: 0 } } }, { act: async (p) => { await field(p).fill("Bellissima!"); await field(p).press("Enter"); await field(p).fill("E un’altra cosa"); await p.waitForTimeout(300); } }),
  page("muted", { mine: { standing: { forbidden: false, muted_until_ms: now + 600_000 } } }, { themes: ["light"] }),
  page("held", { mine: { held: [{ at_ms: now, reason: "review", line: { message: "h1", member: "me", nickname: "Ada", role: "viewer", text: "Posso dire una cosa?" } }, { at_ms: now, reason: "review", line: { message: "h2", member: "me", nickname: "Ada", role: "viewer", text: "Guardate il mio sito" } }] } }, { act: async (p) => { await tell(p, { type: "held_decided", message: "h2", approved: false }); await p.waitForTimeout(200); } }),
  page("banned", { then: [[300, { type: "bye", code: "banned", detail: "" }], [320, { type: "lost" }]] }, { themes: ["light"] }),
  page("reply", {}, { act: async (p) => { await p.getByText("Quanto tempo").click(); await p.getByRole("button", { name: "Rispondi a Luca" }).click(); await field(p).fill("Due giorni, @Ma"); await p.waitForTimeout(300); } }),
  page("reactions", {}, { themes: ["dark"], act: async (p) => { await p.getByRole("button", { name: "Manda un cuore" }).click(); await tell(p, { type: "reactions", counts: [{ reaction: "heart", count: 12 }, { reaction: "clap", count: 3 }, { reaction: "fire", count: 4 }] }); await p.waitForTimeout(900); } }),
  page("lying-phone", { upright: false, catch_up: { questions: onAir, polls: [POLL] } }, { viewport: { width: 844, height: 390 }, sizes: ["phone"], themes: ["dark"] }),
];
