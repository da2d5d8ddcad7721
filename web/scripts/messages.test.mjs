import { describe, expect, it } from "vitest";
import { compare, compile, flatten } from "./messages.mjs";

const catalogues = (italian, english) => ({
  it: flatten(italian, [], "it"),
  en: flatten(english, [], "en"),
});

describe("catalogues that disagree", () => {
  it("a key missing in one language is named", () => {
    expect(compare(catalogues({ a: { x: "uno" } }, { a: {} }))).toEqual(['en: "a_x" is missing']);
  });
  it("an empty text is named", () => {
    expect(compare(catalogues({ a: { x: "uno" } }, { a: { x: " " } }))).toEqual(['en: "a_x" is empty']);
  });
  it("a parameter lost in translation is named", () => {
    expect(compare(catalogues({ a: { x: "ciao {name}" } }, { a: { x: "hello" } }))).toHaveLength(1);
  });
  it("a plural needs its forms", () => {
    const half = { a: { x: { other: "{count} uno" } } };
    expect(compare(catalogues(half, half)).join()).toContain("needs the forms");
  });
});

it("compiles to typed functions and escapes what would break out of a text", () => {
  const both = { a: { x: "`${1}` {name}", y: 'he said "no"', z: { one: "{count} uno", other: "{count} due" } } };
  const code = compile(catalogues(both, both), "a");
  expect(code).toContain('import { number, pick, pickLazy, plural } from "../../i18n";');
  expect(code).toContain("export const a_x = (p: { name: string }): string");
  expect(code).toContain("\\`\\${1}\\` ${p.name}");
  expect(code).toContain("export const a_z = (p: { count: number }): string");
});
