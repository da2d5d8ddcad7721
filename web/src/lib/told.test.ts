import { beforeEach, expect, it, vi } from "vitest";
import type { Heard } from "./connection";
import { delta, LIMITS, MINE, SHOW, snapshot } from "./fakes";
import { Told } from "./told";

const listeners = new Set<(heard: Heard) => void>();
const renew = vi.fn();
const connection = {
  listen: (listener: (heard: Heard) => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  renew,
};
const say = (heard: Heard): void => [...listeners].forEach((listener) => listener(heard));
const welcome = (catch_up: Extract<Heard, { type: "welcome" }>["catch_up"]): Heard => ({
  type: "welcome", id: 1, version: 1, session: "x", token: "t", clock_ms: 0, limits: LIMITS, show: SHOW, mine: MINE, you: { member: "me", role: "viewer", nickname: null }, catch_up,
});
const event = (seq: number): Heard => ({ type: "event", seq, at_ms: 0, event: { kind: "started" } });

beforeEach(() => {
  listeners.clear();
  renew.mockReset();
});

it("tells who comes late what was said since the last snapshot, and then what comes", () => {
  const told = new Told(connection);
  say({ type: "status", status: "connecting", code: null });
  say({ type: "status", status: "open", code: null });
  say(welcome(snapshot(3)));
  say(event(4));
  say(welcome(snapshot(5)));
  say(event(6));
  say(welcome(delta(7)));
  const heard: string[] = [];
  told.hand((one) => heard.push(one.type === "event" ? `event ${one.seq}` : one.type === "status" ? one.status : one.type));
  say(event(8));
  expect(heard).toEqual(["open", "welcome", "event 6", "welcome", "event 8"]);
  expect(renew).not.toHaveBeenCalled();
});
it("keeps a bounded past, and asks for a new one when that was not enough", () => {
  const told = new Told(connection);
  say(welcome(snapshot(0)));
  for (let seq = 1; seq <= 5_000; seq++) say(event(seq));
  let heard = 0;
  told.hand(() => (heard += 1));
  expect(heard).toBeLessThanOrEqual(2_002);
  expect(renew).toHaveBeenCalledTimes(1);
});
