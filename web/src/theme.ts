// Light, dark, or as the device has it. Imported first by every page's entry, so that a remembered choice
// is on the page before anything is drawn on it.
import { createSubscriber } from "svelte/reactivity";

export type Theme = "auto" | "light" | "dark";
const STORAGE_KEY = "quiora.theme";

let current: Theme = "auto";
let notify: () => void = () => undefined;
const subscribe = createSubscriber((update) => {
  notify = update;
});

function show(): void {
  if (current === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = current;
}

try {
  const stored = localStorage.getItem(STORAGE_KEY);
  if (stored === "light" || stored === "dark") current = stored;
} catch {
  // Storage is forbidden here: the page follows the device.
}
show();

export function theme(): Theme {
  subscribe();
  return current;
}

export function setTheme(next: Theme): void {
  current = next;
  show();
  try {
    localStorage.setItem(STORAGE_KEY, next);
  } catch {
    // Only the memory of the choice is lost.
  }
  notify();
}
