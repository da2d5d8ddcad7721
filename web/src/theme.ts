// Light, dark, or as the device has it. Imported first by every page's entry, so that a remembered choice
// is on the page before anything is drawn on it.
import { createSubscriber } from "svelte/reactivity";
import { kept } from "./lib/storage";
import { WORLD } from "./lib/world";

export type Theme = "auto" | "light" | "dark";
const KEY = "theme";

let current: Theme = "auto";
let notify: () => void = () => undefined;
const subscribe = createSubscriber((update) => {
  notify = update;
});

function show(): void {
  if (current === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = current;
}

const stored = kept.get(KEY);
if (stored === "light" || stored === "dark") current = stored;
show();
// The place of the banner is kept before it comes.
document.documentElement.classList.toggle("rehearsal", WORLD !== "");

export function theme(): Theme {
  subscribe();
  return current;
}

export function setTheme(next: Theme): void {
  current = next;
  show();
  kept.set(KEY, next);
  notify();
}
