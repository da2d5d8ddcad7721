// What a viewer sees and hears. Holds one media connection, and a second only while that one takes over, so
// that the last picture stays until the new one moves. The MediaStream is the same for life: whoever shows
// it attaches once. Recovery is always a fresh join, by a new offer; the way there costs one round trip.
import { configuration } from "./ice";
import type { MediaReply, RefusalCode, Stage } from "../protocol";
import { Backoff } from "./backoff";
import { prefer } from "./codecs";
import { RequestError, type Connection, type Heard, type Joiner } from "./connection";
import { inboundStats, type InboundStats } from "./stats";

/** `waiting`: connected, nothing to see yet. `refused`: the show goes on as chat. */
export type SubscriberState = "idle" | "connecting" | "waiting" | "playing" | "recovering" | "refused";

export interface SubscriberOptions {
  onstate?: (state: SubscriberState, code: RefusalCode | null) => void;
  /** The first frame of the first picture was presented, so many milliseconds after `start`. */
  onfirstframe?: (after_ms: number) => void;
  peer?: (configuration: RTCConfiguration) => RTCPeerConnection;
  random?: () => number;
}

const BACKOFF = { first_ms: 500, cap_ms: 8_000 };
const DISCONNECTED_MS = 2_000;
const CONNECT_MS = 8_000;
const SILENCE_MS = 4_000;
const WATCH_EVERY_MS = 1_000;
// A connection that takes over but brings no picture (the seller is away) lets the old one go after this.
const HAND_OVER_MS = 3_000;
// Where packets are lost, what is sent again needs time to come, and at times a third time: the picture waits for it.
// A browser that only receives asks again every 100 ms.
const LOSSY = 0.02;
const LOSSY_FOR_MS = 30_000;
const LOSSY_BUFFER_MS = 400;
// A window that is being dragged is told once, and a few lines more or less are no other size.
const RESIZE_MS = 300;
const RESIZE_SHARE = 0.1;
// Asking again does not help against these.
const FINAL: ReadonlySet<string> = new Set(["codec_unsupported", "offer_invalid", "show_ended", "not_allowed"]);

type Timer = ReturnType<typeof setTimeout> | undefined;

export class Subscriber implements Joiner {
  readonly stream = new MediaStream();
  readonly #connection: Connection;
  readonly #options: SubscriberOptions;
  readonly #backoff: Backoff;
  #state: SubscriberState = "idle";
  #wanted = false;
  #stage: Stage | null = null;
  #peer: RTCPeerConnection | null = null;
  #peerId: string | null = null;
  /** Still shown until `#peer` moves. */
  #outgoing: RTCPeerConnection | null = null;
  #started_ms = 0;
  #firstFrame = false;
  #flows: () => void = () => undefined;
  readonly #flowing = new Promise<void>((resolve) => (this.#flows = resolve));
  #packets = 0;
  #lost = 0;
  #lossyUntil_ms = 0;
  #lastPacket_ms = 0;
  #retryTimer: Timer;
  #troubleTimer: Timer;
  #handOverTimer: Timer;
  #watchTimer: Timer;
  #video: HTMLVideoElement | null = null;
  #toldHeight = NaN;
  #resizeTimer: Timer;
  #stopListening: (() => void) | null = null;

  constructor(connection: Connection, options: SubscriberOptions = {}) {
    this.#connection = connection;
    this.#options = options;
    this.#backoff = new Backoff({ ...BACKOFF, ...(options.random && { random: options.random }) });
  }

  get state(): SubscriberState {
    return this.#state;
  }

