// Subsets the two typefaces to what the pages need. The "base" files hold the characters of Italian and
// English and are preloaded, so every byte counts against the first view; the "west" files hold what the other languages
// of the pages have besides, the "more" files the rest of Latin. Those are fetched by the browser only when something
// on the page needs them (unicode-range). Japanese is left to the faces of the system.
import { access, readFile, stat, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import subsetFont from "subset-font";

const range = (from, to) =>
  Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i)).join("");

// Keep in step with the unicode-range lines of src/design/fonts.css.
// ASCII without the signs of programmers, and no quotation marks: they are in no name and in few sentences.
const BASE = ` !"%&'()+,-./${range(0x30, 0x3b)}?${range(0x41, 0x5a)}${range(0x61, 0x7a)}\u00a0·ÀÈÉàèéìòù–‘’…€`;
// What German, French and Spanish have besides, and what is rare in Italian and English: a small file, fetched when
// something on the page has it.
const WEST = "«»“”—ÌÒÙç¡¿ºÄÖÜäöüßÂÊÎÔÛËÏÇâêîôûëïÁÍÓÚÑáíóúñŒœ„‚";
const MORE = [...`#$*<=>@_[\\]^\`{|}~×•→${range(0xa1, 0x17f)}`].filter((letter) => !WEST.includes(letter)).join("");

// Figures stand in columns (tnum, lnum). Large type needs its kerning; at the size of Inter here nobody sees it
// and it weighs a fifth of the file. Every other OpenType feature is left behind.
const FAMILIES = [
  {
    name: "inter",
    file: "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
    options: { variationAxes: { wght: { min: 400, max: 650 } }, keepFeatures: ["tnum"] },
  },
  {
    name: "fraunces",
    file: "@fontsource-variable/fraunces/files/fraunces-latin-full-normal.woff2",
    options: { variationAxes: { wght: 540, opsz: 48, SOFT: 60, WONK: 0 }, keepFeatures: ["kern", "tnum", "lnum"] },
  },
];

const exists = (path) => access(path).then(() => true, () => false);

export async function writeFonts(to) {
  const modules = fileURLToPath(new URL("../node_modules/", import.meta.url));
  const changed = (await stat(fileURLToPath(import.meta.url))).mtimeMs;
  for (const { name, file, options } of FAMILIES) {
    for (const [part, text, source] of [
      ["base", BASE, file],
      ["west", WEST, file],
      ["more", MORE, file],
      ["ext", MORE, file.replace("-latin-", "-latin-ext-")],
    ]) {
      const target = `${to}/${name}-${part}.woff2`;
      if ((await exists(target)) && (await stat(target)).mtimeMs > changed) continue;
      const font = await readFile(modules + source);
      await writeFile(target, await subsetFont(font, text, { targetFormat: "woff2", ...options }));
    }
  }
}
