import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { followChanges } from "./changes";

class FakeStream {
  static all: FakeStream[] = [];
  readyState = 0;
  onmessage: ((event: MessageEvent<string>) => void) | null = null;
  onerror: (() => void) | null = null;
  constructor() {
    FakeStream.all.push(this);
  }
  say(data: string): void {
    this.onmessage?.({ data } as MessageEvent<string>);
  }
  fail(closed: boolean): void {
    this.readyState = closed ? 2 : 0;
    this.onerror?.();
  }
  close(): void {
    this.readyState = 2;
  }
  static get last(): FakeStream {
    return FakeStream.all.at(-1) as FakeStream;
  }
}

let heard: number[];
let live: boolean;
let end: () => void;
let visible: DocumentVisibilityState;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("EventSource", { CLOSED: 2 });
  visible = "visible";
  vi.spyOn(document, "visibilityState", "get").mockImplementation(() => visible);
  FakeStream.all = [];
  heard = [];
  end = followChanges({ newer: (as_of) => heard.push(as_of), live: (now) => (live = now), open: () => new FakeStream() as unknown as EventSource });
});
afterEach(() => {
  end();
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

it("is live from the first number to the break, and says every number", () => {
  expect(live).toBe(false);
  FakeStream.last.say("7");
  FakeStream.last.say("nonsense");
  expect([live, heard]).toEqual([true, [7]]);
  FakeStream.last.fail(false);
  expect(live).toBe(false);
  vi.advanceTimersByTime(60_000);
  expect(FakeStream.all.length).toBe(1);
});

it("comes back to a stream that was refused", () => {
  FakeStream.last.fail(true);
  vi.advanceTimersByTime(5_000);
  expect(FakeStream.all.length).toBe(2);
  FakeStream.last.say("9");
  expect([live, heard]).toEqual([true, [9]]);
});

it("lets go while nobody looks", () => {
  FakeStream.last.say("1");
  visible = "hidden";
  document.dispatchEvent(new Event("visibilitychange"));
  expect([live, FakeStream.last.readyState]).toEqual([false, 2]);
  visible = "visible";
  document.dispatchEvent(new Event("visibilitychange"));
  expect(FakeStream.all.length).toBe(2);
  end();
  expect(FakeStream.last.readyState).toBe(2);
});
