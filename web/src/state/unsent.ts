// What was said and not yet answered, kept in the tab, so that a reload in the middle loses nothing: it is sent again
// under the same id, which acts once.
import { tab } from "../lib/storage";
import type { ProductId } from "../protocol";
import type { Said } from "./chat";

export type UnsentThing = { kind: "line"; id: string; said: Said } | { kind: "question"; id: string; text: string; product: ProductId | null };

/** More than a person says in the time of a tunnel; the oldest give way. */
const KEPT = 20;

const isThing = (thing: unknown): thing is UnsentThing =>
  typeof thing === "object" && thing !== null && "id" in thing && typeof thing.id === "string" && "kind" in thing && (thing.kind === "line" || thing.kind === "question");

export class Unsent {
  readonly #key: string;

  constructor(slug: string) {
    this.#key = `unsent.${slug}`;
  }

  all(): UnsentThing[] {
    try {
      const things: unknown = JSON.parse(tab.get(this.#key) ?? "[]");
      return Array.isArray(things) ? things.filter(isThing) : [];
    } catch {
      return [];
    }
  }

  keep(thing: UnsentThing): void {
    this.#save([...this.#without(thing.id), thing].slice(-KEPT));
  }

  answered(id: string): void {
    const rest = this.#without(id);
    if (rest.length === 0) tab.remove(this.#key);
    else this.#save(rest);
  }

  #without(id: string): UnsentThing[] {
    return this.all().filter((thing) => thing.id !== id);
  }

  #save(things: UnsentThing[]): void {
    tab.set(this.#key, JSON.stringify(things));
  }
}
