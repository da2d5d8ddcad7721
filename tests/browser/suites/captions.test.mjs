// What the seller says is read by who watches. The browser's recognition is imitated at its own interface; all behind it is real.
import assert from "node:assert/strict";
import { PHONE } from "../harness/browser.mjs";
import { look } from "../harness/look.mjs";
import { moving } from "../harness/media.mjs";
import { createShow, goLive, openShop } from "../harness/people.mjs";
import { scene } from "../harness/scene.mjs";
import { breaksOff, listening, understands } from "../harness/speech.mjs";
import { until } from "../harness/wait.mjs";
import { word } from "../harness/words.mjs";

const button = (at, key) => at.getByRole("button", { name: word(key), exact: true });
const caption = (page) => page.getByRole("region", { name: word("caption.label"), exact: true });
const reads = (page, text) => until(`"${text}" is read`, 5_000, async () => (await caption(page).count()) > 0 && (await caption(page).innerText()).trim() === text);

scene("what is said is read below the picture", "serve", async ({ server, invite }) => {
  const seller = (await invite({ speech: true })).page;
  const aiko = (await invite({ viewport: PHONE })).page;
  await openShop(seller, server, "Cuoio & Filo");
  const slug = await createShow(seller, "Borse di novembre");
  await goLive(seller);
  await aiko.goto(`${server.base}/s/${slug}`);
  await moving(aiko);

  // Nobody listens before it was asked for.
  assert.equal(await listening(seller), 0);
  await button(seller, "helm.caption").click();
  const sheet = seller.getByRole("dialog", { name: word("helm.caption"), exact: true });
  await sheet.getByText(word("helm.caption_private"), { exact: true }).waitFor();
  await sheet.getByRole("switch").check();
  await until("it listens", 5_000, async () => (await listening(seller)) === 1);
  await sheet.getByLabel(word("helm.caption_language"), { exact: true }).selectOption("it-IT");
  await until("it listens in Italian", 5_000, async () => (await listening(seller)) === 1 && (await seller.evaluate(() => window.__recognitions.at(-1).lang)) === "it-IT");

  // As it grows, and as it stays.
  const words = "questa borsa la cuciamo a mano".split(" ");
  for (let n = 1; n <= words.length; n++) await understands(seller, words.slice(0, n).join(" "));
  await sheet.getByText(words.join(" "), { exact: true }).waitFor();
  await reads(aiko, words.join(" "));
  await understands(seller, "questa borsa la cuciamo a mano in bottega", true);
  await reads(aiko, "questa borsa la cuciamo a mano in bottega");
  assert.equal(await aiko.locator(".caption [lang]").getAttribute("lang"), "it-IT");
  await look(seller, "captions-sheet");
  await seller.keyboard.press("Escape");
  await understands(seller, "e poi la tingiamo");
  await seller.getByText("e poi la tingiamo", { exact: true }).waitFor();
  await look(seller, "captions-desk");

  // Its time is up: it goes on by itself, and the half sentence stands.
  await breaksOff(seller);
  await until("it listens again", 5_000, async () => (await listening(seller)) === 1);
  await understands(seller, "eccoci di nuovo", true);
  await reads(aiko, "eccoci di nuovo");

  // A closed microphone is heard by nobody.
  await button(seller, "studio.mute").click();
  await until("it no longer listens", 5_000, async () => (await listening(seller)) === 0);
  await button(seller, "studio.unmute").click();
  await until("it listens again", 5_000, async () => (await listening(seller)) === 1);

  // A reload in the middle goes on; what is said after it is read.
  await seller.reload();
  await until("on air again, and listening", 20_000, async () => (await listening(seller)) === 1);
  await understands(seller, "sono tornato", true);
  await reads(aiko, "sono tornato");

  // What a person must mend is said, and not tried again.
  await breaksOff(seller, "not-allowed");
  await until("it gives up", 5_000, async () => (await listening(seller)) === 0);
  await button(seller, "helm.caption").click();
  await sheet.getByText(word("helm.caption_not_allowed"), { exact: true }).waitFor();
  const kept = await (await fetch(`${server.base}/api/shows/${slug}/captions`)).json();
  assert.deepEqual(kept.captions.map(({ text }) => text), ["questa borsa la cuciamo a mano in bottega", "e poi la tingiamo", "eccoci di nuovo", "sono tornato"]);
});

scene("a browser that recognises nothing has no subtitles to offer", "serve", async ({ server, invite }) => {
  const seller = (await invite()).page;
  await openShop(seller, server, "Cuoio & Filo");
  await createShow(seller, "Borse di novembre");
  await button(seller, "studio.mute").waitFor();
  assert.equal(await button(seller, "helm.caption").count(), 0);
  await seller.keyboard.press("s");
  assert.equal(await seller.getByRole("dialog").count(), 0);
  await seller.keyboard.press("?");
  const keys = seller.getByRole("dialog", { name: word("helm.keys"), exact: true });
  await keys.getByText(word("helm.key_camera"), { exact: true }).waitFor();
  assert.equal(await keys.getByText(word("helm.caption"), { exact: true }).count(), 0);
});
