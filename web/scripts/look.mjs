// Opens the built pages in Chromium, in every state that a viewer can meet, and keeps a picture of each in
// shots/. The server is played by look/server.mjs, the show and its media by look/actors.js inside the page.
// Fails when axe finds something, a page logs an error, asks a third party, or scrolls sideways.
//   node scripts/look.mjs [part of a state's name]
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { LANGUAGE_STATES } from "./look/language_states.mjs";
import { serve } from "./look/server.mjs";
import { COCKPIT_ANSWERS, COCKPIT_ELSEWHERE, COCKPIT_STATES } from "./look/cockpit_states.mjs";
import { CROWD_STATES } from "./look/crowd_states.mjs";
import { ANSWERS, SHOP_STATES } from "./look/shop_states.mjs";
import { STATES } from "./look/states.mjs";

const SIZES = { phone: { width: 390, height: 844 }, laptop: { width: 1280, height: 800 } };
const ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

const root = fileURLToPath(new URL("..", import.meta.url));
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const actors = await readFile(fileURLToPath(new URL("look/actors.js", import.meta.url)), "utf8");
const wanted = process.argv[2] ?? "";
const ALL = [...STATES, ...SHOP_STATES, ...CROWD_STATES, ...COCKPIT_STATES, ...COCKPIT_ELSEWHERE, ...LANGUAGE_STATES];
const complaints = [];

async function look(browser, url, state, size, theme) {
  const name = `${state.name}-${size}-${theme}`;
  const phone = size === "phone";
  const context = await browser.newContext({
    viewport: state.viewport ?? SIZES[size], deviceScaleFactor: phone ? 2 : 1, colorScheme: theme, locale: state.locale ?? "it-IT",
    isMobile: phone, hasTouch: phone, timezoneId: "Europe/Rome",
  });
  const page = await context.newPage();
  page.on("console", (message) => message.type() === "error" && complaints.push(`${name}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`${name}: ${error.message}`));
  page.on("request", (request) => request.url().startsWith(url) || /^(data|blob):/.test(request.url()) || complaints.push(`${name}: asks ${request.url()}`));
  await page.addInitScript(`window.play = ${JSON.stringify(state.play ?? {})};\n${actors}`);
  await page.goto(`${url}${state.path}?state=${state.name}${state.play?.query ?? ""}${state.fragment ?? ""}`, { waitUntil: "domcontentloaded", timeout: 90_000 });
  await page.waitForTimeout(900);
  if (state.act) await state.act(page);
  await page.screenshot({ path: `${root}/shots/${name}.png` });
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  for (const violation of found.violations)
    complaints.push(`${name}: ${violation.id}: ${violation.help}\n    ${violation.nodes.slice(0, 3).map((node) => `${node.html.slice(0, 140)} ${node.any[0]?.message ?? ""}`).join("\n    ")}`);
  if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) complaints.push(`${name}: scrolls sideways`);
  await context.close();
}

await mkdir(`${root}/shots`, { recursive: true });
const server = await serve(process.env.LOOK_DIST ?? `${root}/dist`, ALL, { ...ANSWERS, ...COCKPIT_ANSWERS });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ARGS });
try {
  for (const state of ALL.filter(({ name }) => name.includes(wanted)))
    for (const size of state.sizes ?? Object.keys(SIZES))
      for (const theme of state.themes ?? ["light", "dark"]) await look(browser, server.url, state, size, theme);
} finally {
  await browser.close();
  server.close();
}
for (const complaint of complaints) console.error(complaint);
console.log(`${complaints.length} complaints`);
process.exitCode = complaints.length ? 1 : 0;
