import { beforeEach, expect, it } from "vitest";
import { Dictation, type Spoken } from "./dictation";

const LIMITS = { caption_chars: 20, caption_interval_ms: 200 };
let dictation: Dictation;
beforeEach(() => {
  dictation = new Dictation("it-IT", LIMITS);
});

/** All that is told from `from_ms` on, as a clock would that looks every 50 ms. */
function told(from_ms: number, to_ms = from_ms + 5_000): (Spoken & { at_ms: number })[] {
  const all = [];
  for (let at_ms = from_ms; at_ms <= to_ms; at_ms += 50) {
    const spoken = dictation.next(at_ms);
    if (spoken) all.push({ ...spoken, at_ms });
  }
  return all;
}
const texts = (all: readonly Spoken[]): string[] => all.map(({ text, last }) => `${text}${last ? "." : ""}`);

it("tells the newest of what changes faster than may be told", () => {
  const all = [];
  for (let n = 1; n <= 20; n++) {
    dictation.hear("parola ".repeat(n % 3) + n, false, n * 50);
    const spoken = dictation.next(n * 50);
    if (spoken) all.push(n * 50);
  }
  expect(all).toEqual([50, 250, 450, 650, 850]);
  expect(texts(told(1_050))).toEqual(["parola parola 20"]);
});

it("tells nothing twice, but that a sentence is over", () => {
  dictation.hear("buonasera", false, 0);
  expect(texts(told(0))).toEqual(["buonasera"]);
  dictation.hear("  buonasera ", false, 6_000);
  expect([dictation.due_ms, told(6_000)]).toEqual([null, []]);
  dictation.hear("buonasera", true, 7_000);
  expect(texts(told(7_000))).toEqual(["buonasera."]);
  dictation.hear("buonasera", false, 13_000);
  expect(texts(told(13_000))).toEqual(["buonasera"]);
});

it("loses no sentence to the one that follows at once", () => {
  dictation.hear("uno", true, 0);
  dictation.hear("due", true, 10);
  dictation.hear("tre", false, 20);
  const all = told(50);
  expect(texts(all)).toEqual(["uno.", "due.", "tre"]);
  expect(all.map(({ at_ms }) => at_ms)).toEqual([50, 250, 450]);
});

it("cuts between words, and what was cut off is not said again", () => {
  const long = "questa borsa la facciamo a mano in bottega";
  const words = long.split(" ");
  for (let n = 1; n <= words.length; n++) dictation.hear(words.slice(0, n).join(" "), false, n);
  dictation.hear(long, true, 100);
  const all = texts(told(100));
  expect(all).toEqual(["questa borsa la.", "facciamo a mano in.", "bottega."]);
});

it("cuts what has no spaces, by its own words where it has any", () => {
  dictation = new Dictation("ja-JP", { ...LIMITS, caption_chars: 8 });
  dictation.hear("こちらは手作りの革のバッグです", true, 0);
  const all = told(0).map(({ text }) => text);
  expect(all).toEqual(["こちらは手作りの", "革のバッグです"]);
  dictation.hear("👜".repeat(20), true, 10_000);
  expect(told(10_000).map(({ text }) => [...text].length)).toEqual([8, 8, 4]);
});

it("says how long ago it was said: what recognition takes, and the wait", () => {
  dictation.begins(0);
  dictation.hear("buona", false, 600);
  expect(dictation.next(600)).toEqual({ text: "buona", last: false, ago_ms: 600 });
  dictation.hear("buonasera", false, 650);
  expect(dictation.next(800)).toEqual({ text: "buonasera", last: false, ago_ms: 750 });
  // A cough, and long after it a word.
  dictation.begins(10_000);
  dictation.hear("allora", true, 19_000);
  expect(dictation.next(19_000)?.ago_ms).toBe(2_000);
  dictation.hear("tardi", true, 20_000);
  expect(dictation.next(60_000)?.ago_ms).toBe(5_000);
});

it("ends a sentence that recognition leaves open", () => {
  dictation.hear("e quindi", false, 0);
  expect(texts(told(0))).toEqual(["e quindi"]);
  dictation.stops(6_000);
  expect(texts(told(6_000))).toEqual(["e quindi."]);
  dictation.stops(9_000);
  expect(dictation.due_ms).toBeNull();
});

it("forgets what nobody could be told, and keeps a bounded number waiting", () => {
  dictation.hear("uno", true, 0);
  dictation.hear("due", false, 0);
  dictation.miss();
  expect(dictation.due_ms).toBeNull();
  for (let n = 0; n < 50; n++) dictation.hear(`${n}`, true, n);
  expect(texts(told(1_000))).toEqual(["42.", "43.", "44.", "45.", "46.", "47.", "48.", "49."]);
  dictation.hear("   ", true, 9_000);
  expect(dictation.due_ms).toBeNull();
});
