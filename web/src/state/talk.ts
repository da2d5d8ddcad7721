// Sending chat lines. A line keeps its id until the log has it, so sending again never doubles it. The name is
// asked for once, kept on the device, and given to the server again when it no longer knows it.
import { type Connection, RequestError } from "../lib/connection";
import { kept } from "../lib/storage";
import { uuid } from "../lib/uuid";
import type { ShowStore } from "./show.svelte";

const NICKNAME = "nickname";

export const codeOf = (error: unknown): string => (error instanceof RequestError ? error.code : "internal");

export class Talk {
  readonly #connection: Connection;
  readonly #show: ShowStore;

  constructor(connection: Connection, show: ShowStore) {
    this.#connection = connection;
    this.#show = show;
  }

  /** Whether somebody must be asked for a name before a line can be sent. */
  get nameless(): boolean {
    return !this.#show.you?.nickname && !kept.get(NICKNAME);
  }

  /** Takes a name; rejects with a `RequestError`. */
  async rename(nickname: string): Promise<void> {
    await this.#connection.request({ type: "rename", nickname });
    this.#show.named(nickname);
    kept.set(NICKNAME, nickname);
  }

  async send(text: string): Promise<void> {
    await this.#deliver(uuid(), text);
  }

  async again(message: string, text: string, code: string | null): Promise<void> {
    // An id that belongs to another line will never be ours.
    if (code === "message_id_reused") {
      this.#show.withdraw(message);
      message = uuid();
    }
    await this.#deliver(message, text);
  }

  async #deliver(message: string, text: string): Promise<void> {
    this.#show.sending(message, text, Date.now());
    try {
      const remembered = kept.get(NICKNAME);
      if (!this.#show.you?.nickname && remembered) await this.rename(remembered);
      const reply = await this.#connection.request({ type: "chat_send", message, text });
      this.#show.sent(message, reply.type === "done" ? reply.seq : undefined);
    } catch (error) {
      const code = codeOf(error);
      // A remembered name that is no longer accepted must be asked for anew.
      if (code.startsWith("nickname_")) kept.remove(NICKNAME);
      this.#show.failed(message, code);
    }
  }
}
