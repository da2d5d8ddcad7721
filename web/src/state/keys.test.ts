import { expect, it } from "vitest";
import { actionOf, KEYS, stepped, type Pressed } from "./keys";

const press = (key: string, more: Partial<Pressed> = {}): Pressed => ({ key, repeat: false, ctrlKey: false, metaKey: false, altKey: false, ...more });

it("has one action for each key, and no key of the line-up's", () => {
  const names = KEYS.map(({ key }) => key);
  expect(new Set(names).size).toBe(names.length);
  expect(new Set(KEYS.map(({ action }) => action)).size).toBe(KEYS.length);
  expect(names.filter((name) => /\d/.test(name))).toEqual([]);
});

it("does not mind capital letters, and leaves the browser its own keys", () => {
  expect(actionOf(press("X"))).toBe("dismiss");
  expect(actionOf(press("z", { ctrlKey: true }))).toBeNull();
  expect(actionOf(press("r", { metaKey: true }))).toBeNull();
  expect(actionOf(press("5"))).toBeNull();
});

it("opens every sheet that needs nothing chosen", () => {
  expect(["s", ".", "-", ",", "j", "p", "?"].map((name) => actionOf(press(name)))).toEqual(["captions", "crew", "remote", "rules", "people", "poll_new", "help"]);
});

it("does a deed once however long the key is held, and steps on", () => {
  expect(actionOf(press("x", { repeat: true }))).toBeNull();
  expect(actionOf(press("ArrowDown", { repeat: true }))).toBe("next");
});

it("steps to the ends and no further", () => {
  const list = ["a", "b", "c"];
  expect(stepped(list, undefined, 1)).toBe("a");
  expect(stepped(list, undefined, -1)).toBe("c");
  expect(stepped(list, "b", 1)).toBe("c");
  expect(stepped(list, "c", 1)).toBe("c");
  expect(stepped(list, "gone", -1)).toBe("c");
  expect(stepped([], undefined, 1)).toBeUndefined();
});
