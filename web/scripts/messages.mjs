// Compiles messages/{locale}.json. Of a section's keys it makes typed functions, so that a misspelt key is a type error;
// of a language's texts it makes a file for each page, with the sections that the page says, so that a page loads the
// language it speaks and no other. What Italian or English lack stops the build: nobody may meet a half-translated page.
// What another language lacks is said in English, and a test names it.
import { readFile, writeFile } from "node:fs/promises";
import { reached } from "./reach.mjs";

/** In the order in which they are offered: as in src/lib/speech.ts. */
export const LOCALES = ["it", "en", "de", "fr", "es", "ja"];
/** Written by whoever writes a feature; the others are translated from them. */
export const WRITTEN = ["it", "en"];
/** What begins each page. The shop of the watch page comes later than it, with words of its own. */
export const PAGES = { home: "home/main.ts", watch: "watch/main.ts", apart: "watch/apart.ts", order: "order/main.ts", studio: "studio/main.ts" };

const PLURAL_FORMS = ["zero", "one", "two", "few", "many", "other"];
const KEY = /^[a-z][a-z0-9_]*$/;
const PLACE = /\{([a-z]\w*)\}/g;

const isPlural = (node) =>
  typeof node === "object" && "other" in node && Object.keys(node).every((key) => PLURAL_FORMS.includes(key));

/** Flattens sections into `section_key` → text or plural forms. */
export function flatten(node, problems, locale, prefix = "") {
  const out = new Map();
  for (const [key, value] of Object.entries(node)) {
    const name = prefix + key;
    if (!KEY.test(key)) problems.push(`${locale}: "${name}" is not a valid key`);
    if (typeof value === "string" || isPlural(value)) out.set(name, value);
    else for (const [k, v] of flatten(value, problems, locale, `${name}_`)) out.set(k, v);
  }
  return out;
}

export const texts = (message) => (typeof message === "string" ? [message] : Object.values(message));

const paramsOf = (message) => {
  const names = new Set(isPlural(message) ? ["count"] : []);
  for (const text of texts(message)) for (const [, name] of text.matchAll(PLACE)) names.add(name);
  return [...names].sort();
};

// Whole millions have a form of their own in Romance languages; nothing here counts so far.
const formsOf = (locale) => new Intl.PluralRules(locale).resolvedOptions().pluralCategories.filter((form) => form !== "many");

function wrong(locale, key, message, original) {
  if (message === undefined) return `${locale}: "${key}" is missing`;
  if (texts(message).some((text) => text.trim() === "")) return `${locale}: "${key}" is empty`;
  if (isPlural(message) !== isPlural(original)) return `${locale}: "${key}" is a plural in one language and not in another`;
  if (isPlural(message) && formsOf(locale).sort().join() !== Object.keys(message).sort().join())
    return `${locale}: "${key}" needs the forms ${formsOf(locale).map((form) => `"${form}"`).join(" and ")}`;
  if (paramsOf(message).join() !== paramsOf(original).join()) return `${locale}: "${key}" takes other parameters than in ${WRITTEN[0]}`;
  return null;
}

/** What is wrong between the catalogues, one line each; empty when they agree. */
export function compare(catalogues, locales = Object.keys(catalogues)) {
  const problems = [];
  const keys = new Set(Object.values(catalogues).flatMap((c) => [...c.keys()]));
  for (const key of keys) {
    const original = WRITTEN.map((locale) => catalogues[locale].get(key)).find((message) => message !== undefined);
    if (original === undefined) problems.push(`"${key}" is in no language that features are written in`);
    else for (const locale of locales) problems.push(wrong(locale, key, catalogues[locale].get(key), original));
  }
  return problems.filter((problem) => problem !== null);
}

const keysOf = (catalogue, section) => [...catalogue.keys()].filter((key) => key.startsWith(`${section}_`)).sort();

/** The TypeScript source of one section: a function for each key, which knows the place of its text. */
export function compile(catalogue, section) {
  const lines = keysOf(catalogue, section).map((key, place) => {
    const params = paramsOf(catalogue.get(key));
    const types = params.map((name) => `${name}: ${name === "count" ? "number" : "string"}`).join("; ");
    const [signature, values] = params.length ? [`p: { ${types} }`, ", p"] : ["", ""];
    return `export const ${key} = (${signature}): string => say("${section}", ${place}${values});`;
  });
  return ["// Generated from messages/*.json by scripts/messages.mjs.", 'import { say } from "../../i18n";', ...lines, ""].join("\n");
}

/** A language's texts of some sections, each in the order of its functions. */
export function words(catalogues, locale, sections) {
  const text = (key) => catalogues[locale].get(key) ?? catalogues.en.get(key);
  return Object.fromEntries(sections.map((section) => [section, keysOf(catalogues.en, section).map(text)]));
}

// The module that begins a page's speech: it knows where the words of each language are, and asks for one at once.
const speech = (page) =>
  [
    "// Generated by scripts/messages.mjs.",
    'import { speech } from "../../lib/speech";',
    ...LOCALES.map((locale) => `import ${locale} from "./${page}.${locale}.json?url";`),
    `export const begun = speech.begin({ ${LOCALES.join(", ")} });`,
    "",
  ].join("\n");

export async function readCatalogues(from, problems) {
  const read = async (locale) => [locale, flatten(JSON.parse(await readFile(`${from}/${locale}.json`, "utf8")), problems, locale)];
  return Object.fromEntries(await Promise.all(LOCALES.map(read)));
}

export async function writeMessages(from, src) {
  const problems = [];
  const catalogues = await readCatalogues(from, problems);
  problems.push(...compare(catalogues, WRITTEN));
  if (problems.length) throw new Error(`messages do not agree:\n  ${problems.join("\n  ")}`);
  const sections = [...new Set([...catalogues.en.keys()].map((key) => key.split("_")[0]))];
  const to = `${src}/generated`;
  for (const section of sections) await writeFile(`${to}/messages/${section}.ts`, compile(catalogues.en, section));
  await writeFile(`${to}/messages/index.ts`, sections.map((section) => `export * from "./${section}";\n`).join(""));
  for (const [page, entry] of Object.entries(PAGES)) {
    const others = Object.values(PAGES).filter((other) => other !== entry);
    const said = [...(await reached(src, entry, others)).matchAll(/\bm\.([a-z]+)_/g)].map(([, section]) => section);
    const spoken = sections.filter((section) => said.includes(section));
    for (const locale of LOCALES) await writeFile(`${to}/words/${page}.${locale}.json`, JSON.stringify(words(catalogues, locale, spoken)));
    await writeFile(`${to}/words/${page}.ts`, speech(page));
  }
}
