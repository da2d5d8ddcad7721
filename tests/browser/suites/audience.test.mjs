// The conversation between one seller and who watches: asked, voted, taken on air, answered; a poll; chat under rules;
// hearts and subtitles. A reload in the middle loses nothing, and the picture goes on through all of it.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { PHONE } from "../harness/browser.mjs";
import { Desk } from "../harness/desk.mjs";
import { look } from "../harness/look.mjs";
import { moving } from "../harness/media.mjs";
import { conversation, createShow, goLive, openShop, reads, write } from "../harness/people.mjs";
import { scene } from "../harness/scene.mjs";
import { frames, movedOn } from "../harness/trade.mjs";
import { until } from "../harness/wait.mjs";
import { word } from "../harness/words.mjs";

/** A UUIDv7, as the protocol wants the ids of what a client makes. */
const uuid = () => {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
};
const button = (page, key, values) => page.getByRole("button", { name: word(key, values), exact: true });
const questions = (page) => page.getByRole("dialog", { name: word("ask.title"), exact: true });
const onAir = (page) => page.getByRole("region", { name: word("ask.on_air"), exact: true });
const poll = (page, text) => page.getByRole("region", { name: text, exact: true });
const openQuestions = async (page) => {
  await page.getByRole("button", { name: new RegExp(`^${word("ask.open")}`) }).click();
  await questions(page).waitFor();
};
const close = (page) => questions(page).getByRole("button", { name: word("common.close"), exact: true }).click();

async function ask(page, text, nickname) {
  await openQuestions(page);
  const name = questions(page).getByRole("textbox", { name: word("chat.name_field"), exact: true });
  if (await name.isVisible()) await name.fill(nickname);
  await questions(page).getByRole("textbox", { name: word("ask.field"), exact: true }).fill(text);
  await button(questions(page), "ask.send").click();
  await questions(page).getByText(text, { exact: true }).waitFor();
}
/** How many want to know it, as the page says. */
const votes = async (page, text) => (await questions(page).getByRole("listitem").filter({ hasText: text }).getByRole("button").last().innerText()).trim();

async function onAirWithTwo(server, invite) {
  const seller = (await invite()).page;
  const aiko = (await invite({ viewport: PHONE })).page;
  const ben = (await invite()).page;
  await openShop(seller, server, "Cuoio & Filo");
  const slug = await createShow(seller, "Borse di novembre");
  await goLive(seller);
  for (const viewer of [aiko, ben]) {
    await viewer.goto(`${server.base}/s/${slug}`);
    await moving(viewer);
  }
  return { aiko, ben, desk: await Desk.sit(seller, slug) };
}

scene("a question is asked, voted up, taken on air and answered", "serve", async ({ server, invite }) => {
  const { aiko, ben, desk } = await onAirWithTwo(server, invite);
  const before = await frames(ben);
  const WHY = "Does the leather darken with time?";
  await ask(aiko, WHY, "Aiko");
  const { question } = await until("the host hears it", 5_000, () => desk.event("question"));
  assert.equal(question.text, WHY);

  await openQuestions(ben);
  await questions(ben).getByText(WHY, { exact: true }).waitFor();
  await questions(ben).getByRole("button", { name: new RegExp(`^${word("ask.vote", { text: WHY }).replaceAll("?", "\\?")}`) }).click();
  await until("both see two votes", 5_000, async () => (await votes(ben, WHY)) === "2" && (await votes(aiko, WHY)) === "2");
  await look(ben, "audience-questions");

  // In the middle of it: the same person, the same question, the same vote.
  await ben.reload();
  await moving(ben);
  await openQuestions(ben);
  await questions(ben).getByRole("button", { name: new RegExp(`^${word("ask.unvote", { text: WHY }).replaceAll("?", "\\?")}`) }).waitFor();
  assert.equal(await votes(ben, WHY), "2");
  for (const viewer of [aiko, ben]) await close(viewer);

  await desk.ask("question_take", { question: question.question });
  await onAir(aiko).getByText(word("ask.say_taken"), { exact: true }).waitFor();
  await onAir(ben).getByText(word("ask.from", { name: "Aiko" }), { exact: true }).waitFor();
  await look(aiko, "audience-on-air");

  await desk.ask("question_answer", { question: question.question, text: "It does: honey today, chestnut in a year." });
  for (const viewer of [aiko, ben]) await onAir(viewer).waitFor({ state: "detached" });
  await openQuestions(aiko);
  await questions(aiko).getByText("It does: honey today, chestnut in a year.", { exact: true }).waitFor();
  await look(aiko, "audience-answered");
  await movedOn(ben, 0);
  assert.ok(before > 0);
});

