// The words of the pages, from their own English catalogue: a test finds things by the name that a person reads.
import { readFileSync } from "node:fs";

const catalogue = JSON.parse(readFileSync(new URL("../../../web/messages/en.json", import.meta.url), "utf8"));

/** The text of `key` (`studio.go_live`), with `{name}` filled in from `values`. */
export function word(key, values = {}) {
  const text = key.split(".").reduce((at, part) => at?.[part], catalogue);
  if (typeof text !== "string") throw new Error(`web/messages/en.json has no ${key}`);
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}
