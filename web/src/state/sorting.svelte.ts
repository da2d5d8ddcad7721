// One piece of a list in somebody's hand: by mouse or finger at its grip, or by keys. Nothing is in its new place before
// it is put down; Escape, or a touch that the system takes away, puts it back.
import { tick } from "svelte";
import * as m from "../generated/messages";
import { number } from "../i18n";
import { pace, placeOf, shiftOf, type Box } from "../lib/sorting";

interface Held {
  from: number;
  to: number;
  title: string;
  /** The row, as it stands in the page. */
  row: HTMLElement;
  grip: HTMLElement;
  boxes: Box[];
  pointer: { y: number; began_y: number; scrolled_px: number } | null;
}

/** What scrolls when one comes to the edge: the dialog that the list is in, else the page. */
function scrollerOf(row: HTMLElement): Element {
  for (let at = row.parentElement; at; at = at.parentElement)
    if (/auto|scroll/.test(getComputedStyle(at).overflowY) && at.scrollHeight > at.clientHeight) return at;
  return document.scrollingElement ?? document.documentElement;
}

export class Sorting {
  held: Held | null = $state.raw(null);
  /** For those who listen: what has just been done. */
  said = $state("");
  #moved_px = $state(0);
  #drop: (from: number, to: number) => unknown;
  #frame = 0;

  constructor(drop: (from: number, to: number) => unknown) {
    this.#drop = drop;
  }

  isHeld(at: number): boolean {
    return this.held?.from === at;
  }

  /** Where the row is drawn, against where it stands. Empty is no style at all. */
  shift(at: number): string | undefined {
    if (!this.held) return undefined;
    const { boxes, from, to, pointer } = this.held;
    return `0 ${pointer && at === from ? this.#moved_px : shiftOf(boxes, from, to, at)}px`;
  }

  /** Takes the row of a grip; the first `count` rows of its list are in an order. */
  take(grip: HTMLElement, from: number, count: number, title: string, y?: number): void {
    const row = grip.closest("li");
    if (!row?.parentElement || this.held) return;
    const boxes = [...row.parentElement.children].slice(0, count).map((one) => {
      const { top, height } = one.getBoundingClientRect();
      return { top, height };
    });
    this.#moved_px = 0;
    this.held = { from, to: from, title, row, grip, boxes, pointer: y === undefined ? null : { y, began_y: y, scrolled_px: scrollerOf(row).scrollTop } };
    grip.focus();
    this.said = m.sort_taken({ title, place: number(from + 1), all: number(count) });
    if (y !== undefined) this.#follow();
  }

  /** The pointer is here now. */
  drag(y: number): void {
    if (this.held?.pointer) this.held.pointer.y = y;
  }

  /** By keys: so many places up or down. */
  step(by: number): void {
    const held = this.held;
    if (!held || held.pointer) return;
    this.#meant(Math.max(0, Math.min(held.boxes.length - 1, held.to + by)));
    void tick().then(() => held.row.scrollIntoView({ block: "nearest" }));
  }

  drop(): void {
    const held = this.#letGo();
    if (!held) return;
    this.said = m.sort_dropped({ title: held.title, place: number(held.to + 1) });
    if (held.to === held.from) return;
    void this.#drop(held.from, held.to);
    // The row has moved in the page, and with it went the focus.
    void tick().then(() => held.grip.isConnected && held.grip.focus({ preventScroll: held.pointer !== null }));
  }

  /** By a button of the row: one place up (-1) or down (1). The focus stays on it; on the grip, if it is of no more use. */
  async nudge(button: HTMLElement, from: number, by: -1 | 1, title: string): Promise<void> {
    this.said = m.sort_dropped({ title, place: number(from + by + 1) });
    void this.#drop(from, from + by);
    await tick();
    const useless = button instanceof HTMLButtonElement && button.disabled;
    (useless ? button.closest("li")?.querySelector<HTMLElement>("[aria-describedby=sort-how]") : button)?.focus();
  }

  cancel(): void {
    const held = this.#letGo();
    if (held) this.said = m.sort_put_back({ title: held.title, place: number(held.from + 1) });
  }

  #letGo(): Held | null {
    const held = this.held;
    cancelAnimationFrame(this.#frame);
    this.held = null;
    return held;
  }

  #meant(to: number): void {
    if (!this.held || this.held.to === to) return;
    this.held = { ...this.held, to };
    this.said = m.sort_place({ place: number(to + 1), all: number(this.held.boxes.length) });
  }

  /** Frame by frame, for the page may scroll while the finger rests. */
  #follow(): void {
    const held = this.held;
    if (!held?.pointer) return;
    // The page was left with it in hand.
    if (!held.row.isConnected) return void this.#letGo();
    const scroller = scrollerOf(held.row);
    const inside = scroller === document.scrollingElement ? { top: 0, bottom: innerHeight } : scroller.getBoundingClientRect();
    const { y, began_y, scrolled_px } = held.pointer;
    scroller.scrollTop += pace(y, inside.top, inside.bottom);
    this.#moved_px = y - began_y + scroller.scrollTop - scrolled_px;
    this.#meant(placeOf(held.boxes, held.from, this.#moved_px));
    this.#frame = requestAnimationFrame(() => this.#follow());
  }
}