scene("a poll is voted on, changed and closed", "serve", async ({ server, invite }) => {
  const { aiko, ben, desk } = await onAirWithTwo(server, invite);
  const WHICH = "Which colour shall I make?";
  const id = uuid();
  const before = await frames(aiko);
  await desk.ask("poll_open", { poll: id, draft: { text: WHICH, choices: [{ text: "Chestnut" }, { text: "Black" }], results: "live", pin: true } });
  for (const viewer of [aiko, ben]) await poll(viewer, WHICH).waitFor();
  await poll(aiko, WHICH).getByRole("radio", { name: /Chestnut/ }).check();
  await poll(ben, WHICH).getByRole("radio", { name: /Black/ }).check();
  await until("both count", 5_000, async () => (await poll(aiko, WHICH).innerText()).includes(word("poll.voters.other", { count: 2 })));
  await poll(ben, WHICH).getByRole("radio", { name: /Chestnut/ }).check();
  await until("a changed vote counts once", 5_000, async () => /100 %/.test(await poll(aiko, WHICH).innerText()));
  await look(aiko, "audience-poll");
  await aiko.reload();
  await moving(aiko);
  assert.ok(await poll(aiko, WHICH).getByRole("radio", { name: /Chestnut/ }).isChecked());
  await desk.ask("poll_close", { poll: id });
  await poll(aiko, WHICH).getByText(word("poll.closed"), { exact: true }).waitFor();
  assert.ok(await poll(ben, WHICH).getByRole("radio", { name: /Black/ }).isDisabled());
  await poll(ben, WHICH).getByRole("status").getByText(word("poll.say_closed", { results: "Chestnut: 100 %, Black: 0 %" })).waitFor({ state: "attached" });
  await look(ben, "audience-poll-closed");
  assert.ok(before > 0);
});

scene("the conversation under rules", "serve", async ({ server, invite }) => {
  const { aiko, ben, desk } = await onAirWithTwo(server, invite);
  await write(aiko, "Hello from Kyoto", "Aiko");
  await write(ben, "Hello Aiko", "Ben");
  for (const viewer of [aiko, ben]) await reads(viewer, "Hello Aiko");

  // An answer with a mention, by touch and keys alone.
  await ben.getByText("Hello from Kyoto", { exact: true }).hover();
  await button(ben, "chat.reply_to", { name: "Aiko" }).click();
  const field = ben.getByRole("textbox", { name: word("chat.field"), exact: true });
  await field.pressSequentially("@Ai");
  await ben.getByRole("option", { name: "@Aiko", exact: true }).waitFor();
  await ben.keyboard.press("Enter");
  await ben.keyboard.type("welcome!");
  await ben.keyboard.press("Enter");
  await reads(aiko, "@Aiko welcome!");
  await aiko.getByText(word("chat.mentions_you"), { exact: true }).waitFor({ state: "attached" });

  // Deleted for all.
  await write(ben, "Buy cheap watches");
  await reads(aiko, "Buy cheap watches");
  const { message } = await desk.event("chat");
  await desk.ask("chat_delete", { message });
  for (const viewer of [aiko, ben]) await until("the line is gone", 5_000, async () => (await conversation(viewer)).every((line) => !line.includes("cheap")));

  // A pace, told on the button itself.
  await desk.ask("rules_set", { slow_ms: 8_000, review: false, join_age_ms: 0 });
  await write(aiko, "So many lines");
  await reads(ben, "So many lines");
  await aiko.getByRole("textbox", { name: word("chat.field"), exact: true }).fill("And one more");
  assert.ok(await button(aiko, "chat.send").isDisabled());
  assert.match(await button(aiko, "chat.send").innerText(), /^0:0\d$/);
  await look(aiko, "audience-slow");
  await until("one may write again", 10_000, () => button(aiko, "chat.send").isEnabled());
  await button(aiko, "chat.send").click();
  await reads(ben, "And one more");

  // What waits is seen by who wrote it, and by nobody else until it is let through.
  await desk.ask("rules_set", { slow_ms: 0, review: true, join_age_ms: 0 });
  await write(ben, "May I say something?");
  await ben.getByText(word("chat.held"), { exact: true }).waitFor();
  assert.ok((await conversation(aiko)).every((line) => !line.includes("May I")));
  const held = await until("the host is asked", 5_000, () => desk.heard("held"));
  await ben.reload();
  await ben.getByText(word("chat.held"), { exact: true }).waitFor();
  await desk.ask("chat_decide", { message: held.line.message, approve: true });
  for (const viewer of [aiko, ben]) await reads(viewer, "May I say something?");
  await ben.getByText(word("chat.held"), { exact: true }).waitFor({ state: "detached" });

  await desk.ask("chat_pin", { message: held.line.message });
  await aiko.getByRole("button", { name: new RegExp(`^${word("chat.pinned")}`) }).waitFor();
  await desk.ask("mute", { member: (await desk.event("chat")).member, duration_ms: 600_000 });
  await until("who is muted cannot write", 5_000, () => ben.getByRole("textbox", { name: word("chat.field"), exact: true }).isDisabled());
  await look(ben, "audience-muted");
});

scene("hearts rise and subtitles come, and cost no picture", "serve", async ({ server, invite }) => {
  const { aiko, ben, desk } = await onAirWithTwo(server, invite);
  const before = await frames(aiko);
  for (let n = 0; n < 12; n++) await button(ben, "react.heart").click();
  await until("Aiko sees hearts rise", 5_000, () => aiko.locator(".floats span").count());
  await desk.ask("caption_send", { text: "This is the leather we use", language: "en", last: true });
  await aiko.getByText("This is the leather we use", { exact: true }).waitFor();
  await look(aiko, "audience-captions");
  await button(aiko, "caption.off").click();
  await aiko.getByText("This is the leather we use", { exact: true }).waitFor({ state: "detached" });
  await aiko.reload();
  await moving(aiko);
  await desk.ask("caption_send", { text: "Nobody reads this", language: "en", last: true });
  await button(aiko, "caption.on").waitFor();
  assert.equal(await aiko.getByText("Nobody reads this", { exact: true }).count(), 0);
  await movedOn(ben, await frames(ben));
  assert.ok(before > 0);
});
