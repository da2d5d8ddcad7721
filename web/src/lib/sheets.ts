// The two ways in which the server writes a sheet for people. A spreadsheet that speaks a language of the European
// continent wants commas in its figures and semicolons between its cells, as in Italian; the others as in English.
import type { Language } from "../protocol";
import type { Locale } from "./speech";

export const sheetLanguage = (locale: Locale): Language => (locale === "en" || locale === "ja" ? "en" : "it");
