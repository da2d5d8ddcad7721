// Somebody who keeps a show in order: comes by a link, sees what viewers see, hears it if wanted, takes a line away, and is out
// when the link is taken back.
import assert from "node:assert/strict";
import { PHONE } from "../harness/browser.mjs";
import { look } from "../harness/look.mjs";
import { moving, sounds } from "../harness/media.mjs";
import { conversation, reads, write } from "../harness/people.mjs";
import { scene } from "../harness/scene.mjs";
import { onAirWith } from "../harness/trade.mjs";
import { until } from "../harness/wait.mjs";
import { word } from "../harness/words.mjs";

const button = (at, key, values) => at.getByRole("button", { name: word(key, values), exact: true });

scene("a moderator sees the show and keeps it in order", "serve", async ({ server, invite }) => {
  const seller = (await invite()).page;
  const slug = await onAirWith(seller, server, "Borsa Conero", 3);
  const asked = (method, path, body) =>
    seller.evaluate(async ([method, path, body]) => {
      const headers = body ? { "content-type": "application/json" } : {};
      const response = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
      return response.status === 204 ? null : response.json();
    }, [method, path, body]);
  const { link, moderator } = await asked("POST", `/api/shows/${slug}/moderators`, { name: "Carlo" });

  const carlo = (await invite()).page;
  await carlo.goto(link);
  await moving(carlo);
  assert.equal(await carlo.evaluate(() => document.querySelector("video").muted), true, "sound is asked for");
  await button(carlo, "watch.sound_on").click();
  await sounds(carlo);
  await button(carlo, "watch.sound_off").waitFor();
  assert.equal(await carlo.evaluate(() => document.querySelector("video").muted), false);

  const viewer = (await invite({ viewport: PHONE })).page;
  await viewer.goto(`${server.base}/s/${slug}`);
  await write(viewer, "Call me on 555 0199", "Aiko");
  await reads(viewer, "555 0199");
  const line = carlo.getByRole("listitem").filter({ hasText: "555 0199" });
  await line.waitFor();
  await look(carlo, "moderator");
  await line.hover();
  await line.getByRole("button", { name: new RegExp(`^${word("helm.delete")}`) }).click();
  await until("the line is gone", 5_000, async () => !(await conversation(viewer)).some((text) => text.includes("555 0199")));

  await asked("DELETE", `/api/shows/${slug}/moderators/${moderator}`);
  await carlo.getByText(word("helm.link_dead"), { exact: true }).waitFor();
});
