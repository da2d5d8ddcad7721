import { expect, it } from "vitest";
import { added, blank, draftOf, fromLineUp, problem, removed, type PollForm } from "./poll_form";

const filled = (...texts: string[]): PollForm => ({ ...blank(), text: " Which? ", choices: texts.map((text) => ({ text, product: null })) });

it("says what is missing, the first thing first", () => {
  expect(problem(blank(), 120)).toBe("text");
  expect(problem(filled("a", " "), 120)).toBe("choices");
  expect(problem(filled("a", "A "), 120)).toBe("same");
  expect(problem(filled("a", "b".repeat(121)), 120)).toBe("long");
  expect(problem({ ...filled("a", "b"), quiz: true }, 120)).toBe("right");
  expect(problem({ ...filled("a", "", "b"), quiz: true, right: 1 }, 120)).toBe("right");
  expect(problem(filled("a", "b"), 120)).toBeNull();
  expect(problem(filled("😀".repeat(120), "b"), 120)).toBeNull();
});

it("leaves empty lines out, and the right one keeps its place", () => {
  const form = { ...filled("a", "", "b "), quiz: true, right: 2, seconds: "30" };
  expect(draftOf(form)).toEqual({ text: "Which?", choices: [{ text: "a" }, { text: "b" }], results: "after", duration_ms: 30_000, right: 1, pin: true });
  expect(draftOf({ ...filled("a", "b"), multiple: true, seconds: "", pin: false })).toEqual({ text: "Which?", choices: [{ text: "a" }, { text: "b" }], multiple: true, results: "live" });
});

it("has two to six choices; the right one moves with its line", () => {
  let form = filled("a", "b", "c");
  for (let n = 0; n < 9; n++) form = added(form);
  expect(form.choices).toHaveLength(6);
  expect(removed({ ...filled("a", "b", "c"), right: 2 }, 0).right).toBe(1);
  expect(removed({ ...filled("a", "b", "c"), right: 0 }, 0).right).toBeNull();
  expect(removed(filled("a", "b"), 0).choices).toHaveLength(2);
});

it("takes the line-up as choices", () => {
  const bags = ["p", "q", "r"].map((product) => ({ product, title: product.toUpperCase() }));
  expect(draftOf(fromLineUp({ ...blank(), text: "Which?" }, bags)).choices).toEqual(bags.map(({ product, title }) => ({ text: title, product })));
  expect(fromLineUp(blank(), bags.slice(0, 1)).choices).toHaveLength(2);
  expect(fromLineUp(blank(), Array.from({ length: 9 }, (_, n) => ({ product: `p${n}`, title: `${n}` }))).choices).toHaveLength(6);
});
