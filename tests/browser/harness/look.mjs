// Looking at a page as it stands: a screenshot on a phone and on a laptop, light and dark, kept among the artefacts,
// and axe over each. Nothing serious may be wrong with it.
import assert from "node:assert/strict";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { LAPTOP, PHONE } from "./browser.mjs";
import { ARTEFACTS } from "./server.mjs";
import { sleep } from "./wait.mjs";

/** Long enough for a short motion to end: axe measures the contrast of what is still fading in. */
const SETTLE_MS = 500;

export async function look(page, name) {
  const before = page.viewportSize();
  const wrong = [];
  for (const viewport of [PHONE, LAPTOP]) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await page.evaluate(() => document.fonts.ready.then(() => undefined));
      await sleep(SETTLE_MS);
      const view = `${viewport.width}x${viewport.height}-${colorScheme}`;
      await page.screenshot({ path: join(ARTEFACTS, `${name}-${view}.png`) });
      const { violations } = await new AxeBuilder({ page }).analyze();
      for (const { id, impact, help, nodes } of violations.filter(({ impact }) => impact === "serious" || impact === "critical"))
        wrong.push(`${name} ${view}: ${impact} ${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`);
    }
  }
  await page.emulateMedia({ colorScheme: null });
  await page.setViewportSize(before);
  assert.deepEqual([...new Set(wrong)], [], "axe found something");
}