  /** Joins with the connection's next hello, or at once when it is open. Before `Connection.start` is best. */
  start(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#started_ms = performance.now();
    this.#connection.joiner = this;
    this.#stopListening = this.#connection.listen((heard) => this.#hear(heard));
    this.#watchTimer = setInterval(() => void this.#watch(), WATCH_EVERY_MS);
    this.#say("connecting");
    if (this.#connection.status === "open") void this.#join();
  }

  stop(): void {
    if (!this.#wanted) return;
    this.#wanted = false;
    this.#stopListening?.();
    if (this.#connection.joiner === this) this.#connection.joiner = null;
    clearInterval(this.#watchTimer);
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#resizeTimer);
    if (this.#peerId !== null) this.#connection.closePeer(this.#peerId);
    this.#close();
    this.#letGo();
    for (const track of this.stream.getTracks()) this.stream.removeTrack(track);
    this.#say("idle");
  }

  /**
   * Shows the stream in `video`, and notices the first frame. Resolves once it is shown: with the first packet, or
   * when the page has loaded. Sooner, an element that waits for its first frame would keep the page loading.
   */
  async attach(video: HTMLVideoElement): Promise<void> {
    this.#video = video;
    new ResizeObserver(() => {
      clearTimeout(this.#resizeTimer);
      this.#resizeTimer = setTimeout(() => this.#tellHeight(), RESIZE_MS);
    }).observe(video);
    const loaded = new Promise((resolve) => {
      if (document.readyState === "complete") resolve(null);
      else window.addEventListener("load", resolve, { once: true });
    });
    await Promise.race([loaded, this.#flowing]);
    video.srcObject = this.stream;
    const presented = (): void => {
      if (this.#firstFrame) return;
      this.#firstFrame = true;
      this.#options.onfirstframe?.(performance.now() - this.#started_ms);
    };
    if ("requestVideoFrameCallback" in video) video.requestVideoFrameCallback(presented);
    else (video as HTMLVideoElement).addEventListener("loadeddata", presented, { once: true });
  }

  /** Sums since the connection was made; null while there is none. */
  async stats(): Promise<InboundStats | null> {
    return this.#peer ? inboundStats(await this.#peer.getStats()) : null;
  }

  /** The browser's own report on the present connection. */
  async report(): Promise<RTCStatsReport | undefined> {
    return this.#peer?.getStats();
  }

  async offer(): Promise<string | null> {
    if (!this.#wanted) return null;
    clearTimeout(this.#retryTimer);
    this.#discardUnanswered();
    const peer = this.#open();
    await peer.setLocalDescription();
    return this.#peer === peer ? (peer.localDescription?.sdp ?? null) : null;
  }

  answered(reply: MediaReply): void {
    if (!this.#wanted) return;
    if (reply.kind === "refused") return this.#failed(reply.code);
    const peer = this.#peer;
    // The hello may have gone without this offer, or stop() came between.
    if (!peer || peer.signalingState !== "have-local-offer") return this.#connection.closePeer(reply.peer);
    this.#peerId = reply.peer;
    this.#toldHeight = NaN;
    this.#tellHeight();
    peer.setRemoteDescription({ type: "answer", sdp: reply.sdp }).catch(() => this.#peer === peer && this.#failed(null));
  }

  /** How high the picture is shown here: more of it than is seen need not come. */
  #tellHeight(): void {
    if (!this.#video || this.#peerId === null) return;
    const height_px = Math.min(Math.round(this.#video.clientHeight * devicePixelRatio), 65_535);
    if (Math.abs(height_px - this.#toldHeight) <= this.#toldHeight * RESIZE_SHARE) return;
    this.#toldHeight = height_px;
    this.#connection.request({ type: "view", height_px }).catch(() => (this.#toldHeight = NaN));
  }

  #hear(heard: Heard): void {
    if (heard.type === "welcome") {
      this.#stage = heard.show.stage;
      if (heard.show.status === "ended") this.stop();
      // The server's side of the old connection ended with the old socket.
      else if (!heard.media) this.#failed(null);
    } else if (heard.type === "stage") {
      if (heard.on_air === "live" && this.#stage?.on_air !== "live") this.#lastPacket_ms = Date.now();
      this.#stage = heard;
      if (heard.on_air !== "live" && this.#state === "playing") this.#say("waiting");
    } else if (heard.type === "event") {
      if (heard.event.kind === "ended") this.stop();
    } else if (heard.type === "peer_closed" && heard.peer === this.#peerId) {
      this.#peerId = null;
      if (heard.reason === "timeout" || heard.reason === "failed") this.#failed(null);
      else if (heard.reason === "show_ended") this.stop();
    }
  }

  async #join(): Promise<void> {
    try {
      const sdp = await this.offer();
      if (sdp === null || !this.#wanted) return;
      const { peer, sdp: answer } = await this.#connection.offer("subscribe", sdp);
      this.answered({ kind: "answer", peer, sdp: answer });
    } catch (error) {
      if (!(error instanceof RequestError)) this.#failed(null);
      // Without a socket the next hello brings the offer.
      else if (error.code !== "disconnected" && error.code !== "closed") this.#failed(error.code, error.retry_after_ms);
    }
  }

  /** A new connection beside the one that is shown. */
  #open(): RTCPeerConnection {
    const make = this.#options.peer ?? ((configuration) => new RTCPeerConnection(configuration));
    const peer = make(configuration());
    this.#letGo();
    this.#outgoing = this.#peer;
    this.#peer = peer;
    this.#peerId = null;
    this.#packets = this.#lost = 0;
    this.#lastPacket_ms = Date.now();
    for (const kind of ["video", "audio"] as const)
      prefer(peer.addTransceiver(kind, { direction: "recvonly" }), kind, "receiver");
    peer.ontrack = ({ track }) => this.#peer === peer && this.#adopt(track);
    peer.onconnectionstatechange = () => this.#peer === peer && this.#changed(peer.connectionState);
    clearTimeout(this.#troubleTimer);
    this.#troubleTimer = setTimeout(() => this.#peer === peer && this.#failed(null), CONNECT_MS);
    clearTimeout(this.#handOverTimer);
    return peer;
  }

  #changed(state: RTCPeerConnectionState): void {
    clearTimeout(this.#troubleTimer);
    if (state === "connected") {
      this.#backoff.reset();
      this.#lastPacket_ms = Date.now();
      if (this.#state !== "playing") this.#say("waiting");
      this.#handOverTimer = setTimeout(() => this.#takeOver(), HAND_OVER_MS);
    } else if (state === "failed" || state === "closed") this.#failed(null);
    else this.#troubleTimer = setTimeout(() => this.#failed(null), state === "disconnected" ? DISCONNECTED_MS : CONNECT_MS);
  }

  /** Into the stream: at once when there is nothing to lose, else when its first packet is here. */
  #adopt(track: MediaStreamTrack): void {
    const old = this.stream.getTracks().filter(({ kind }) => kind === track.kind);
    if (old.length === 0) this.stream.addTrack(track);
    track.onunmute = () => {
      this.#flows();
      if (!this.#peer?.getReceivers().some((receiver) => receiver.track === track)) return;
      this.#put(track);
      if (track.kind === "video") this.#takeOver();
    };
  }

  #put(track: MediaStreamTrack): void {
    for (const other of this.stream.getTracks())
      if (other.kind === track.kind && other !== track) this.stream.removeTrack(other);
    if (!this.stream.getTracks().includes(track)) this.stream.addTrack(track);
  }

  #takeOver(): void {
    clearTimeout(this.#handOverTimer);
    for (const { track } of this.#peer?.getReceivers() ?? []) this.#put(track);
    this.#letGo();
  }

  /** Packets that stop while the stage is live mean a path that died without saying so. */
  async #watch(): Promise<void> {
    const peer = this.#peer;
    if (!peer || peer.connectionState !== "connected") return;
    const { packets, lost } = inboundStats(await peer.getStats());
    if (this.#peer !== peer) return;
    if (lost - this.#lost > (packets - this.#packets) * LOSSY) this.#lossyUntil_ms = Date.now() + LOSSY_FOR_MS;
    this.#lost = lost;
    for (const receiver of peer.getReceivers())
      receiver.jitterBufferTarget = Date.now() < this.#lossyUntil_ms ? LOSSY_BUFFER_MS : null;
    if (packets > this.#packets) {
      this.#packets = packets;
      this.#lastPacket_ms = Date.now();
      if (this.#state !== "playing" && this.#stage?.on_air === "live") this.#say("playing");
    } else if (this.#stage?.on_air === "live" && Date.now() - this.#lastPacket_ms >= SILENCE_MS) this.#failed(null);
  }

  #failed(code: RequestError["code"] | null, retry_after_ms = 0): void {
    if (!this.#wanted) return;
    clearTimeout(this.#troubleTimer);
    clearTimeout(this.#retryTimer);
    if (code !== null && FINAL.has(code)) {
      this.#close();
      return this.#say("refused", code as RefusalCode);
    }
    this.#say(this.#state === "connecting" ? "connecting" : "recovering", code as RefusalCode | null);
    const wait_ms = Math.max(this.#backoff.next(), retry_after_ms);
    this.#retryTimer = setTimeout(() => this.#connection.status === "open" && void this.#join(), wait_ms);
  }

  /** An offer that nobody answered leaves with its socket. */
  #discardUnanswered(): void {
    if (this.#peer?.signalingState !== "have-local-offer") return;
    silence(this.#peer);
    this.#peer = this.#outgoing;
    this.#outgoing = null;
  }

  #close(): void {
    clearTimeout(this.#troubleTimer);
    clearTimeout(this.#handOverTimer);
    if (this.#peer) silence(this.#peer);
    this.#peer = null;
    this.#peerId = null;
  }

  #letGo(): void {
    if (this.#outgoing) silence(this.#outgoing);
    this.#outgoing = null;
  }

  #say(state: SubscriberState, code: RefusalCode | null = null): void {
    if (this.#state === state && code === null) return;
    this.#state = state;
    this.#options.onstate?.(state, code);
  }
}

function silence(peer: RTCPeerConnection): void {
  peer.ontrack = peer.onconnectionstatechange = null;
  peer.close();
}
