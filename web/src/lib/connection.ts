// The page's session with a show: one WebSocket at a time, replaced by itself when it is lost. Listeners hear
// every durable event exactly once and in order, whatever the network does: what was missed is resumed by
// `seq`, and a gap is taken as a lost socket. Requests go through `pending.ts`.
import {
  PROTOCOL_VERSION,
  REFUSAL_CODES,
  type Answer,
  type ClientMessage,
  type Gap,
  type Limits,
  type MediaReply,
  type PeerId,
  type RefusalCode,
  type ServerMessage,
  type Welcome,
} from "../protocol";
import { ApiError } from "./api";
import { Backoff } from "./backoff";
import { Pending, RequestError, type Reply, type Request } from "./pending";
import { ServerClock } from "./server_clock";
import type { TokenSource } from "./tokens";
import { within } from "./world";

export type Status = "connecting" | "open" | "reconnecting" | "closed";

/** What listeners hear: the server's pushes, and how the connection itself is doing. */
export type Heard =
  | Exclude<ServerMessage, { type: "pong" | "refused" | "bye" } | Reply>
  | { type: "status"; status: Status; code: string | null };

/** Whoever watches over this connection joins together with it: the offer travels in the hello. */
export interface Joiner {
  /** A fresh `recvonly` offer, or null to join without media. */
  offer(): Promise<string | null>;
  /** The server's reply to that offer. */
  answered(reply: MediaReply): void;
}

export interface ConnectionOptions {
  url: string;
  tokens: TokenSource;
  /** Called when the server no longer speaks this page's version. Must not loop. */
  reload?: () => void;
  open?: (url: string) => WebSocket;
  random?: () => number;
}

const BACKOFF = { first_ms: 300, cap_ms: 8_000 };
// On air every second without a picture is seen by all.
const HURRIED_CAP_MS = 1_500;
const WELCOME_TIMEOUT_MS = 8_000;
const OFFER_TIMEOUT_MS = 2_000;
const PONG_TIMEOUT_MS = 5_000;
// After the device says that its network changed, the old path is most likely dead.
const DOUBTFUL_PONG_TIMEOUT_MS = 2_000;
// A server that takes us and loses us at once must not be hammered.
const STABLE_MS = 5_000;
const TOKENS_TRIED_IN_A_ROW = 3;
const DEFAULT_PING_INTERVAL_MS = 10_000;
// Waiting changes nothing about these.
const FINAL: ReadonlySet<string> = new Set(["version_unsupported", "show_not_found", "not_logged_in", "not_allowed", "banned", "access_revoked"]);
// Said by a close frame alone, for which the session may end as well.
const ENDINGS: readonly RefusalCode[] = [...REFUSAL_CODES, "banned", "access_revoked"];
// More of them is a connection that cannot keep up: it resumes instead.
const HOLES_AT_MOST = 64;

