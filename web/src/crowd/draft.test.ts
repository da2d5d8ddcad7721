import { beforeEach, expect, it } from "vitest";
import { Draft } from "./draft.svelte";

beforeEach(() => sessionStorage.clear());

it("is there again after a reload, in its own show, until it was sent", () => {
  const draft = new Draft("demo");
  expect(draft.text).toBe("");
  draft.text = "E la tracolla";
  expect([new Draft("demo").text, new Draft("other").text]).toEqual(["E la tracolla", ""]);
  draft.text = "";
  expect([new Draft("demo").text, sessionStorage.length]).toEqual(["", 0]);
});
