// The six catalogues as they are: that they agree, and that they speak as the glossary says.
import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { compare, LOCALES, readCatalogues, texts, WRITTEN } from "./messages.mjs";

const folder = `${process.cwd()}/messages`;
const problems = [];
const catalogues = await readCatalogues(folder, problems);
const glossary = JSON.parse(await readFile(`${folder}/glossary.json`, "utf8"));
const TRANSLATED = LOCALES.filter((locale) => !WRITTEN.includes(locale));

it("every language has every text, with the same places and its own plural forms", () => {
  expect([...problems, ...compare(catalogues)]).toEqual([]);
});

it("nothing is left in the language it was translated from", () => {
  const same = (locale, key) => {
    const said = texts(catalogues[locale].get(key)).join();
    const words = said.replace(/\{\w+\}/g, "").match(/\p{Ll}{3,}/gu) ?? [];
    return words.length > 3 && WRITTEN.some((from) => texts(catalogues[from].get(key)).join() === said);
  };
  const left = TRANSLATED.flatMap((locale) => [...catalogues.en.keys()].filter((key) => same(locale, key)).map((key) => `${locale}: ${key}`));
  expect(left).toEqual([]);
});

it("a term is the same word in every text that uses it", () => {
  const uses = (entry, locale, key) => {
    const said = texts(catalogues[locale].get(key)).join(" ");
    // Words begin where the glossary says; Japanese does not show where they do.
    return entry.seen[locale].some((word) => (locale === "ja" ? said.includes(word) : new RegExp(`(?<!\\p{L})${word}`, "iu").test(said)));
  };
  const strayed = glossary.filter((entry) => entry.seen).flatMap((entry) =>
    [...catalogues.en.keys()].filter((key) => WRITTEN.every((locale) => uses(entry, locale, key))).flatMap((key) =>
      TRANSLATED.filter((locale) => catalogues[locale].has(key) && !uses(entry, locale, key)).map((locale) => `${locale}: "${key}" does not say "${entry.words[locale]}" (${entry.term})`)));
  expect(strayed).toEqual([]);
});

it("what a law names has the words of the glossary exactly", () => {
  for (const { words, keys = [] } of glossary)
    for (const key of keys) for (const locale of LOCALES) expect(catalogues[locale].get(key), `${locale}: ${key}`).toBe(words[locale]);
});

it("the glossary has a word in each language and a note for each term", () => {
  for (const { term, note, words, seen } of glossary) {
    expect(Object.keys(words), term).toEqual(LOCALES);
    if (seen) expect(Object.keys(seen), term).toEqual(LOCALES);
    expect(note, term).toMatch(/\.$/);
  }
});

it("French keeps its signs with the word before them", () => {
  const loose = [...catalogues.fr].filter(([, message]) => texts(message).some((text) => / [?!;:»]|« /.test(text))).map(([key]) => key);
  expect(loose).toEqual([]);
});
