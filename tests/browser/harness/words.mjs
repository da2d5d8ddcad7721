// The words of the pages, from their own catalogues: a test finds things by the name that a person reads.
import { readFileSync } from "node:fs";

const read = (language) => JSON.parse(readFileSync(new URL(`../../../web/messages/${language}.json`, import.meta.url), "utf8"));
const catalogues = new Map();

/** The words of a language: the text of `key` (`studio.go_live`), with `{name}` filled in from `values`. */
export const wordsOf = (language) => (key, values = {}) => {
  if (!catalogues.has(language)) catalogues.set(language, read(language));
  const text = key.split(".").reduce((at, part) => at?.[part], catalogues.get(language));
  if (typeof text !== "string") throw new Error(`web/messages/${language}.json has no ${key}`);
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
};

/** In English, which most people in these tests speak. */
export const word = wordsOf("en");
