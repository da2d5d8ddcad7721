// Keeps a scrolling list at its newest line, unless its reader has scrolled away; then it counts what is new.
const NEAR_PX = 48;

export class Follow {
  unread = $state(0);
  readonly #count: () => number;
  #list: HTMLElement | null = null;
  #following = true;
  #seen = 0;

  constructor(count: () => number) {
    this.#count = count;
  }

  readonly attach = (list: HTMLElement): (() => void) => {
    this.#list = list;
    const observer = new ResizeObserver(() => this.#keep());
    observer.observe(list);
    $effect(() => {
      const count = this.#count();
      if (this.#following) {
        this.#seen = count;
        this.#keep();
      } else this.unread = Math.max(0, count - this.#seen);
    });
    return () => observer.disconnect();
  };

  readonly scrolled = (): void => {
    const list = this.#list;
    if (!list) return;
    this.#following = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_PX;
    if (this.#following) this.#read();
    else if (this.unread === 0) this.#seen = this.#count();
  };

  readonly toNewest = (): void => {
    this.#following = true;
    this.#read();
    this.#keep();
  };

  #read(): void {
    this.unread = 0;
    this.#seen = this.#count();
  }

  #keep(): void {
    if (this.#following && this.#list) this.#list.scrollTop = this.#list.scrollHeight;
  }
}
