// Sending chat lines. A line keeps its id until the log has it, so sending again never doubles it. The name is
// asked for once, kept on the device, and given to the server again when it no longer knows it.
import { type Connection, type RequestError } from "../lib/connection";
import { kept } from "../lib/storage";
import { uuid } from "../lib/uuid";
import type { Said } from "./chat";
import type { Crowd } from "./crowd.svelte";
import type { ShowStore } from "./show.svelte";
import type { Unsent } from "./unsent";

const NICKNAME = "nickname";
/** A lost connection is no answer. */
export const UNANSWERED: readonly string[] = ["timeout", "disconnected", "closed"];

/** By its shape: the connection may come from another bundle. */
export const codeOf = (error: unknown): string => (error as Partial<RequestError> | null)?.code ?? "internal";

export class Talk {
  readonly #connection: Pick<Connection, "request" | "serverNow">;
  readonly #show: ShowStore;
  readonly #crowd: Crowd;
  readonly #unsent: Unsent | null;

  constructor(connection: Pick<Connection, "request" | "serverNow">, show: ShowStore, crowd: Crowd, unsent: Unsent | null = null) {
    this.#connection = connection;
    this.#show = show;
    this.#crowd = crowd;
    this.#unsent = unsent;
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

  /** Gives a remembered name to a server that does not know it; rejects with a `RequestError`. */
  async introduce(): Promise<void> {
    const remembered = kept.get(NICKNAME);
    if (this.#show.you?.nickname || !remembered) return;
    try {
      await this.rename(remembered);
    } catch (error) {
      // One that is no longer accepted, here or by this shop's filter, must be asked for anew.
      const code = codeOf(error);
      if (code.startsWith("nickname_") || code === "text_filtered") kept.remove(NICKNAME);
      throw error;
    }
  }

  async send(said: Said): Promise<void> {
    await this.deliver(uuid(), said);
  }

  async again(message: string, said: Said, code: string | null): Promise<void> {
    // An id that belongs to another line will never be ours.
    if (code === "message_id_reused") {
      this.withdraw(message);
      message = uuid();
    }
    await this.deliver(message, said);
  }

  /** Gives up a line that did not arrive. */
  withdraw(message: string): void {
    this.#unsent?.answered(message);
    this.#crowd.withdraw(message);
  }

  /** Sends under an id that may have been sent before. */
  async deliver(message: string, { text, reply_to, mentions }: Said): Promise<void> {
    const { member = "", nickname = null, role = "viewer" } = this.#show.you ?? {};
    const said: Said = { text, ...(reply_to && { reply_to }), ...(mentions && { mentions }) };
    this.#unsent?.keep({ kind: "line", id: message, said });
    this.#crowd.sending(message, said, { member, nickname: nickname ?? "", role }, this.#connection.serverNow());
    try {
      await this.introduce();
      const reply = await this.#connection.request({
        type: "chat_send", message, text,
        ...(reply_to && { reply_to: reply_to.message }),
        ...(mentions && mentions.length > 0 && { mentions: mentions.map((who) => who.member) }),
      });
      this.#unsent?.answered(message);
      this.#crowd.sent(message, reply.type === "done" ? reply.seq : undefined, this.#connection.serverNow());
    } catch (error) {
      this.#refused(message, codeOf(error), (error as Partial<RequestError>).retry_after_ms);
    }
  }

  #refused(message: string, code: string, retry_after_ms: number | undefined): void {
    if (!UNANSWERED.includes(code)) this.#unsent?.answered(message);
    const waits = code === "slow_mode" ? "slow" : code === "too_new" ? "new" : null;
    if (waits && retry_after_ms !== undefined) this.#crowd.waits(waits, this.#connection.serverNow() + retry_after_ms);
    this.#crowd.failed(message, code);
  }
}
