import { describe, expect, it } from "vitest";
import { negotiate, number, pick, plural, setLocale } from "./i18n";

describe("which language", () => {
  it("the one chosen before wins", () => expect(negotiate("it", ["en-GB"])).toBe("it"));
  it("then the first the browser wants and we have", () => expect(negotiate(null, ["de-AT", "it-CH", "en"])).toBe("it"));
  it("a choice we do not know counts for nothing", () => expect(negotiate("fr", [])).toBe("en"));
});

it("a switch changes texts, numbers, plurals and the page's lang, and is remembered", () => {
  setLocale("it");
  expect(pick("sì", "yes")).toBe("sì");
  expect(number(12345)).toBe("12.345");
  expect(document.documentElement.lang).toBe("it");
  setLocale("en");
  expect(pick("sì", "yes")).toBe("yes");
  expect(plural(1, { one: "one", other: "many" })).toBe("one");
  expect(plural(0, { one: "one", other: "many" })).toBe("many");
  expect(localStorage.getItem("quiora.locale")).toBe("en");
});
