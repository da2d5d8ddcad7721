import { beforeEach, describe, expect, it, vi } from "vitest";
import { Translation, type Browser } from "./translate";

const detect = vi.fn();
const translate = vi.fn();
const availability = vi.fn();
const create = vi.fn();
let translation: Translation;

beforeEach(() => {
  for (const mock of [detect, translate, availability, create]) mock.mockReset();
  detect.mockResolvedValue([{ detectedLanguage: "ja", confidence: 0.9 }]);
  availability.mockResolvedValue("downloadable");
  translate.mockImplementation(async (text: string) => `<${text}>`);
  create.mockImplementation(async () => ({ translate }));
  translation = new Translation({ Translator: { availability, create }, LanguageDetector: { create: async () => ({ detect }) } } as unknown as Browser);
});

it.each([[{}], [{ Translator: {} }], [{ LanguageDetector: {} }]])("is not offered by a browser with %j", async (browser) => {
  const none = new Translation(browser as Browser);
  expect(none.offered).toBe(false);
  expect(await none.translate("hello", "it")).toBeNull();
});
it("finds out the language, and translates", async () => {
  expect(translation.offered).toBe(true);
  expect(await translation.translate("どこ", "it-CH")).toBe("<どこ>");
  expect(create).toHaveBeenCalledWith({ sourceLanguage: "ja", targetLanguage: "it" });
});
it("takes the language it is told", async () => {
  await translation.translate("ciao", "en", "it-IT");
  expect(detect).not.toHaveBeenCalled();
  expect(create).toHaveBeenCalledWith({ sourceLanguage: "it", targetLanguage: "en" });
});
describe("leaves as it is", () => {
  it("what is in that language already", async () => expect(await translation.translate("どこ", "ja")).toBeNull());
  it("what it is not sure of", async () => {
    detect.mockResolvedValue([{ detectedLanguage: "fi", confidence: 0.2 }]);
    expect(await translation.translate("ok", "it")).toBeNull();
  });
  it("what the browser has no words for", async () => {
    availability.mockResolvedValue("unavailable");
    expect(await translation.translate("どこ", "it")).toBeNull();
    expect(create).not.toHaveBeenCalled();
  });
});
it("asks once for the same text, and makes one translator for a pair", async () => {
  await translation.translate("a", "it");
  await translation.translate("a", "it");
  await translation.translate("b", "it");
  expect(translate).toHaveBeenCalledTimes(2);
  expect(create).toHaveBeenCalledTimes(1);
});
it("answers null when it fails, and tries again the next time", async () => {
  translate.mockRejectedValueOnce(new Error("broken"));
  expect(await translation.translate("a", "it")).toBeNull();
  expect(await translation.translate("a", "it")).toBe("<a>");
  detect.mockRejectedValueOnce(new Error("broken"));
  expect(await translation.translate("c", "it")).toBeNull();
  expect(await translation.translate("c", "it")).toBe("<c>");
});
it("works on one at a time; of a flood the newest", async () => {
  let working = 0;
  translate.mockImplementation(async (text: string) => {
    working += 1;
    await Promise.resolve();
    expect(working).toBe(1);
    working -= 1;
    return text.toUpperCase();
  });
  const all = await Promise.all(Array.from({ length: 100 }, (_, n) => translation.translate(`t${n}`, "it")));
  expect(all.at(-1)).toBe("T99");
  expect(all.filter((text) => text !== null).length).toBeLessThanOrEqual(41);
});
