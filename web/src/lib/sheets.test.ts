import { expect, it } from "vitest";
import { sheetLanguage } from "./sheets";
import { LOCALES } from "./speech";

it("a sheet has the decimal sign of its reader's spreadsheet", () => {
  const sign = { it: ",", en: "." };
  for (const locale of LOCALES) expect((0.5).toLocaleString(locale), locale).toBe(`0${sign[sheetLanguage(locale)]}5`);
});
