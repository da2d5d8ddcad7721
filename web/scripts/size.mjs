// The first view of the watch page must stay under its budget: the page, everything it links or imports
// statically, the words of the language that weighs most, and the fonts it draws its first words with. Lazy parts do not count. Compressed by brotli,
// as nearly every browser asks.
import { readFile, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const BUDGET_BYTES = 60_000;
const dist = fileURLToPath(new URL("../dist", import.meta.url));

const page = await readFile(`${dist}/watch.html`, "utf8");
const seen = new Set(["/watch.html"]);
for (const [, path] of page.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)) seen.add(path);

// A set grows while it is iterated: imports of imports are followed too.
for (const path of seen) {
  if (!path.endsWith(".js")) continue;
  const code = await readFile(dist + path, "utf8");
  for (const [, name] of code.matchAll(/(?:from|import)\s*["']\.\/([^"']+)["']/g)) seen.add(`/assets/${name}`);
}
// One language is loaded, whichever the reader's is.
const speech = [...seen].find((path) => path.startsWith("/assets/speech-"));
const words = [...(await readFile(dist + speech, "utf8")).matchAll(/["'`](\/assets\/watch\.\w+-[^"'`]+\.json)/g)].map(([, path]) => path);
const weights = await Promise.all(words.map(async (path) => (await stat(`${dist}${path}.br`)).size));
seen.add(words[weights.indexOf(Math.max(...weights))]);
// Both typefaces appear in the first view, preloaded or not.
const css = [...seen].filter((path) => path.endsWith(".css"));
for (const path of css)
  for (const [, font] of (await readFile(dist + path, "utf8")).matchAll(/url\((\/assets\/[^)]*-base-[^)]*\.woff2)\)/g)) seen.add(font);

let total = 0;
for (const path of seen) {
  const { size } = await stat(dist + path + (path.endsWith(".woff2") ? "" : ".br"));
  total += size;
  console.log(`${String(size).padStart(7)}  ${path}`);
}
console.log(`${String(total).padStart(7)}  of ${BUDGET_BYTES} bytes`);
if (total > BUDGET_BYTES) {
  console.error("The first view of the watch page is over its budget.");
  process.exitCode = 1;
}
