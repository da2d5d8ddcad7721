// Requests that wait for their reply. An idempotent one outlives its socket and is sent again on the next;
// any other fails with it, for nobody can know whether the server acted on it.
import type { ClientMessage, RefusalCode, ServerMessage } from "../protocol";

type WithoutId<T> = T extends unknown ? Omit<T, "id"> : never;

/** What a page may ask once it has joined. Ids are given here. */
export type Request = WithoutId<Exclude<ClientMessage, { type: "hello" | "ping" }>>;
export type Reply = Extract<ServerMessage, { type: "done" | "answer" | "order" | "people" | "missed" }>;

/** Refused by the server, or never answered. */
export class RequestError extends Error {
  readonly code: RefusalCode | "timeout" | "disconnected" | "closed";
  readonly retry_after_ms: number | undefined;

  constructor(code: RequestError["code"], detail = "", retry_after_ms?: number) {
    super(detail || code);
    this.code = code;
    this.retry_after_ms = retry_after_ms;
  }
}

interface Entry {
  request: Request;
  resolve: (reply: Reply) => void;
  reject: (error: RequestError) => void;
  timer: ReturnType<typeof setTimeout>;
}

// More than a person can cause; a page that asks more has a fault and is told so.
const AT_MOST = 64;
const TIMEOUT_MS = 10_000;
// Long enough to sleep through a server restart or a tunnel.
const IDEMPOTENT_TIMEOUT_MS = 45_000;
const IDEMPOTENT: ReadonlySet<Request["type"]> = new Set([
  "chat_send", "show_start", "show_end", "rename", "stage_set", "reserve", "order_place", "order_release", "order_get",
  "question_ask", "question_vote", "question_unvote", "poll_vote", "poll_open",
]);

export class Pending {
  #next = 1;
  // A Map keeps the order of asking, which is the order of asking again.
  readonly #entries = new Map<number, Entry>();

  static survivesSocket(request: Request): boolean {
    return IDEMPOTENT.has(request.type);
  }

  nextId(): number {
    return this.#next++;
  }

  add(request: Request, open: boolean): { id: number; reply: Promise<Reply> } {
    const id = this.nextId();
    const reply = new Promise<Reply>((resolve, reject) => {
      const survives = Pending.survivesSocket(request);
      if (!survives && !open) return reject(new RequestError("disconnected"));
      if (this.#entries.size >= AT_MOST) return reject(new RequestError("rate_limited"));
      const expire = (): void => void (this.#entries.delete(id) && reject(new RequestError("timeout")));
      const timer = setTimeout(expire, survives ? IDEMPOTENT_TIMEOUT_MS : TIMEOUT_MS);
      this.#entries.set(id, { request, resolve, reject, timer });
    });
    return { id, reply };
  }

  settle(reply: Reply): void {
    this.#take(reply.id)?.resolve(reply);
  }

  refuse(id: number, error: RequestError): void {
    this.#take(id)?.reject(error);
  }

  /** The socket is gone: those that cannot be repeated fail. */
  disconnected(): void {
    for (const [id, { request }] of [...this.#entries])
      if (!Pending.survivesSocket(request)) this.refuse(id, new RequestError("disconnected"));
  }

  /** What to send again on a new socket, oldest first. */
  waiting(): { id: number; request: Request }[] {
    return [...this.#entries].map(([id, { request }]) => ({ id, request }));
  }

  failAll(code: RequestError["code"]): void {
    for (const id of [...this.#entries.keys()]) this.refuse(id, new RequestError(code));
  }

  #take(id: number): Entry | undefined {
    const entry = this.#entries.get(id);
    if (entry) clearTimeout(entry.timer);
    this.#entries.delete(id);
    return entry;
  }
}
