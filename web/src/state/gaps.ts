// Chat lines that the server left out because this page read too slowly. Each gap is asked for until it is filled: over lost
// sockets and lost answers, at the server's pace. A snapshot makes all of them void.
import type { Heard, Request } from "../lib/connection";
import type { Logged, ServerMessage } from "../protocol";
import { codeOf } from "./talk";

/** Within the server's rate for it. */
const AGAIN_MS = 2_500;
/** A page that is so far behind has a snapshot coming. */
const AT_MOST = 64;

interface Gap {
  from_seq: number;
  to_seq: number;
}
type Ask = (request: Request) => Promise<ServerMessage>;

export class Gaps {
  #open: Gap[] = [];
  #asking = false;
  readonly #ask: Ask;
  readonly #fill: (chat: readonly Logged[]) => void;

  constructor(ask: Ask, fill: (chat: readonly Logged[]) => void) {
    this.#ask = ask;
    this.#fill = fill;
  }

  hear(heard: Heard): void {
    if (heard.type === "gap") this.#open = [...this.#open, { from_seq: heard.from_seq, to_seq: heard.to_seq }].slice(-AT_MOST);
    else if (heard.type !== "welcome") return;
    else if (heard.catch_up.kind === "snapshot") this.#open = [];
    void this.#bring();
  }

  async #bring(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    for (let gap = this.#open[0]; gap; gap = this.#open[0]) {
      const { from_seq, to_seq } = gap;
      const reply = await this.#ask({ type: "missed_get", from_seq, to_seq }).catch((error: unknown) => codeOf(error));
      // The next welcome asks again.
      if (reply === "disconnected" || reply === "closed") break;
      if (typeof reply !== "string" && reply.type === "missed" && this.#open.includes(gap)) {
        this.#fill(reply.chat);
        if (reply.rest_from_seq === undefined) this.#open = this.#open.filter((one) => one !== gap);
        else gap.from_seq = reply.rest_from_seq;
      }
      if (this.#open.length > 0) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
    this.#asking = false;
  }
}
