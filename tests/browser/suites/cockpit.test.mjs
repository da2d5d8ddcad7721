// One show as it is run: the host on a laptop that films, and with a phone in the hand that steers; two who watch, one of whom
// reads it in three languages. Whoever reloads in the middle of it loses nothing.
import assert from "node:assert/strict";
import { PHONE } from "../harness/browser.mjs";
import { look } from "../harness/look.mjs";
import { decodes, moving } from "../harness/media.mjs";
import { reads } from "../harness/people.mjs";
import { scene } from "../harness/scene.mjs";
import { frames, movedOn, onAirWith, openSheet, order, pin } from "../harness/trade.mjs";
import { until } from "../harness/wait.mjs";
import { word, wordsOf } from "../harness/words.mjs";

const NOTEBOOK = { width: 1280, height: 800 };
const TITLE = "Borsa Conero";
const WHY = "Il cuoio scurisce col tempo?";
const HOW = "How long does one take?";
const WHICH = "Which colour shall I make?";
const ANSWER = "It does: honey today, chestnut in a year.";

/** Somebody at a page, in their own language. */
class Visitor {
  constructor(page, language) {
    this.page = page;
    this.speaks(language);
  }
  speaks(language) {
    this.word = wordsOf(language);
  }
  button(key, values, at = this.page) {
    return at.getByRole("button", { name: this.word(key, values), exact: true });
  }
  get field() {
    return this.page.getByRole("textbox", { name: this.word("chat.field"), exact: true });
  }
  get questions() {
    return this.page.getByRole("dialog", { name: this.word("ask.title"), exact: true });
  }
  get onAir() {
    return this.page.getByRole("region", { name: this.word("ask.on_air"), exact: true });
  }
  get poll() {
    return this.page.getByRole("region", { name: WHICH, exact: true });
  }
  choice(name) {
    return this.poll.getByRole("radio", { name: new RegExp(name) });
  }
  async openQuestions() {
    await this.page.getByRole("button", { name: new RegExp(`^${this.word("ask.open")}`) }).click();
    await this.questions.waitFor();
  }
  async closeQuestions() {
    await this.button("common.close", {}, this.questions).click();
    await this.questions.waitFor({ state: "detached" });
  }
  async ask(text, nickname) {
    await this.openQuestions();
    await this.questions.getByRole("textbox", { name: this.word("chat.name_field"), exact: true }).fill(nickname);
    await this.questions.getByRole("textbox", { name: this.word("ask.field"), exact: true }).fill(text);
    await this.button("ask.send", {}, this.questions).click();
    await this.questions.getByText(text, { exact: true }).waitFor();
    await this.closeQuestions();
  }
  async reads(text) {
    await this.page.getByRole("log", { name: this.word("chat.log"), exact: true }).getByText(text, { exact: true }).waitFor();
  }
  async say(text) {
    await this.field.fill(text);
    await until("one may write", 12_000, () => this.button("chat.send").isEnabled());
    await this.button("chat.send").click();
  }
  /** In the page's own settings; the page names each language in itself. */
  async switchTo(name, language) {
    await this.button("common.settings").click();
    await this.page.locator("[popover]:popover-open select").first().selectOption(name);
    await until(`the page speaks ${language}`, 5_000, async () => (await this.page.locator("html").getAttribute("lang")) === language);
    this.speaks(language);
    await this.page.keyboard.press("Escape");
  }
}

const tab = (page, key) => page.getByRole("navigation", { name: word("helm.tabs"), exact: true }).getByRole("button", { name: new RegExp(`^${word(key)}`) }).click();
const button = (at, key, values) => at.getByRole("button", { name: word(key, values), exact: true });
const panel = (page, key) => page.getByRole("region", { name: word(key), exact: true });
const row = (page, text) => panel(page, "ask.title").getByRole("listitem").filter({ hasText: text });

/** The code on the laptop's screen, as the phone's camera reads it. */
async function scan(laptop, invite, slug) {
  const made = laptop.waitForResponse((response) => response.request().method() === "POST" && response.url().endsWith(`/api/shows/${slug}/remote`));
  await laptop.keyboard.press("-");
  const sheet = laptop.getByRole("dialog", { name: word("helm.remote"), exact: true });
  const { link } = await (await made).json();
  await sheet.getByRole("img", { name: word("helm.remote_code"), exact: true }).waitFor();
  const phone = (await invite({ viewport: PHONE, touch: true })).page;
  await phone.goto(link);
  await sheet.getByText(word("helm.remote_on.one")).first().waitFor();
  await laptop.keyboard.press("Escape");
  return phone;
}

