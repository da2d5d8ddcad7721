// Makes one file of the bundle that is built apart: its script with its styles in it, under a name that follows from
// both. The pages' policy lets nobody write style elements, so the styles are adopted as a sheet.
import { createHash } from "node:crypto";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const assets = fileURLToPath(new URL("../dist/assets/", import.meta.url));
const names = (await readdir(assets)).filter((name) => name.startsWith("apart-"));
const one = (ending) => {
  const found = names.filter((name) => name.endsWith(ending));
  if (found.length !== 1) throw new Error(`${found.length} files apart-*${ending}, not one`);
  return found[0];
};

const script = one(".js");
const styles = one(".css");
const css = (await readFile(assets + styles, "utf8")).trim();
const adopt = `{const s=new CSSStyleSheet;s.replaceSync(${JSON.stringify(css)});document.adoptedStyleSheets.push(s)}\n`;
// Imports, if there are any, may stand behind it: they are hoisted.
const joined = adopt + (await readFile(assets + script, "utf8"));
const hash = createHash("sha256").update(joined).digest("base64url").slice(0, 8);
for (const name of [script, styles]) await rm(assets + name);
await writeFile(`${assets}apart-${hash}.js`, joined);
