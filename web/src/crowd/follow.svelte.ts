// Keeps a scrolling list at its newest line, unless its reader has scrolled away; then it counts what is new.
const NEAR_PX = 48;

export class Follow {
  unread = $state(0);
  /** Whether the newest line is what one looks at. */
  following = $state(true);
  readonly #count: () => number;
  #list: HTMLElement | null = null;
  #seen = 0;
  #top = 0;

  /** `count` only grows: how many have come so far. */
  constructor(count: () => number) {
    this.#count = count;
  }

  readonly attach = (list: HTMLElement): (() => void) => {
    this.#list = list;
    const observer = new ResizeObserver(() => this.#keep());
    observer.observe(list);
    // What is in it grows by more than new lines: a translation, a word about what failed.
    for (const part of list.children) observer.observe(part);
    $effect(() => {
      const count = this.#count();
      if (this.following) {
        this.#seen = count;
        this.#keep();
      } else this.unread = Math.max(0, count - this.#seen);
    });
    return () => observer.disconnect();
  };

  readonly scrolled = (): void => {
    const list = this.#list;
    if (!list) return;
    // Away is who went up; a list that grew or shrank around its reader did not.
    const near = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_PX;
    const following = near || (this.following && list.scrollTop >= this.#top);
    this.#top = list.scrollTop;
    if (following) this.#read();
    else if (this.following) this.#seen = this.#count();
    this.following = following;
  };

  readonly toNewest = (): void => {
    this.following = true;
    this.#read();
    // What was left out meanwhile is in the list by then.
    requestAnimationFrame(() => this.#keep());
  };

  #read(): void {
    this.unread = 0;
    this.#seen = this.#count();
  }

  #keep(): void {
    if (!this.following || !this.#list) return;
    this.#list.scrollTop = this.#list.scrollHeight;
    this.#top = this.#list.scrollTop;
  }
}
