// What the watch page loads only when it is needed: the shop, and the page that says that there is no show. It is a
// bundle by itself, with a framework of its own, so that the first view carries no part that only this uses. Nothing
// reactive crosses the border: see Seen.
import { mount } from "svelte";
import Missing from "../home/Missing.svelte";
import Shop from "../shop/Shop.svelte";
import { Seen } from "../shop/seen.svelte";
import { setLocale, LOCALES } from "../i18n";
import type { Viewer } from "./viewer";

export const missing = (target: HTMLElement): unknown => mount(Missing, { target });

let there = false;

/** Puts the shop beside the conversation, before it in the order of reading. */
export function open(viewer: Viewer): void {
  const target = document.querySelector(".watch");
  if (there || !target) return;
  there = true;
  // The language is chosen on the other side.
  const spoken = new MutationObserver(() => {
    const locale = LOCALES.find((one) => one === document.documentElement.lang);
    if (locale) setLocale(locale);
  });
  spoken.observe(document.documentElement, { attributeFilter: ["lang"] });
  const anchor = target.querySelector(".chat");
  mount(Shop, { target, ...(anchor && { anchor }), props: { viewer, show: new Seen(viewer.show, viewer.connection) } });
}
