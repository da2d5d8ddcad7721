import { mkdtemp, mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { compare, compile, flatten, words } from "./messages.mjs";
import { reached } from "./reach.mjs";

const catalogues = (spoken) => Object.fromEntries(Object.entries(spoken).map(([locale, json]) => [locale, flatten(json, [], locale)]));
const two = (italian, english) => catalogues({ it: italian, en: english });

describe("catalogues that disagree", () => {
  it("a key missing in one language is named", () => {
    expect(compare(two({ a: { x: "uno" } }, { a: {} }))).toEqual(['en: "a_x" is missing']);
  });
  it("a key that only a translation has is named", () => {
    expect(compare(catalogues({ it: {}, en: {}, de: { a: { x: "eins" } } }))).toEqual(['"a_x" is in no language that features are written in']);
  });
  it("an empty text is named", () => {
    expect(compare(two({ a: { x: "uno" } }, { a: { x: " " } }))).toEqual(['en: "a_x" is empty']);
  });
  it("a parameter lost in translation is named", () => {
    expect(compare(two({ a: { x: "ciao {name}" } }, { a: { x: "hello" } }))).toHaveLength(1);
  });
  it("a plural needs the forms of its language, and no others", () => {
    const half = { a: { x: { other: "{count} uno" } } };
    const full = { a: { x: { one: "{count} uno", other: "{count} due" } } };
    expect(compare(catalogues({ it: half, en: full })).join()).toBe('it: "a_x" needs the forms "one" and "other"');
    expect(compare(catalogues({ it: full, en: full, ja: half }))).toEqual([]);
    expect(compare(catalogues({ it: full, en: full, ja: full })).join()).toBe('ja: "a_x" needs the forms "other"');
  });
  it("a plural stays one", () => {
    const full = { a: { x: { one: "{count} uno", other: "{count} due" } } };
    expect(compare(two(full, { a: { x: "{count} more" } })).join()).toContain("a plural in one language");
  });
});

describe("what is made of them", () => {
  const spoken = catalogues({
    it: { a: { z: "zeta", x: "«${1}` {name}" }, b: { y: "no" } },
    en: { a: { z: { one: "{count} uno", other: "{count} due" }, x: "{name}" }, b: { y: "yes" } },
    ja: { a: { x: "{name}さん" } },
  });
  it("typed functions that know the place of their text", () => {
    const code = compile(spoken.en, "a");
    expect(code).toContain('import { say } from "../../i18n";');
    expect(code).toContain('export const a_x = (p: { name: string }): string => say("a", 0, p);');
    expect(code).toContain('export const a_z = (p: { count: number }): string => say("a", 1, p);');
    expect(compile(spoken.en, "b")).toContain('export const b_y = (): string => say("b", 0);');
  });
  it("texts in the order of the functions; what a language lacks is said in English", () => {
    expect(words(spoken, "it", ["a"])).toEqual({ a: ["«${1}` {name}", "zeta"] });
    expect(words(spoken, "ja", ["a", "b"])).toEqual({ a: ["{name}さん", { one: "{count} uno", other: "{count} due" }], b: ["yes"] });
  });
});

it("a page says what its source says, through all that it imports, but not what another page says", async () => {
  const src = await mkdtemp(`${tmpdir()}/reach-`);
  await mkdir(`${src}/parts`);
  const write = (path, text) => writeFile(`${src}/${path}`, text);
  await write("main.ts", 'import Part from "./parts/Part.svelte";\nvoid import("./later");\nvoid import("./other");\nimport * as m from "./generated/messages";');
  await write("parts/Part.svelte", '<script lang="ts">import { word } from "../words";</script>{m.part_text()}');
  await write("words.ts", "m.words_text()");
  await write("later.ts", "m.later_text()");
  await write("other.ts", "m.other_text()");
  const source = await reached(src, "main.ts", ["other.ts"]);
  expect(["part", "words", "later", "other"].map((section) => source.includes(`m.${section}_text`))).toEqual([true, true, true, false]);
});
