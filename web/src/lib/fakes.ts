// Stand-ins for the browser's network objects, for tests in virtual time.
import { vi } from "vitest";
import type { CatchUp, ClientMessage, Limits, Logged, Mine, ServerMessage, ShowState, Stage } from "../protocol";
import type { Recognition } from "./recogniser";
import type { TokenSource } from "./tokens";

export const LIMITS: Limits = {
  chat_chars: 500, nickname_chars: 32, ping_interval_ms: 10_000, chat_interval_ms: 1_500,
  question_chars: 300, answer_chars: 1_000, poll_chars: 120, caption_chars: 300, reaction_interval_ms: 500, caption_interval_ms: 200,
};
export const MINE: Mine = { voted: [], ballots: [], held: [], standing: { forbidden: false } };
export const STAGE: Stage = { on_air: "live", video: true, audio: true, source: "camera" };
export const SHOW: ShowState = {
  show: "s", slug: "demo", title: "Demo", shop: "Shop", status: "live", scheduled_at_ms: null,
  started_at_ms: 1, ended_at_ms: null, stage: STAGE, viewers: 1, peak: 1, total: 1,
  rules: { slow_ms: 0, review: false, join_age_ms: 0 }, guard: { active: false, slow_ms: 0, join_age_ms: 0 },
};

/** What a welcome tells of the past: all of it, or what was missed. */
export const snapshot = (seq = 0, chat: Logged[] = []): CatchUp => ({ kind: "snapshot", seq, chat, questions: [], questions_left_out: 0, polls: [] });
export const delta = (seq: number, events: Logged[] = []): CatchUp => ({ kind: "delta", seq, events, votes: [], tallies: [] });

type Welcome = Extract<ServerMessage, { type: "welcome" }>;
export type Sent<T extends ClientMessage["type"]> = Extract<ClientMessage, { type: T }>;

export class FakeSocket {
  static readonly made: FakeSocket[] = [];
  static get last(): FakeSocket {
    return FakeSocket.made.at(-1) as FakeSocket;
  }
  readyState = 0;
  closed = false;
  readonly sent: ClientMessage[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { reason: string }) => void) | null = null;

  constructor() {
    FakeSocket.made.push(this);
  }
  static open = (): WebSocket => new FakeSocket() as unknown as WebSocket;

  send(text: string): void {
    this.sent.push(JSON.parse(text) as ClientMessage);
  }
  close(): void {
    this.readyState = 3;
    this.closed = true;
  }
  /** The last message of that type. */
  said<T extends ClientMessage["type"]>(type: T): Sent<T> {
    const found = this.sent.filter((message) => message.type === type).at(-1);
    if (!found) throw new Error(`no ${type} among ${this.sent.map((message) => message.type).join()}`);
    return found as Sent<T>;
  }
  async accept(): Promise<void> {
    this.readyState = 1;
    this.onopen?.();
    await settle();
  }
  hear(message: ServerMessage): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
  lose(reason = ""): void {
    this.readyState = 3;
    this.onclose?.({ reason });
  }
  /** Accepts and welcomes. */
  async welcome(change: Partial<Welcome> = {}): Promise<void> {
    await this.accept();
    this.hear({
      type: "welcome", id: this.said("hello").id, version: 1, session: "x", token: "member-token", clock_ms: Date.now(),
      you: { member: "m", role: "viewer", nickname: null }, limits: LIMITS, show: SHOW,
      catch_up: snapshot(), mine: MINE, ...change,
    });
    await settle();
  }
}

/** Lets promises run without letting time pass. */
export const settle = async (): Promise<void> => void (await vi.advanceTimersByTimeAsync(0));

export interface FakeTokens extends TokenSource {
  kept: string[];
  discarded: number;
}

export const fakeTokens = (): FakeTokens => ({
  kept: [],
  discarded: 0,
  async current() {
    return `token-${this.discarded}`;
  },
  keep(token) {
    this.kept.push(token);
  },
  discard() {
    this.discarded += 1;
  },
});

export class FakeTrack {
  muted = true;
  enabled = true;
  readyState = "live";
  contentHint = "";
  onunmute: (() => void) | null = null;
  readonly kind: string;
  constructor(kind: string) {
    this.kind = kind;
  }
}

export class FakeSender {
  track: FakeTrack | null;
  parameters: { degradationPreference?: string; encodings: { rid?: string; active: boolean }[] };
  /** Like a browser: parameters that are not the newest are refused. */
  #transaction = 0;
  /** Holds what is being set, to let something happen meanwhile. */
  slow: Promise<void> = Promise.resolve();