export class Connection {
  readonly clock = new ServerClock();
  readonly #options: ConnectionOptions;
  readonly #pending = new Pending();
  readonly #backoff: Backoff;
  readonly #listeners = new Set<(heard: Heard) => void>();
  #status: Status = "closed";
  #socket: WebSocket | null = null;
  #welcomed = false;
  #lastSeq: number | null = null;
  /** Chat lines that were left out for a slow reader: no loss. */
  #holes: Gap[] = [];
  #ping: { id: number; sent_ms: number } | null = null;
  #helloSent_ms = 0;
  #helloId = 0;
  #farewell: string | null = null;
  #tokensRefused = 0;
  #limits: Limits | null = null;
  #retryTimer: Timer;
  #deadline: Timer;
  #pingTimer: Timer;
  #stableTimer: Timer;
  /** Set before `start`. */
  joiner: Joiner | null = null;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#backoff = new Backoff({ ...BACKOFF, ...(options.random && { random: options.random }) });
  }

  get status(): Status {
    return this.#status;
  }

  get limits(): Limits | null {
    return this.#limits;
  }

  /** The server's time now, in milliseconds since the Unix epoch. */
  serverNow(): number {
    return Date.now() + this.clock.offset_ms;
  }

  /** Calls `listener` for whatever is heard from now on; the returned function ends that. */
  listen(listener: (heard: Heard) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** On air: come back faster. */
  hurry(on: boolean): void {
    this.#backoff.cap_ms = on ? HURRIED_CAP_MS : BACKOFF.cap_ms;
  }

  start(): void {
    if (this.#status !== "closed") return;
    window.addEventListener("online", this.#awake);
    document.addEventListener("visibilitychange", this.#awake);
    this.#say("connecting");
    this.#attempt();
  }

  stop(code: string | null = null): void {
    if (this.#status === "closed") return;
    window.removeEventListener("online", this.#awake);
    document.removeEventListener("visibilitychange", this.#awake);
    this.#drop();
    clearTimeout(this.#retryTimer);
    this.#pending.failAll("closed");
    this.#say("closed", code);
  }

  /** Forgets what it has heard and joins anew: the next welcome brings a snapshot. */
  renew(): void {
    this.#lastSeq = null;
    if (this.#socket !== null) this.#lost(null);
  }

  /** Asks; rejects with a `RequestError`. */
  async request(request: Request): Promise<Reply> {
    if (this.#status === "closed") throw new RequestError("closed");
    const { id, reply } = this.#pending.add(request, this.#welcomed);
    if (this.#welcomed) this.#send({ ...request, id } as ClientMessage);
    return reply;
  }

  /** Gives an offer, takes its answer. */
  async offer(type: "publish" | "subscribe" | "measure", sdp: string): Promise<Answer> {
    const reply = await this.request({ type, sdp });
    if (reply.type !== "answer") throw new RequestError("internal", `${type} was answered with ${reply.type}`);
    return reply;
  }

  /** Lets a media connection go; nobody waits for it. */
  closePeer(peer: PeerId): void {
    if (this.#welcomed) this.request({ type: "peer_close", peer }).catch(() => undefined);
  }

  readonly #awake = (): void => {
    if (document.visibilityState === "hidden") return;
    if (this.#status !== "closed" && this.#socket === null) {
      clearTimeout(this.#retryTimer);
      this.#attempt();
    } else if (this.#welcomed) this.#sendPing(DOUBTFUL_PONG_TIMEOUT_MS);
  };

  #attempt(): void {
    this.#farewell = null;
    const socket = (this.#options.open ?? ((url) => new WebSocket(url)))(this.#options.url);
    this.#socket = socket;
    const current = (): boolean => this.#socket === socket;
    socket.onmessage = (event) => current() && typeof event.data === "string" && this.#receive(event.data);
    socket.onclose = (event) => current() && this.#lost(this.#farewell ?? known(event.reason));
    this.#deadline = setTimeout(() => current() && this.#lost(null), WELCOME_TIMEOUT_MS);
    void this.#hello(socket, current);
  }

  async #hello(socket: WebSocket, current: () => boolean): Promise<void> {
    const opened = new Promise<void>((resolve) => (socket.onopen = () => resolve()));
    const offered = withinTime(this.joiner?.offer() ?? Promise.resolve(null), OFFER_TIMEOUT_MS);
    try {
      const [token, sdp] = await Promise.all([this.#options.tokens.current(), offered, opened]);
      if (!current()) return;
      this.#helloId = this.#pending.nextId();
      this.#helloSent_ms = Date.now();
      this.#send({
        type: "hello",
        id: this.#helloId,
        version: PROTOCOL_VERSION,
        token,
        ...(this.#lastSeq !== null && { resume: { after_seq: this.#lastSeq } }),
        ...(sdp !== null && { subscribe: sdp }),
      });
    } catch (error) {
      // No token: the API said why.
      if (current()) this.#lost(error instanceof ApiError && !error.passing ? error.code : null, true);
    }
  }

  #receive(text: string): void {
    const message = parse(text);
    switch (message?.type) {
      case "welcome":
        return this.#welcome(message);
      case "pong":
        return this.#pong(message.id, message.clock_ms);
      case "done":
      case "answer":
      case "order":
      case "people":
      case "missed":
        return this.#pending.settle(message);
      case "refused":
        if (message.id === this.#helloId) return this.#lost(message.code);
        if (message.id !== undefined)
          this.#pending.refuse(message.id, new RequestError(message.code, message.detail, message.retry_after_ms));
        return;
      case "event":
        return this.#event(message);
      case "stage":
      case "presence":
      case "peer_closed":
      case "layers_wanted":
      case "stock":
      case "order_changed":
      case "remotes":
      case "question_votes":
      case "your_question":
      case "poll_tally":
      case "reactions":
      case "caption":
      case "guard":
      case "held":
      case "held_decided":
      case "standing":
        return this.#tell(message);
      case "gap":
        this.#holes = [...this.#holes, message].slice(-HOLES_AT_MOST);
        return this.#tell(message);
      case "bye":
        this.#farewell = message.code;
        return;
      default:
        // A newer server may say things that this page does not know.
        return;
    }
  }

  #welcome(welcome: Extract<ServerMessage, { type: "welcome" }>): void {
    clearTimeout(this.#deadline);
    this.#welcomed = true;
    // Before anybody asks for more, which goes out by itself.
    for (const { id, request } of this.#pending.waiting()) this.#send({ ...request, id } as ClientMessage);
    this.#tokensRefused = 0;
    this.#limits = welcome.limits;
    this.clock.observe(this.#helloSent_ms, Date.now(), welcome.clock_ms);
    this.#options.tokens.keep(welcome.token);
    this.#stableTimer = setTimeout(() => this.#backoff.reset(), STABLE_MS);
    const after = this.#lastSeq ?? 0;
    if (welcome.catch_up.kind === "delta")
      welcome.catch_up.events = welcome.catch_up.events.filter(({ seq }) => seq > after);
    this.#lastSeq = welcome.catch_up.seq;
    this.#holes = [];
    this.#say("open");
    this.#tell(welcome);
    if (welcome.media) this.joiner?.answered(welcome.media);
    this.#schedulePing();
  }

  #event(event: Extract<ServerMessage, { type: "event" }>): void {
    if (this.#lastSeq === null || event.seq <= this.#lastSeq) return;
    if (!this.#leftOut(this.#lastSeq + 1, event.seq)) return this.#lost(null);
    this.#lastSeq = event.seq;
    if (this.#holes.length > 0) this.#holes = this.#holes.filter(({ to_seq }) => to_seq > event.seq);
    this.#tell(event);
  }

  /** Whether everything from `seq` to before `next` was left out, and said so. */
  #leftOut(seq: number, next: number): boolean {
    while (seq < next) {
      const hole = this.#holes.find(({ from_seq, to_seq }) => from_seq <= seq && to_seq >= seq);
      if (!hole) return false;
      seq = hole.to_seq + 1;
    }
    return true;
  }

  #schedulePing(): void {
    clearTimeout(this.#pingTimer);
    const every_ms = this.#limits?.ping_interval_ms ?? DEFAULT_PING_INTERVAL_MS;
    this.#pingTimer = setTimeout(() => this.#sendPing(PONG_TIMEOUT_MS), every_ms);
  }

  #sendPing(patience_ms: number): void {
    clearTimeout(this.#pingTimer);
    clearTimeout(this.#deadline);
    this.#ping = { id: this.#pending.nextId(), sent_ms: Date.now() };
    this.#deadline = setTimeout(() => this.#lost(null), patience_ms);
    this.#send({ type: "ping", id: this.#ping.id });
  }

  #pong(id: number, clock_ms: number): void {
    if (this.#ping?.id !== id) return;
    clearTimeout(this.#deadline);
    this.clock.observe(this.#ping.sent_ms, Date.now(), clock_ms);
    this.#ping = null;
    this.#schedulePing();
  }

  /** The socket is of no more use: decide by `code` whether and when there will be another. */
  #lost(code: string | null, noToken = false): void {
    this.#drop();
    this.#pending.disconnected();
    if (code === "version_unsupported") this.#options.reload?.();
    if (code !== null && (noToken || FINAL.has(code))) return this.stop(code);
    if (code === "token_invalid" || code === "token_expired") {
      this.#options.tokens.discard();
      this.#tokensRefused += 1;
      if (this.#tokensRefused > TOKENS_TRIED_IN_A_ROW) return this.stop(code);
    }
    this.#say(this.#lastSeq === null ? "connecting" : "reconnecting", code);
    // A listener may have stopped it.
    if (this.#status === "closed") return;
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => this.#attempt(), this.#backoff.next());
  }

  /** Leaves the socket without waiting for it: a dead path takes a minute to say so. */
  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    this.#welcomed = false;
    this.#ping = null;
    for (const timer of [this.#deadline, this.#pingTimer, this.#stableTimer]) clearTimeout(timer);
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #send(message: ClientMessage): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #say(status: Status, code: string | null = null): void {
    this.#status = status;
    this.#tell({ type: "status", status, code });
  }

  #tell(heard: Heard): void {
    for (const listener of [...this.#listeners]) listener(heard);
  }
}

type Timer = ReturnType<typeof setTimeout> | undefined;

function parse(text: string): ServerMessage | null {
  try {
    const message: unknown = JSON.parse(text);
    return typeof message === "object" && message !== null ? (message as ServerMessage) : null;
  } catch {
    return null;
  }
}

const known = (reason: string): RefusalCode | null => ENDINGS.find((code) => code === reason) ?? null;

/** What comes too late, or not at all, is null. */
async function withinTime<T>(promise: Promise<T | null>, limit_ms: number): Promise<T | null> {
  let timer: Timer;
  const late = new Promise<null>((resolve) => (timer = setTimeout(() => resolve(null), limit_ms)));
  const found = await Promise.race([promise.catch(() => null), late]);
  clearTimeout(timer);
  return found;
}

/** The socket's address beside this page. */
export const socketUrl = (): string => `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${within("/ws")}`;

export type { Reply, Request, Welcome };
export { RequestError };
