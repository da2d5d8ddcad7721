// What the watch page loads after its first view: the conversation and all that the audience does, the shop, and the page
// that says that there is no show. It is a bundle by itself, with a framework of its own, so that the first view carries no
// part that only this uses. Nothing reactive crosses the border: it has stores of its own, which hear the same connection.
import { mount } from "svelte";
import { over as showOver, rehearse } from "../components/rehearsal";
import Side from "../crowd/Side.svelte";
import Missing from "../home/Missing.svelte";
import { begun } from "../generated/words/apart";
import { isLocale, speech } from "../lib/speech";
import { Audience } from "../state/audience";
import { Crowd } from "../state/crowd.svelte";
import { ShowStore } from "../state/show.svelte";
import { Talk } from "../state/talk";
import { Unsent } from "../state/unsent";
import type { Viewer } from "./viewer";

export async function missing(target: HTMLElement): Promise<void> {
  await begun;
  mount(Missing, { target });
}

export async function over(target: HTMLElement): Promise<void> {
  await begun;
  showOver(target);
}

let there = false;

/** Puts the audience beside the picture, in the place that the page has kept for it. */
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

  const { connection, boot } = viewer;
  const show = new ShowStore(boot);
  const crowd = new Crowd();
  const unsent = new Unsent(boot.slug);
  const talk = new Talk(connection, show, crowd, unsent);
  const audience = new Audience(connection, crowd, talk, unsent);
  viewer.told.hand((heard) => {
    show.apply(heard, Date.now());
    crowd.apply(heard, Date.now());
    audience.hear(heard);
  });
  await begun;
  rehearse(document.body, null);
  mount(Side, { target, anchor: target.querySelector(".place") ?? undefined, props: { viewer, here: { show, crowd, talk, audience } } });
}
