// A camera that cannot be had: the studio says why and what to do, in words, and goes on by itself once it can.
import { createShow, goLive, openShop } from "../harness/people.mjs";
import { look } from "../harness/look.mjs";
import { scene } from "../harness/scene.mjs";
import { word } from "../harness/words.mjs";

/** What browsers throw, and how the studio says it. */
const TROUBLES = [
  ["NotAllowedError", "studio.problem_refused_camera", "studio.problem_refused_todo"],
  ["NotFoundError", "studio.problem_missing_camera", "studio.problem_missing_camera_todo"],
  ["NotReadableError", "studio.problem_busy_camera", "studio.problem_busy_todo"],
];

/** Lets the page's camera fail as `localStorage.trouble` says; the microphone works. */
function failing() {
  const devices = navigator.mediaDevices;
  const real = devices.getUserMedia.bind(devices);
  devices.getUserMedia = (wish) => {
    const trouble = localStorage.getItem("trouble");
    return trouble && wish.video ? Promise.reject(new DOMException("played by the test", trouble)) : real(wish);
  };
}

scene("a camera that cannot be had", "serve", async ({ server, invite }) => {
  const seller = await invite();
  await seller.context.addInitScript(failing);
  const { page } = seller;
  await openShop(page, server, "Cuoio & Filo");
  await createShow(page, "Borse di novembre");
  for (const [name, title, todo] of TROUBLES) {
    await page.evaluate((trouble) => localStorage.setItem("trouble", trouble), name);
    await page.reload();
    await page.getByText(word(title), { exact: true }).first().waitFor();
    await page.getByText(word(todo), { exact: true }).first().waitFor();
    if (name === "NotAllowedError") await look(page, "studio-camera-refused");
  }
  await page.evaluate(() => localStorage.removeItem("trouble"));
  await page.getByRole("button", { name: word("common.retry"), exact: true }).first().click();
  await page.getByText(word(TROUBLES.at(-1)[1]), { exact: true }).first().waitFor({ state: "detached" });
  await goLive(page);
});