async function begins({ server, invite }) {
  const laptop = (await invite({ viewport: NOTEBOOK })).page;
  const slug = await onAirWith(laptop, server, TITLE, 3);
  const phone = await scan(laptop, invite, slug);
  const aiko = new Visitor((await invite({ viewport: PHONE, touch: true, locale: "it-IT" })).page, "it");
  const ben = new Visitor((await invite()).page, "en");
  for (const { page } of [aiko, ben]) {
    await page.goto(`${server.base}/s/${slug}`);
    await moving(page);
  }
  return { laptop, phone, aiko, ben, slug };
}

/** Asked by both, wanted by both, taken by key on the laptop, answered in writing on the phone. */
async function aQuestion({ laptop, phone, aiko, ben }) {
  await aiko.ask(WHY, "Aiko");
  await ben.ask(HOW, "Ben");
  await ben.openQuestions();
  await ben.questions.getByRole("button", { name: new RegExp(`^${word("ask.vote", { text: WHY }).replaceAll("?", "\\?")}`) }).click();
  await ben.closeQuestions();
  await row(laptop, WHY).getByText(word("ask.votes.other", { count: 2 })).waitFor({ state: "attached" });

  await laptop.keyboard.press("t");
  await aiko.onAir.getByText(aiko.word("ask.say_taken"), { exact: true }).waitFor();
  await ben.onAir.getByText(word("ask.from", { name: "Aiko" }), { exact: true }).waitFor();

  await tab(phone, "ask.open");
  await button(row(phone, WHY), "helm.answer_text").tap();
  const sheet = phone.getByRole("dialog", { name: word("helm.answer_text"), exact: true });
  await sheet.getByRole("textbox", { name: word("helm.answer_field"), exact: true }).fill(ANSWER);
  await button(sheet, "helm.answer_send").tap();
  for (const visitor of [aiko, ben]) await visitor.onAir.waitFor({ state: "detached" });
  await aiko.openQuestions();
  await aiko.questions.getByText(ANSWER, { exact: true }).waitFor();
  await aiko.closeQuestions();
  // The other one is answered aloud: on the phone it is one touch, and may be taken back.
  await row(phone, HOW).getByText(HOW, { exact: true }).tap();
  await button(row(phone, HOW), "helm.answer_aloud").tap();
  await until("nothing is open any more", 5_000, async () => (await row(laptop, HOW).isVisible()) === false);
  await button(phone, "helm.undo").waitFor();
}

/** Made on the phone; both vote. It stays open. */
async function aPoll({ laptop, phone, aiko, ben }) {
  await tab(phone, "poll.title");
  await button(phone, "helm.poll_new").tap();
  const sheet = phone.getByRole("dialog", { name: word("helm.poll_new"), exact: true });
  await sheet.getByRole("textbox", { name: word("helm.poll_text"), exact: true }).fill(WHICH);
  for (const [n, text] of ["Chestnut", "Black"].entries()) await sheet.getByRole("textbox", { name: word("helm.poll_choice", { count: n + 1 }), exact: true }).fill(text);
  await button(sheet, "helm.poll_start").tap();
  for (const visitor of [aiko, ben]) await visitor.poll.waitFor();
  await aiko.choice("Chestnut").check();
  await ben.choice("Black").check();
  for (const page of [laptop, phone]) await panel(page, "poll.title").getByText(word("poll.voters.other", { count: 2 })).waitFor();
}

