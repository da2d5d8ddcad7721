import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { FakeRecognition } from "./fakes";
import { Recogniser, recognition } from "./recogniser";

let heard: unknown[];
let recogniser: Recogniser;
const made = FakeRecognition.made;
const current = (): FakeRecognition => made.at(-1) as FakeRecognition;

beforeEach(() => {
  vi.useFakeTimers();
  made.length = 0;
  heard = [];
  recogniser = new Recogniser(FakeRecognition, {
    begins: () => heard.push("begins"),
    hears: (text, last) => heard.push(last ? `${text}.` : text),
    stops: () => heard.push("stops"),
    trouble: (trouble) => heard.push({ trouble }),
  }, () => 1);
  recogniser.start("it-IT");
  heard.length = 0;
});
afterEach(() => {
  recogniser.stop();
  vi.useRealTimers();
});

it("is offered under either of its names, or not at all", () => {
  expect(recognition({ SpeechRecognition: FakeRecognition })).toBe(FakeRecognition);
  expect(recognition({ webkitSpeechRecognition: FakeRecognition })).toBe(FakeRecognition);
  expect(recognition({})).toBeNull();
});

it("listens in a language, and tells what grows until it is over", () => {
  expect([current().lang, current().continuous, current().interimResults]).toEqual(["it-IT", true, true]);
  current().onspeechstart?.();
  current().say(["buona", false]);
  current().say(["buonasera", true]);
  // The same again, as Android says it, and what follows in two pieces.
  current().say(["buonasera", true], [" a", false], [" tutti", false]);
  expect(heard).toEqual(["begins", "buona", "buonasera.", " a tutti"]);
});

it("goes on when the browser ends it: after a silence, after a minute", () => {
  current().say(["uno", false]);
  vi.advanceTimersByTime(60_000);
  current().onend?.();
  expect(heard).toEqual(["uno", "stops"]);
  vi.advanceTimersByTime(50);
  expect(made).toHaveLength(2);
  vi.advanceTimersByTime(9_000);
  current().fail("no-speech");
  vi.advanceTimersByTime(50);
  expect(made).toHaveLength(3);
  expect(heard).not.toContainEqual({ trouble: "unreachable" });
});

it("tries a service that is out of reach less and less often, and says so", () => {
  const waits = [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000];
  for (const wait of waits) {
    current().fail("network");
    const before = made.length;
    vi.advanceTimersByTime(wait - 1);
    expect(made).toHaveLength(before);
    vi.advanceTimersByTime(1);
    expect(made).toHaveLength(before + 1);
  }
  expect(heard.filter((one) => one !== "stops")[0]).toEqual({ trouble: "unreachable" });
  current().say(["eccomi", true]);
  expect(heard.slice(-2)).toEqual([{ trouble: null }, "eccomi."]);
  current().onend?.();
  vi.advanceTimersByTime(50);
  expect(made).toHaveLength(waits.length + 2);
});

it.each([["not-allowed", "not_allowed"], ["service-not-allowed", "not_allowed"], ["language-not-supported", "language"]])("gives up at %s", (error, trouble) => {
  current().fail(error);
  vi.advanceTimersByTime(120_000);
  expect(made).toHaveLength(1);
  expect(heard.at(-1)).toEqual({ trouble });
});

it("tries again when the microphone is not free yet", () => {
  recogniser.stop();
  FakeRecognition.busy = true;
  recogniser.start("it-IT");
  FakeRecognition.busy = false;
  const before = made.length;
  vi.advanceTimersByTime(500);
  expect(made).toHaveLength(before + 1);
});

it("is quiet once it was stopped", () => {
  const one = current();
  one.say(["uno", false]);
  recogniser.stop();
  expect(one.aborted).toBe(true);
  expect(heard).toEqual(["uno", "stops"]);
  one.onend?.();
  one.say(["due", false]);
  vi.advanceTimersByTime(60_000);
  expect([heard.length, made.length]).toEqual([2, 1]);
});
