import { flushSync } from "svelte";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Request } from "../lib/connection";
import { FakeRecognition, LIMITS } from "../lib/fakes";
import { kept } from "../lib/storage";
import { Captioning } from "./captioning.svelte";

/** As much of being on air as matters here. */
class Scenery {
  readonly show = $state({ slug: "demo", link: "open", limits: LIMITS });
  publishing = $state("live");
  desk: { microphone: object | null; microphoneOn: boolean } = $state({ microphone: {}, microphoneOn: true });
  ask = async (request: Request): Promise<null> => (asked.push(request), null);
}

let asked: Request[];
let scenery: Scenery;
let captioning: Captioning;
let stop: () => void;
const made = FakeRecognition.made;
const current = (): FakeRecognition => made.at(-1) as FakeRecognition;
const texts = (): string[] => asked.map((request) => (request.type === "caption_send" ? `${request.text}${request.last ? "." : ""}` : ""));

/** As the seller's table does. */
function begin(): void {
  captioning = new Captioning(scenery, "de", FakeRecognition);
  stop = $effect.root(() => {
    $effect(() => captioning.start());
  });
  flushSync();
}

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  sessionStorage.clear();
  made.length = 0;
  asked = [];
  scenery = new Scenery();
  begin();
});
afterEach(() => {
  stop();
  vi.useRealTimers();
});

it("listens only when it was asked to", () => {
  expect([captioning.on, made.length]).toEqual([false, 0]);
  captioning.want(true);
  flushSync();
  expect([made.length, current().lang]).toEqual([1, "de-DE"]);
  current().say(["guten Abend", false]);
  expect(asked).toEqual([{ type: "caption_send", language: "de-DE", text: "guten Abend", last: false, ago_ms: 0 }]);
  expect(captioning.heard).toBe("guten Abend");
  captioning.want(false);
  flushSync();
  expect([current().aborted, captioning.heard]).toEqual([true, ""]);
});

it.each([
  ["the microphone is off", (at: Scenery) => (at.desk.microphoneOn = false)],
  ["there is no microphone", (at: Scenery) => (at.desk.microphone = null)],
  ["the show is not on air from here", (at: Scenery) => (at.publishing = "off")],
  ["the picture is on its way back", (at: Scenery) => (at.publishing = "recovering")],
])("pauses while %s", (_, change) => {
  captioning.want(true);
  flushSync();
  current().say(["und dann", false]);
  change(scenery);
  flushSync();
  expect(current().aborted).toBe(true);
  vi.advanceTimersByTime(60_000);
  // What had been said stands; nothing follows.
  expect([made.length, texts()]).toEqual([1, ["und dann", "und dann."]]);
  scenery.publishing = "live";
  scenery.desk = { microphone: {}, microphoneOn: true };
  flushSync();
  expect(made).toHaveLength(2);
});

it("sends no more often than the server takes, and the newest", () => {
  captioning.want(true);
  flushSync();
  for (let n = 1; n <= 10; n++) {
    current().say(["wort ".repeat(n), false]);
    vi.advanceTimersByTime(30);
  }
  vi.advanceTimersByTime(1_000);
  expect(texts()).toEqual(["wort", "wort wort wort wort wort wort wort", "wort ".repeat(10).trim()]);
});

it("drops what is said while the server is away", () => {
  captioning.want(true);
  flushSync();
  scenery.show.link = "reconnecting";
  current().say(["das hört niemand", true]);
  vi.advanceTimersByTime(5_000);
  scenery.show.link = "open";
  current().say(["das hört niemand", true], ["und wieder da", true]);
  expect(texts()).toEqual(["und wieder da."]);
});

it("does not begin anew with each welcome", () => {
  captioning.want(true);
  flushSync();
  scenery.show.limits = { ...LIMITS };
  scenery.show.link = "reconnecting";
  scenery.show.link = "open";
  flushSync();
  expect(made).toHaveLength(1);
});

it("says what stands in its way, and stops asking", () => {
  captioning.want(true);
  flushSync();
  current().fail("not-allowed");
  expect(captioning.trouble).toBe("not_allowed");
  captioning.want(true);
  expect(captioning.trouble).toBeNull();
});

it("speaks the language that was chosen, at once and on this device ever after", () => {
  captioning.want(true);
  flushSync();
  captioning.speak("it-IT");
  flushSync();
  expect([made.length, current().lang]).toEqual([2, "it-IT"]);
  stop();
  begin();
  expect([captioning.on, captioning.language]).toEqual([true, "it-IT"]);
  sessionStorage.clear();
  expect(new Captioning(scenery, "fr", FakeRecognition).on).toBe(false);
  kept.set("captions.language", "xx");
  expect(new Captioning(scenery, "fr", FakeRecognition).language).toBe("fr-FR");
});

it("is not offered where the browser has none", () => {
  sessionStorage.setItem("quiora.captions.demo", "1");
  const none = new Captioning(scenery, "it", null);
  none.want(true);
  expect([none.offered, none.on]).toEqual([false, false]);
});