scene("a host with a laptop and a phone runs a show", "serve", async ({ server, invite }) => {
  const { laptop, phone, aiko, ben } = await begins({ server, invite });
  const before = await frames(ben.page);
  await aQuestion({ laptop, phone, aiko, ben });
  await aPoll({ laptop, phone, aiko, ben });

  // An order comes in, and both devices see it.
  await pin(laptop, TITLE).click();
  const sheet = await openSheet(ben.page, { name: "Ben Cooper", email: "ben@example.com" });
  await order(sheet).click();
  await panel(laptop, "stall.orders").getByText("Ben Cooper").waitFor();
  await ben.page.keyboard.press("Escape");
  await tab(phone, "stall.orders");
  await panel(phone, "stall.orders").getByText("Ben Cooper").waitFor();
  await look(phone, "cockpit-phone-orders");

  // A pace, set by key and felt by who writes.
  await laptop.keyboard.press("l");
  await laptop.getByText(word("helm.slow_on", { count: 10 })).waitFor();
  await ben.say("Greetings from Leeds");
  await aiko.reads("Greetings from Leeds");
  await ben.field.fill("And one more");
  assert.ok(await button(ben.page, "chat.send").isDisabled());
  assert.match(await button(ben.page, "chat.send").innerText(), /^0:\d\d$/);
  await laptop.keyboard.press("l");
  await ben.say("And one more");
  await aiko.reads("And one more");

  for (let n = 0; n < 5; n++) await button(ben.page, "react.heart").click();
  await until("the laptop feels it", 5_000, () => laptop.locator(".now .pulse.felt").count());

  // The laptop reloads: on air again, and all is where it was.
  await laptop.reload();
  await button(laptop, "studio.end").waitFor();
  await panel(laptop, "poll.title").getByText(word("poll.voters.other", { count: 2 })).waitFor();
  await panel(laptop, "stall.orders").getByText("Ben Cooper").waitFor();
  await reads(laptop, "Greetings from Leeds");
  await laptop.getByText(word("helm.questions_past.other", { count: 2 })).waitFor();
  await button(laptop, "helm.remote_on.one").waitFor();
  await moving(ben.page);
  await laptop.keyboard.press("e");
  for (const visitor of [aiko, ben]) await visitor.poll.getByText(visitor.word("poll.closed"), { exact: true }).waitFor();
  await panel(laptop, "poll.title").getByText(word("poll.closed")).waitFor();

  // The phone sends one away; the other goes on. It can be undone.
  await tab(phone, "helm.tab_chat");
  await phone.getByText("Greetings from Leeds", { exact: true }).tap();
  await button(phone, "helm.ban_who", { name: "Ben" }).first().tap();
  await button(phone.getByRole("dialog"), "helm.ban").tap();
  await ben.page.getByText(word("refusal.banned")).first().waitFor();
  await aiko.say("Io resto qui");
  await reads(laptop, "Io resto qui");
  await decodes(aiko.page, 10);
  await button(phone, "helm.undo").tap();
  await until("Ben may come back", 10_000, async () => {
    await ben.page.reload();
    return await moving(ben.page, 3_000).then(() => true, () => false);
  });

  // The phone is taken back: it is out at once, and nothing it had opens anything.
  await laptop.keyboard.press("-");
  await button(laptop.getByRole("dialog"), "helm.remote_disconnect").click();
  await phone.getByText(word("helm.link_dead"), { exact: true }).waitFor();
  assert.equal(await phone.evaluate(async () => (await fetch("/api/orders")).status), 401);
  await phone.reload();
  await phone.getByText(word("helm.link_dead"), { exact: true }).waitFor();
  assert.ok(before > 0);
});

scene("a viewer changes the language and reloads, and loses nothing", "serve", async ({ server, invite }) => {
  const { laptop, phone, aiko, ben } = await begins({ server, invite });
  await aQuestion({ laptop, phone, aiko, ben });
  await aPoll({ laptop, phone, aiko, ben });
  await aiko.say("Buonasera a tutti");
  await reads(ben.page, "Buonasera a tutti");
  const DRAFT = "E la tracolla, si può";
  await aiko.field.fill(DRAFT);
  // While one writes on a phone the poll makes room for the keyboard.
  await aiko.field.blur();

  const keeps = async () => {
    assert.equal(await aiko.field.inputValue(), DRAFT);
    assert.ok(await aiko.choice("Chestnut").isChecked());
    await aiko.reads("Buonasera a tutti");
    await aiko.openQuestions();
    await aiko.questions.getByText(ANSWER, { exact: true }).waitFor();
    await aiko.questions.getByText(WHY, { exact: true }).waitFor();
    await aiko.closeQuestions();
  };
  await keeps();
  for (const [name, language] of [["Deutsch", "de"], ["日本語", "ja"]]) {
    const seen = await frames(aiko.page);
    await aiko.switchTo(name, language);
    await keeps();
    // The same element, and it never stopped.
    await movedOn(aiko.page, seen);
    await decodes(aiko.page, 10);
  }
  await look(aiko.page, "cockpit-viewer-ja");
  // Changed in Japanese, counted once.
  await aiko.choice("Black").check();
  await until("the vote has moved", 5_000, async () => /100 %/.test(await ben.poll.innerText()));
  await aiko.choice("Chestnut").check();

  await aiko.page.reload();
  await moving(aiko.page);
  assert.equal(await aiko.page.locator("html").getAttribute("lang"), "ja");
  await keeps();
  await aiko.button("chat.send").click();
  await reads(ben.page, DRAFT);
  await aiko.page.reload();
  await aiko.field.waitFor();
  assert.equal(await aiko.field.inputValue(), "", "what was sent is no draft any more");
});
