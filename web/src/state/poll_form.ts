// A poll while it is being written, pure: what the form holds, what is wrong with it, and the draft that it makes.
import type { Choice, PollDraft, PollResults, ProductId } from "../protocol";

export const FEWEST = 2;
export const MOST = 6;
/** In seconds; none is "until it is closed". */
export const TIMES = ["", "30", "60", "120", "300"] as const;

export interface PollForm {
  text: string;
  choices: { text: string; product: ProductId | null }[];
  multiple: boolean;
  results: PollResults;
  seconds: string;
  quiz: boolean;
  /** Number of the right choice, of a quiz. */
  right: number | null;
  pin: boolean;
}

const empty = (): PollForm["choices"][number] => ({ text: "", product: null });
export const blank = (): PollForm => ({ text: "", choices: [empty(), empty()], multiple: false, results: "live", seconds: "60", quiz: false, right: null, pin: true });

export type Problem = "text" | "choices" | "same" | "long" | "right";

const length = (text: string): number => [...text].length;
const written = (form: PollForm): { choice: Choice; at: number }[] =>
  form.choices.flatMap(({ text, product }, at) => (text.trim() === "" ? [] : [{ choice: { text: text.trim(), ...(product && { product }) }, at }]));

export function problem(form: PollForm, limit: number): Problem | null {
  const choices = written(form);
  if (form.text.trim() === "") return "text";
  if (length(form.text.trim()) > limit || choices.some(({ choice }) => length(choice.text) > limit)) return "long";
  if (choices.length < FEWEST) return "choices";
  if (new Set(choices.map(({ choice }) => choice.text.toLocaleLowerCase())).size < choices.length) return "same";
  if (form.quiz && !choices.some(({ at }) => at === form.right)) return "right";
  return null;
}

/** Lines left empty do not count; the right one keeps its place among those that do. */
export function draftOf(form: PollForm): PollDraft {
  const choices = written(form);
  const right = choices.findIndex(({ at }) => at === form.right);
  return {
    text: form.text.trim(),
    choices: choices.map(({ choice }) => choice),
    ...(form.multiple && !form.quiz && { multiple: true }),
    results: form.quiz ? "after" : form.results,
    ...(form.seconds !== "" && { duration_ms: Number(form.seconds) * 1_000 }),
    ...(form.quiz && { right }),
    ...(form.pin && { pin: true }),
  };
}

export const added = (form: PollForm): PollForm => (form.choices.length < MOST ? { ...form, choices: [...form.choices, empty()] } : form);

export function removed(form: PollForm, at: number): PollForm {
  if (form.choices.length <= FEWEST) return form;
  const right = form.right === null || form.right === at ? null : form.right > at ? form.right - 1 : form.right;
  return { ...form, right, choices: form.choices.filter((_, index) => index !== at) };
}

/** "Which colour shall I make?": what is lined up, as choices. */
export const fromLineUp = (form: PollForm, products: readonly { product: ProductId; title: string }[]): PollForm => ({
  ...form, right: null, choices: [...products.slice(0, MOST).map(({ product, title }) => ({ text: title, product })), empty(), empty()].slice(0, Math.max(FEWEST, Math.min(MOST, products.length))),
});
