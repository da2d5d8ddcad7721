// What the connection has said since its last welcome, kept for the part of the page that is loaded later: it hears the
// same as if it had been there. Bounded: who comes after the limit must ask for a new welcome.
import type { Connection, Heard } from "./connection";

const KEPT = 2_000;

export class Told {
  #heard: Heard[] = [];
  #overflown = false;
  readonly #connection: Pick<Connection, "listen" | "renew">;
  #stop: () => void;

  constructor(connection: Pick<Connection, "listen" | "renew">) {
    this.#connection = connection;
    this.#stop = connection.listen((heard) => this.#keep(heard));
  }

  /** Tells `listener` everything from the last welcome on, and then whatever comes. Once. */
  hand(listener: (heard: Heard) => void): void {
    this.#stop();
    for (const heard of this.#heard) listener(heard);
    this.#heard = [];
    this.#connection.listen(listener);
    if (this.#overflown) this.#connection.renew();
  }

  #keep(heard: Heard): void {
    // A snapshot is the truth by itself, but for how the connection stands, which was said before it; a delta needs what
    // was before.
    if (heard.type === "welcome" && heard.catch_up.kind === "snapshot") {
      this.#heard = this.#heard.filter(({ type }) => type === "status").slice(-1);
      this.#overflown = false;
    }
    if (this.#heard.length >= KEPT) {
      this.#overflown = true;
      // Only how the connection stands is still of use, and what it will say.
      this.#heard = this.#heard.filter(({ type }) => type === "welcome" || type === "status").slice(-KEPT / 2);
    }
    this.#heard.push(heard);
  }
}
