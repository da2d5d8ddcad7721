// The seller connects a program, sees whether messages arrive and why not, and whether buyers get their letters.
import assert from "node:assert/strict";
import { PHONE } from "../harness/browser.mjs";
import { look } from "../harness/look.mjs";
import { openShop } from "../harness/people.mjs";
import { scene } from "../harness/scene.mjs";
import { postOffice, program } from "../harness/sinks.mjs";
import { setUpShop } from "../harness/trade.mjs";
import { until } from "../harness/wait.mjs";
import { word } from "../harness/words.mjs";

const post = await postOffice();
process.env.QUIORA_WEBHOOKS_PRIVATE = "true";
process.env.QUIORA_SMTP_URL = post.url;
process.env.QUIORA_MAIL_FROM = "Cuoio & Filo <bottega@example.org>";

const button = (at, key, values) => at.getByRole("button", { name: word(key, values), exact: true });

scene("a program is connected, fails, and is told again", "serve", async ({ server, invite }) => {
  const seller = (await invite()).page;
  const sink = await program();
  try {
    await openShop(seller, server, "Cuoio & Filo");
    await setUpShop(seller);
    await seller.getByRole("navigation").getByRole("link", { name: word("connect.title"), exact: true }).click();
    await seller.getByText(word("connect.none"), { exact: true }).waitFor();
    await look(seller, "connections-empty");

    // A wrong address is said beside it; a good one leads to the secret, shown once.
    await button(seller, "connect.add").click();
    const dialog = seller.getByRole("dialog");
    await dialog.getByLabel(word("connect.add_url")).fill("accounting");
    await button(dialog, "connect.add_do").click();
    await dialog.getByText(word("connect.bad_url"), { exact: true }).waitFor();
    await look(seller, "connections-add");
    await dialog.getByLabel(word("connect.add_url")).fill(sink.url);
    await button(dialog, "connect.add_do").click();
    const secret = await dialog.getByLabel(word("connect.secret"), { exact: true }).inputValue();
    assert.match(secret, /^whsec_/);
    await look(seller, "connections-secret");
    await button(dialog, "connect.secret_done").click();
    await dialog.waitFor({ state: "detached" });
    await seller.getByText(word("connect.new"), { exact: true }).waitFor();
    assert.equal(await seller.getByText(secret).count(), 0);

    // It fails, in words; then it works, and what failed is sent again as it was.
    sink.status = 500;
    await button(seller, "connect.ping").click();
    await seller.getByText(word("connect.ping_done"), { exact: true }).waitFor();
    await seller.getByText(word("connect.failing"), { exact: true }).waitFor();
    await seller.getByText(word("connect.why_broken", { code: "500" })).first().waitFor();
    await button(seller, "connect.messages").click();
    await seller.getByText(word("connect.waits"), { exact: true }).waitFor();
    await look(seller, "connections-failing");
    sink.status = 200;
    const [failed] = sink.heard;
    await seller.getByRole("button", { name: word("connect.resend_of", { what: word("connect.event_ping"), when: "" }).trim() }).click();
    await seller.getByText(word("connect.ok"), { exact: true }).waitFor();
    await seller.getByText(word("connect.sent"), { exact: true }).waitFor();
    assert.equal(await seller.getByRole("alert").count(), 0, "nothing is in the way");
    assert.deepEqual(sink.heard.at(-1).body, failed.body);
    assert.equal(sink.heard.at(-1).id, failed.id);

    // A new secret: both sign for a day.
    await button(seller, "connect.rotate").click();
    await button(dialog, "connect.rotate_do").click();
    const renewed = dialog.getByLabel(word("connect.secret"), { exact: true });
    await renewed.waitFor();
    assert.notEqual(await renewed.inputValue(), secret);
    await button(dialog, "connect.secret_done").click();
    const before = sink.heard.length;
    await button(seller, "connect.ping").click();
    await until("the test message arrives", 5_000, () => sink.heard.length > before);
    assert.equal(sink.heard.at(-1).signature.split(" ").length, 2);
    await look(seller, "connections");

    await button(seller, "connect.off_do").click();
    await seller.getByText(word("connect.off"), { exact: true }).waitFor();
    await button(seller, "connect.delete").click();
    await button(dialog, "connect.delete_do").click();
    await seller.getByText(word("connect.none"), { exact: true }).waitFor();
  } finally {
    sink.close();
  }
});

scene("a test letter arrives, and letters change their language", "serve", async ({ server, invite }) => {
  const seller = (await invite({ viewport: PHONE })).page;
  await openShop(seller, server, "Cuoio & Filo");
  await setUpShop(seller);
  await seller.getByRole("navigation").getByRole("link", { name: word("connect.title"), exact: true }).click();
  await seller.getByText("bottega@example.org").waitFor();
  await seller.getByLabel(word("connect.letters_try"), { exact: true }).fill("aiko@example.org");
  await button(seller, "connect.letters_try_do").click();
  await seller.getByText(word("connect.letters_sent", { to: "aiko@example.org" }), { exact: true }).waitFor();
  assert.match(post.letters.at(-1), /This is a test letter/);
  await look(seller, "connections-letters");
  await seller.getByLabel(word("connect.letters_language"), { exact: true }).selectOption("it");
  await seller.getByText(word("connect.letters_language_saved", { language: word("connect.italian") }), { exact: true }).waitFor();
  await button(seller, "connect.letters_try_do").click();
  await until("a letter in Italian", 5_000, () => /lettera di prova/.test(post.letters.at(-1)));
  post.close();
});
