// What a newcomer sees after one command: a show that is already on air, and a studio that opens by itself.
import assert from "node:assert/strict";
import { PHONE } from "../harness/browser.mjs";
import { look } from "../harness/look.mjs";
import { decodes, frameNumber, moving, sounds } from "../harness/media.mjs";
import { listen } from "../harness/people.mjs";
import { scene } from "../harness/scene.mjs";
import { sleep, until } from "../harness/wait.mjs";
import { word } from "../harness/words.mjs";

/** The robot's clip: frames in its loop, frames a second. */
const LOOP = 360;
const FPS = 30;

scene("the robot is on air", "demo", async ({ server, invite }) => {
  const { page } = await invite({ viewport: PHONE });
  await page.goto(await server.link("/s/"));
  await moving(page);
  await decodes(page);
  await listen(page);
  await sounds(page);

  const seen = () => until("the robot's frame number is readable", 10_000, async () => (await frameNumber(page)) ?? false);
  const [first, started] = [await seen(), Date.now()];
  await sleep(2_000);
  const [second, lasted_s] = [await seen(), (Date.now() - started) / 1_000];
  const shown = (second - first + LOOP) % LOOP;
  assert.ok(Math.abs(shown - lasted_s * FPS) < FPS, `${shown} frames of the clip in ${lasted_s} s`);
  await look(page, "watch-robot");

  await page.goto(server.base);
  await page.getByText(word("home.now")).waitFor();
  await look(page, "home");

  await page.goto(await server.link("#login="));
  await page.getByRole("heading", { name: word("studio.shows") }).waitFor();
  await look(page, "studio-shows");
});
