// What sellers and viewers do, in their own terms.
import { until } from "./wait.mjs";
import { word } from "./words.mjs";

const button = (page, key, values) => page.getByRole("button", { name: word(key, values), exact: true });

/** Founds the shop through the link that a fresh server prints, as its owner would. */
export async function openShop(page, server, name) {
  await page.goto(await server.link("#setup="));
  await page.getByLabel(word("studio.shop_name")).fill(name);
  await button(page, "studio.setup_go").click();
  await page.getByText(word("studio.no_shows"), { exact: true }).waitFor();
}

/** Creates a show from the studio's first page and ends up in it; resolves to its slug. */
export async function createShow(page, title) {
  await button(page, "studio.new_show").first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(word("studio.show_title")).fill(title);
  await dialog.getByRole("button", { name: word("studio.create"), exact: true }).click();
  await page.waitForURL(/\/studio\/[a-z0-9-]+$/);
  return new URL(page.url()).pathname.split("/").pop();
}

/** The one click. The camera must be in the preview before; that costs no click. */
export async function goLive(page) {
  const go = button(page, "studio.go_live");
  await go.waitFor();
  await until("the camera is ready", 10_000, () => go.isEnabled());
  await go.click();
  await button(page, "studio.go_live").waitFor({ state: "detached" });
}

export async function endShow(page) {
  await button(page, "studio.end").click();
  await button(page, "studio.end_do").click();
}

/** Writes a line, giving a name if the page asks for one. */
export async function write(page, text, nickname) {
  const field = page.getByRole("textbox", { name: word("chat.field"), exact: true });
  await field.fill(text);
  await field.press("Enter");
  const name = page.getByRole("textbox", { name: word("chat.name_field"), exact: true });
  if (nickname && (await appears(name))) {
    await name.fill(nickname);
    await name.press("Enter");
  }
}

const appears = (locator) =>
  locator.waitFor({ timeout: 2_000 }).then(
    () => true,
    () => false,
  );

/** The lines of the conversation as they stand: `Aiko … text`. */
export const conversation = (page) =>
  page.getByRole("log", { name: word("chat.log"), exact: true }).getByRole("listitem").allInnerTexts();

/** Resolves when `text` stands in the conversation; fails if it stands there twice. */
export async function reads(page, text, limit_ms = 10_000) {
  await until(`the page shows the line "${text}"`, limit_ms, async () => {
    const found = (await conversation(page)).filter((line) => line.includes(text)).length;
    if (found > 1) throw new Error(`the line "${text}" stands there ${found} times`);
    return found === 1;
  });
}

/** Allows the sound, which browsers hold back until somebody asks for it: by a tap, or with a mouse. */
export async function listen(page) {
  const tap = button(page, "watch.sound_tap").or(button(page, "watch.sound_on")).first();
  // A browser that lets the page begin with sound shows neither.
  if (await page.evaluate(() => document.querySelector("video").muted)) await tap.click();
}
