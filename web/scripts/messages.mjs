// Compiles messages/{locale}.json into one typed function per message, so that a bundle carries only the
// texts it uses and a misspelt key is a type error. A key, a parameter or a plural form that is missing in
// one language stops the build: nobody may meet a half-translated page.
import { readFile, writeFile } from "node:fs/promises";

export const LOCALES = ["it", "en"];
const PLURAL_FORMS = ["zero", "one", "two", "few", "many", "other"];
const KEY = /^[a-z][a-z0-9_]*$/;

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

const texts = (message) => (typeof message === "string" ? [message] : Object.values(message));

const paramsOf = (message) => {
  const names = new Set(isPlural(message) ? ["count"] : []);
  for (const text of texts(message)) for (const [, name] of text.matchAll(/\{([a-z]\w*)\}/g)) names.add(name);
  return [...names].sort();
};

/** What is wrong between the catalogues, one line each; empty when they agree. */
export function compare(catalogues) {
  const problems = [];
  const keys = new Set(Object.values(catalogues).flatMap((c) => [...c.keys()]));
  for (const key of keys) {
    const found = LOCALES.filter((locale) => catalogues[locale].has(key));
    for (const locale of LOCALES) {
      const message = catalogues[locale].get(key);
      if (message === undefined) problems.push(`${locale}: "${key}" is missing`);
      else if (texts(message).some((text) => text.trim() === "")) problems.push(`${locale}: "${key}" is empty`);
      else if (isPlural(message) && (!("one" in message)))
        problems.push(`${locale}: "${key}" needs the forms "one" and "other"`);
    }
    const shapes = new Set(found.map((locale) => paramsOf(catalogues[locale].get(key)).join()));
    if (shapes.size > 1) problems.push(`"${key}" takes different parameters in different languages`);
  }
  return problems;
}

const template = (text) =>
  "`" +
  text
    .replace(/[`\\$]/g, "\\$&")
    .replace(/\{([a-z]\w*)\}/g, (_, name) => (name === "count" ? "${number(p.count)}" : `\${p.${name}}`)) +
  "`";

const expression = (message) =>
  typeof message === "string"
    ? template(message)
    : `plural(p.count, { ${Object.entries(message)
        .map(([form, text]) => `${form}: ${template(text)}`)
        .join(", ")} })`;

/** The TypeScript source of one section, for catalogues that `compare` found nothing wrong with. */
export function compile(catalogues, section) {
  const keys = [...catalogues[LOCALES[0]].keys()].filter((key) => key.startsWith(`${section}_`)).sort();
  const helpers = new Set();
  const lines = keys.map((key) => {
    const messages = LOCALES.map((locale) => catalogues[locale].get(key));
    const params = paramsOf(messages[0]);
    const types = params.map((name) => `${name}: ${name === "count" ? "number" : "string"}`).join("; ");
    const signature = params.length ? `p: { ${types} }` : "";
    const plain = messages.every((message) => typeof message === "string" && params.length === 0);
    const args = messages.map((message) => (plain ? JSON.stringify(message) : `() => ${expression(message)}`));
    const line = `export const ${key} = (${signature}): string => ${plain ? "pick" : "pickLazy"}(${args.join(", ")});`;
    for (const [helper] of line.matchAll(/\b(?:number|pick|pickLazy|plural)(?=\()/g)) helpers.add(helper);
    return line;
  });
  const head = [
    "// Generated from messages/*.json by scripts/messages.mjs.",
    `import { ${[...helpers].sort().join(", ")} } from "../../i18n";`,
  ];
  return [...head, ...lines, ""].join("\n");
}

// A module a section: a page's bundle carries the sections of its own, not those of the other pages.
export async function writeMessages(from, to) {
  const problems = [];
  const catalogues = {};
  const sections = new Set();
  for (const locale of LOCALES) {
    const json = JSON.parse(await readFile(`${from}/${locale}.json`, "utf8"));
    catalogues[locale] = flatten(json, problems, locale);
    for (const section of Object.keys(json)) sections.add(section);
  }
  problems.push(...compare(catalogues));
  if (problems.length) throw new Error(`messages do not agree:\n  ${problems.join("\n  ")}`);
  for (const section of sections) await writeFile(`${to}/${section}.ts`, compile(catalogues, section));
  const names = [...sections].map((section) => `export * from "./${section}";\n`);
  await writeFile(`${to}/index.ts`, names.join(""));
}