  constructor(track: FakeTrack | null, encodings: RTCRtpEncodingParameters[] = []) {
    this.track = track;
    this.parameters = { encodings: encodings.map(({ rid }) => ({ ...(rid !== undefined && { rid }), active: true })) };
  }
  /** The layers that are being sent. */
  get sent(): (string | undefined)[] {
    return this.parameters.encodings.filter(({ active }) => active).map(({ rid }) => rid);
  }
  async replaceTrack(track: FakeTrack | null): Promise<void> {
    this.track = track;
  }
  getParameters = (): object => ({ ...structuredClone(this.parameters), transactionId: ++this.#transaction });
  async setParameters({ transactionId, ...parameters }: FakeSender["parameters"] & { transactionId: number }): Promise<void> {
    if (transactionId !== this.#transaction) throw new DOMException("read anew before", "InvalidStateError");
    this.#transaction += 1;
    await this.slow;
    this.parameters = parameters;
  }
}

interface FakeReceiver {
  track: FakeTrack;
  jitterBufferTarget: number | null;
}

export class FakePeer {
  static readonly made: FakePeer[] = [];
  static get last(): FakePeer {
    return FakePeer.made.at(-1) as FakePeer;
  }
  static get open(): FakePeer[] {
    return FakePeer.made.filter((peer) => peer.connectionState !== "closed");
  }
  static make = (): RTCPeerConnection => new FakePeer() as unknown as RTCPeerConnection;

  signalingState = "stable";
  connectionState = "new";
  localDescription: { sdp: string } | null = null;
  answer: string | null = null;
  packets = 0;
  lost = 0;
  readonly transceivers: { kind: string; init: RTCRtpTransceiverInit; sender: FakeSender; track: FakeTrack; receiver: FakeReceiver }[] = [];
  ontrack: ((event: { track: FakeTrack }) => void) | null = null;
  onconnectionstatechange: (() => void) | null = null;

  constructor() {
    FakePeer.made.push(this);
  }
  addTransceiver(what: string | FakeTrack, init: RTCRtpTransceiverInit): object {
    const kind = typeof what === "string" ? what : what.kind;
    const sender = new FakeSender(typeof what === "string" ? null : what, init.sendEncodings);
    const track = new FakeTrack(kind);
    const receiver: FakeReceiver = { track, jitterBufferTarget: null };
    const transceiver = { kind, init, sender, track, receiver, setCodecPreferences: () => undefined };
    this.transceivers.push(transceiver);
    return transceiver;
  }
  getReceivers = (): FakeReceiver[] => this.transceivers.map(({ receiver }) => receiver);
  getSenders = (): FakeSender[] => this.transceivers.map(({ sender }) => sender);
  getStats = async (): Promise<Map<string, object>> =>
    new Map([["v", { type: "inbound-rtp", kind: "video", packetsReceived: this.packets, packetsLost: this.lost }]]);
  async setLocalDescription(): Promise<void> {
    this.signalingState = "have-local-offer";
    this.localDescription = { sdp: `offer-${FakePeer.made.indexOf(this)}` };
  }
  async setRemoteDescription({ sdp }: { sdp: string }): Promise<void> {
    this.answer = sdp;
    this.signalingState = "stable";
    for (const { track } of this.transceivers) this.ontrack?.({ track });
  }
  to(state: string): void {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }
  /** Media begins to arrive. */
  flow(): void {
    for (const { track } of this.transceivers) track.onunmute?.();
  }
  close(): void {
    this.connectionState = "closed";
    this.signalingState = "closed";
  }
}

export class FakeStream {
  readonly #tracks: FakeTrack[] = [];
  getTracks = (): FakeTrack[] => [...this.#tracks];
  addTrack(track: FakeTrack): void {
    this.#tracks.push(track);
  }
  removeTrack(track: FakeTrack): void {
    this.#tracks.splice(this.#tracks.indexOf(track), 1);
  }
}

/** The browser's speech recognition: says what a test has it say. */
export class FakeRecognition implements Recognition {
  static readonly made: FakeRecognition[] = [];
  /** Another one still has the microphone. */
  static busy = false;
  lang = "";
  continuous = false;
  interimResults = false;
  aborted = false;
  onspeechstart: Recognition["onspeechstart"] = null;
  onresult: Recognition["onresult"] = null;
  onerror: Recognition["onerror"] = null;
  onend: Recognition["onend"] = null;

  constructor() {
    FakeRecognition.made.push(this);
  }
  start(): void {
    if (FakeRecognition.busy) throw new Error("InvalidStateError");
  }
  abort(): void {
    this.aborted = true;
  }
  /** What it has understood since it began, each with whether it is over. */
  say(...results: [text: string, isFinal: boolean][]): void {
    this.onresult?.({ resultIndex: 0, results: results.map(([transcript, isFinal]) => Object.assign([{ transcript }], { isFinal })) });
  }
  fail(error: string): void {
    this.onerror?.({ error });
    this.onend?.();
  }
}
