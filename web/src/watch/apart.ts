// What the watch page loads only when it is needed: the shop, and the page that says that there is no show. It is a
// bundle by itself, with a framework of its own, so that the first view carries no part that only this uses. Nothing
// reactive crosses the border: see Seen.
import { mount } from "svelte";
import Missing from "../home/Missing.svelte";
import Shop from "../shop/Shop.svelte";
import { Seen } from "../shop/seen.svelte";
import { begun } from "../generated/words/apart";
import { isLocale, speech } from "../lib/speech";
import type { Viewer } from "./viewer";

export async function missing(target: HTMLElement): Promise<void> {
  await begun;
  mount(Missing, { target });
}

let there = false;

/** Puts the shop beside the conversation, before it in the order of reading. */
export async function open(viewer: Viewer): Promise<void> {
  const target = document.querySelector(".watch");
  if (there || !target) return;
  there = true;
  // The language is chosen on the other side.
  const spoken = new MutationObserver(() => {
    const { lang } = document.documentElement;
    if (isLocale(lang) && lang !== speech.wanted) void speech.speak(lang);
  });
  spoken.observe(document.documentElement, { attributeFilter: ["lang"] });
  await begun;
  const anchor = target.querySelector(".chat");
  mount(Shop, { target, ...(anchor && { anchor }), props: { viewer, show: new Seen(viewer.show, viewer.connection) } });
}
