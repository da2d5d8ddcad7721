import { describe, expect, it } from "vitest";
import { minorOf, money, typed } from "./money";

const plain = (text: string): string => text.replaceAll("\u00a0", " ");

describe("an amount", () => {
  it("is written as the reader writes it", () => {
    expect(plain(money(18900, "EUR", "it"))).toBe("189,00 €");
    expect(money(123456, "EUR", "en")).toBe("€1,234.56");
  });
  it("has no decimals where there are none", () => expect(money(2500, "JPY", "en")).toBe("¥2,500"));
  it("drops empty cents on a label only", () => {
    expect(money(18900, "EUR", "en", true)).toBe("€189");
    expect(money(18950, "EUR", "en", true)).toBe("€189.50");
  });
});

describe("what was typed", () => {
  it.each([
    ["189", 18900], ["189,5", 18950], ["189.50", 18950], ["1.189,50", 118950], ["1,189.50", 118950], ["1.189", 118900],
    ["€ 12,90", 1290], ["12,90 €", 1290], [" 0,05 ", 5], ["1 250", 125000],
  ])("%s", (text, minor) => expect(minorOf(text, "EUR")).toBe(minor));
  it.each(["", "abc", "-3", "1,2,3", "12,345678", "1e5", "999999999999999"])("%s is no amount", (text) => expect(minorOf(text, "EUR")).toBeNull());
  it("yen have no parts", () => {
    expect(minorOf("2500", "JPY")).toBe(2500);
    expect(minorOf("25,5", "JPY")).toBeNull();
  });
  it("comes back as it was", () => {
    for (const minor of [0, 5, 1290, 118950]) for (const locale of ["it", "en"]) expect(minorOf(typed(minor, "EUR", locale), "EUR")).toBe(minor);
  });
});
