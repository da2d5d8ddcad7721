// The source that a page is made of: what its entry imports, and what that imports, and so on.
import { readFile } from "node:fs/promises";
import { posix } from "node:path";

const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*"(\.[^"]+)"/g;
const ENDINGS = ["", ".ts", "/index.ts"];

/** All of it as one text. `stops` are the entries of other pages, whose source is theirs. Generated files are left out. */
export async function reached(src, entry, stops = []) {
  const files = new Set([entry]);
  let source = "";
  // A set grows while it is iterated: imports of imports are followed too.
  for (const file of files) {
    let text;
    for (const ending of ENDINGS) text ??= await readFile(`${src}/${file}${ending}`, "utf8").catch(() => undefined);
    if (text === undefined) throw new Error(`${file}, reached from ${entry}, is not there`);
    source += text;
    for (const [, path] of text.matchAll(IMPORT)) {
      const next = posix.join(posix.dirname(file), path);
      if (!next.startsWith("generated/") && !/\.(css|json|svg)$/.test(next) && !stops.includes(`${next}.ts`)) files.add(next);
    }
  }
  return source;
}
