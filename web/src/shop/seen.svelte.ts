// What the shop sees of the show. The page's own store belongs to another copy of the framework, so it is read after each
// message rather than followed.
import type { Connection, Status } from "../lib/connection";
import type { ProductStock, Showcase, ShowStatus } from "../protocol";
import type { ShowStore } from "../state/show.svelte";

export class Seen {
  readonly slug: string;
  readonly #show: Pick<ShowStore, "showcase" | "stock" | "status" | "link">;
  showcase: Showcase | null = $state.raw(null);
  stock: ProductStock | null = $state.raw(null);
  status: ShowStatus = $state("draft");
  link: Status = $state("connecting");

  constructor(show: ShowStore, connection: Pick<Connection, "listen">) {
    this.slug = show.slug;
    this.#show = show;
    this.#read();
    // The page listened first: its store is up to date by now.
    connection.listen(() => this.#read());
  }

  #read(): void {
    const { showcase, stock, status, link } = this.#show;
    Object.assign(this, { showcase, stock, status, link });
  }
}
