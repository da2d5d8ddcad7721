import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LOCALES, negotiate, type Sources, Speech } from "./speech";

const sources = Object.fromEntries(LOCALES.map((tag) => [tag, `/${tag}.json`])) as unknown as Sources;
let down: Set<string>;
let asked: string[];

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  down = new Set();
  asked = [];
  vi.stubGlobal("fetch", (path: string) => {
    asked.push(path);
    return Promise.resolve({ ok: !down.has(path), json: () => Promise.resolve({ a: [path] }) });
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const spoken = (speech: Speech): unknown[] => [speech.locale, speech.wanted, speech.words.a?.[0]];

describe("which language", () => {
  it("the one chosen before wins", () => expect(negotiate("it", ["en-GB"])).toBe("it"));
  it("then the first the browser wants and we have", () => expect(negotiate(null, ["zh-TW", "de-AT", "en"])).toBe("de"));
  it("a choice we do not know counts for nothing", () => expect(negotiate("nl", ["ja-JP"])).toBe("ja"));
  it("who speaks none of ours gets English", () => expect(negotiate(null, ["zh-Hans-CN", "pt"])).toBe("en"));
});

it("loads the one language it speaks", async () => {
  const speech = new Speech();
  await speech.begin(sources, "fr");
  expect([asked, spoken(speech), document.documentElement.lang]).toEqual([["/fr.json"], ["fr", "fr", "/fr.json"], "fr"]);
});

it("a switch is remembered, changes all at once, and does not ask again for what is here", async () => {
  const speech = new Speech();
  await speech.begin(sources, "de");
  const heard: unknown[] = [];
  speech.onchange = () => heard.push(spoken(speech));
  await speech.speak("ja");
  await speech.speak("de");
  expect(heard).toEqual([["de", "ja", "/de.json"], ["ja", "ja", "/ja.json"], ["ja", "de", "/ja.json"], ["de", "de", "/de.json"]]);
  expect(asked).toEqual(["/de.json", "/ja.json"]);
  expect(localStorage.getItem("quiora.locale")).toBe("de");
});

it("what does not load is said in English, and asked for again", async () => {
  down.add("/es.json");
  const speech = new Speech();
  await speech.begin(sources, "es");
  expect(spoken(speech)).toEqual(["en", "es", "/en.json"]);
  down.clear();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(spoken(speech)).toEqual(["es", "es", "/es.json"]);
});

it("with no connection at all it begins when there is one", async () => {
  for (const tag of LOCALES) down.add(`/${tag}.json`);
  const speech = new Speech();
  const begun = vi.fn();
  void speech.begin(sources, "it").then(begun);
  await vi.advanceTimersByTimeAsync(2_500);
  expect(begun).not.toHaveBeenCalled();
  down.clear();
  dispatchEvent(new Event("online"));
  await vi.advanceTimersByTimeAsync(0);
  expect(begun).toHaveBeenCalledOnce();
  expect(spoken(speech)).toEqual(["it", "it", "/it.json"]);
});

it("a switch that fails keeps the page in its language until the words come; a later choice wins", async () => {
  const speech = new Speech();
  await speech.begin(sources, "it");
  down.add("/ja.json");
  const switching = speech.speak("ja");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(spoken(speech)).toEqual(["it", "ja", "/it.json"]);
  await speech.speak("fr");
  down.clear();
  await vi.advanceTimersByTimeAsync(60_000);
  await switching;
  expect(spoken(speech)).toEqual(["fr", "fr", "/fr.json"]);
  expect(asked.filter((path) => path === "/ja.json")).toHaveLength(2);
});
