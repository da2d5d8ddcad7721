// The seller's side of the media: one connection that sends camera and microphone. Once started it means to
// be on air until told otherwise, and goes back by itself after whatever took it off. The one thing it does
// not fight is the same seller on another device.
import { configuration } from "./ice";
import type { PeerEnd, RefusalCode, Source, Stage } from "../protocol";
import { Backoff } from "./backoff";
import { prefer } from "./codecs";
import { RequestError, type Connection, type Heard } from "./connection";
import { outboundStats, type OutboundStats } from "./stats";

/** `recovering`: was live, and is on the way back. `replaced`: another device went on air. */
export type PublisherState = "off" | "starting" | "live" | "recovering" | "replaced" | "refused";

/** What is sent. A track may be null (no camera): it can come later without a new connection. */
export interface Sending {
  video: MediaStreamTrack | null;
  audio: MediaStreamTrack | null;
  source: Source;
  camera_on: boolean;
  microphone_on: boolean;
}

export interface PublisherOptions {
  onstate?: (state: PublisherState, code: RefusalCode | null) => void;
  peer?: (configuration: RTCConfiguration) => RTCPeerConnection;
  random?: () => number;
}

const BACKOFF = { first_ms: 300, cap_ms: 1_500 };
const DISCONNECTED_MS = 2_000;
const CONNECT_MS = 6_000;
// The browser says it sends, the server says that nothing comes.
const STALLED_MS = 5_000;
const FINAL: ReadonlySet<string> = new Set(["not_allowed", "show_ended", "codec_unsupported", "offer_invalid"]);

// Three layers of a 720p picture: for a phone on a bad network, for a phone, for a laptop.
const LAYERS: RTCRtpEncodingParameters[] = [
  { rid: "q", scaleResolutionDownBy: 4, maxBitrate: 150_000 },
  { rid: "h", scaleResolutionDownBy: 2, maxBitrate: 500_000 },
  { rid: "f", scaleResolutionDownBy: 1, maxBitrate: 2_200_000 },
];

type Timer = ReturnType<typeof setTimeout> | undefined;

export class Publisher {
  readonly #connection: Connection;
  readonly #options: PublisherOptions;
  readonly #backoff: Backoff;
  #state: PublisherState = "off";
  #sending: Sending | null = null;
  #peer: RTCPeerConnection | null = null;
  #peerId: string | null = null;
  /** How many layers anybody has use for, from the lowest. */
  #layers = LAYERS.length;
  #tuning = Promise.resolve();
  #stage = "";
  #retryTimer: Timer;
  #troubleTimer: Timer;
  #stallTimer: Timer;
  readonly #stopListening: () => void;

  constructor(connection: Connection, options: PublisherOptions = {}) {
    this.#connection = connection;
    this.#options = options;
    this.#backoff = new Backoff({ ...BACKOFF, ...(options.random && { random: options.random }) });
    this.#stopListening = connection.listen((heard) => this.#hear(heard));
  }

  get state(): PublisherState {
    return this.#state;
  }

  /** Whether it means to be on air. */
  get on(): boolean {
    return this.#state === "starting" || this.#state === "live" || this.#state === "recovering";
  }

  /** Goes on air, and from another device of the seller takes over. */
  start(sending: Sending): void {
    this.#sending = sending;
    if (this.on) return;
    this.#connection.hurry(true);
    this.#backoff.reset();
    this.#say("starting");
    void this.#publish();
  }

  stop(): void {
    if (this.#peerId !== null) this.#connection.closePeer(this.#peerId);
    this.#end("off");
  }

  /** Stops and hears no more. */
  dispose(): void {
    this.stop();
    this.#stopListening();
  }

  /** Sends something else from now on: another camera, the screen, silence. No new negotiation. */
  async change(sending: Sending): Promise<void> {
    this.#sending = sending;
    if (!this.#peer) return;
    await this.#fill(this.#peer);
    this.#tellStage();
  }

  async stats(): Promise<OutboundStats | null> {
    return this.#peer ? outboundStats(await this.#peer.getStats()) : null;
  }

  #hear(heard: Heard): void {
    if (!this.on) return;
    if (heard.type === "welcome") {
      if (heard.show.status === "ended") return this.#end("off");
      // The server let our media go with the old socket.
      clearTimeout(this.#retryTimer);
      void this.#publish();
    } else if (heard.type === "status" && heard.status === "reconnecting") {
      this.#say(this.#state === "starting" ? "starting" : "recovering");
    } else if (heard.type === "status" && heard.status === "closed") this.#end("off");
    else if (heard.type === "stage") this.#stageHeard(heard);
    else if (heard.type === "event" && heard.event.kind === "ended") this.#end("off");
    else if (heard.type === "layers_wanted" && heard.peer === this.#peerId) this.#want(heard.count);
    else if (heard.type === "peer_closed" && heard.peer === this.#peerId) this.#peerClosed(heard.reason);
  }

  #peerClosed(reason: PeerEnd): void {
    this.#peerId = null;
    if (reason === "replaced") this.#end("replaced", "publisher_replaced");
    else if (reason === "show_ended") this.#end("off");
    // After `server_stopping` the socket goes too, and the next welcome brings us back.
    else if (reason !== "server_stopping") this.#failed(null);
  }

  #stageHeard(stage: Stage): void {
    clearTimeout(this.#stallTimer);
    if (stage.on_air === "reconnecting" && this.#state === "live")
      this.#stallTimer = setTimeout(() => this.#failed(null), STALLED_MS);
  }

  async #publish(): Promise<void> {
    if (this.#connection.status !== "open" || !this.#sending) return;
    this.#close();
    const peer = this.#open();
    const current = (): boolean => this.#peer === peer;
    try {
      await this.#fill(peer);
      await peer.setLocalDescription();
      const answer = await this.#connection.offer("publish", peer.localDescription?.sdp ?? "");
      if (!current()) return this.#connection.closePeer(answer.peer);
      this.#peerId = answer.peer;
      this.#stage = "";
      this.#tellStage();
      await peer.setRemoteDescription({ type: "answer", sdp: answer.sdp });
      await this.#tune(peer);
    } catch (error) {
      if (!current()) return;
      if (!(error instanceof RequestError)) this.#failed(null);
      // Without a socket, the next welcome publishes.
      else if (error.code !== "disconnected" && error.code !== "closed") this.#failed(error.code, error.retry_after_ms);
    }
  }

  #open(): RTCPeerConnection {
    const make = this.#options.peer ?? ((configuration) => new RTCPeerConnection(configuration));
    const peer = make(configuration());
    this.#peer = peer;
    this.#layers = LAYERS.length;
    // What the old one has not answered it may never answer.
    this.#tuning = Promise.resolve();
    // One stream for both, so that players keep picture and sound together.
    const streams = [new MediaStream()];
    prefer(addVideo(peer, streams), "video", "sender");
    prefer(peer.addTransceiver("audio", { direction: "sendonly", streams }), "audio", "sender");
    peer.onconnectionstatechange = () => this.#peer === peer && this.#changed(peer.connectionState);
    this.#troubleTimer = setTimeout(() => this.#failed(null), CONNECT_MS);
    return peer;
  }

  #changed(state: RTCPeerConnectionState): void {
    clearTimeout(this.#troubleTimer);
    if (state === "connected") {
      this.#backoff.reset();
      this.#say("live");
    } else if (state === "failed" || state === "closed") this.#failed(null);
    else this.#troubleTimer = setTimeout(() => this.#failed(null), state === "disconnected" ? DISCONNECTED_MS : CONNECT_MS);
  }

  /** Puts the tracks in their places. */
  async #fill(peer: RTCPeerConnection): Promise<void> {
    const sending = this.#sending;
    if (!sending) return;
    const { video, audio, source } = sending;
    if (video) {
      video.enabled = sending.camera_on || source === "screen";
      // A screen is read, a hand is followed.
      video.contentHint = source === "screen" ? "detail" : "motion";
    }
    if (audio) audio.enabled = sending.microphone_on;
    const [videoSender, audioSender] = peer.getSenders();
    await Promise.all([replace(videoSender, video), replace(audioSender, audio)]);
    if (peer.connectionState === "connected") await this.#tune(peer);
  }

  #want(layers: number): void {
    this.#layers = layers;
    if (this.#peer) void this.#tune(this.#peer);
  }

  /**
   * Tells the browser how to send: which layers, and what to give up when there is too little of network or CPU (a
   * screen gives up frames, a camera a little of both). One at a time, since parameters that were read before another
   * change are refused; each says all that holds when its turn comes.
   */
  #tune(peer: RTCPeerConnection): Promise<void> {
    this.#tuning = this.#tuning.then(async () => {
      const [sender] = peer.getSenders();
      if (this.#peer !== peer || !sender) return;
      const parameters = sender.getParameters();
      parameters.degradationPreference = this.#sending?.source === "screen" ? "maintain-resolution" : "balanced";
      parameters.encodings.forEach((encoding, index) => (encoding.active = index < this.#layers));
      // Refused while the answer is being applied, behind which the next turn waits; or by a browser without the wish.
      await sender.setParameters(parameters).catch(() => undefined);
    });
    return this.#tuning;
  }

  /** Viewers are told what to expect, once per change. */
  #tellStage(): void {
    if (!this.#sending || this.#peerId === null) return;
    const { video, audio, source, camera_on, microphone_on } = this.#sending;
    const stage = { video: video !== null && (camera_on || source === "screen"), audio: audio !== null && microphone_on, source };
    const told = JSON.stringify(stage);
    if (told === this.#stage) return;
    this.#stage = told;
    // A lost word is said again with the next publish.
    this.#connection.request({ type: "stage_set", ...stage }).catch(() => (this.#stage = ""));
  }

  #failed(code: RequestError["code"] | null, retry_after_ms = 0): void {
    if (!this.on) return;
    this.#close();
    if (code !== null && FINAL.has(code)) return this.#end("refused", code as RefusalCode);
    this.#say(this.#state === "starting" ? "starting" : "recovering");
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => void this.#publish(), Math.max(this.#backoff.next(), retry_after_ms));
  }

  #end(state: PublisherState, code: RefusalCode | null = null): void {
    this.#close();
    clearTimeout(this.#retryTimer);
    this.#connection.hurry(false);
    this.#say(state, code);
  }

  #close(): void {
    clearTimeout(this.#troubleTimer);
    clearTimeout(this.#stallTimer);
    if (this.#peer) {
      this.#peer.onconnectionstatechange = null;
      this.#peer.close();
    }
    this.#peer = null;
    this.#peerId = null;
  }

  #say(state: PublisherState, code: RefusalCode | null = null): void {
    if (this.#state === state && code === null) return;
    this.#state = state;
    this.#options.onstate?.(state, code);
  }
}

/** In layers where the browser can, else as one. */
function addVideo(peer: RTCPeerConnection, streams: MediaStream[]): RTCRtpTransceiver {
  const init: RTCRtpTransceiverInit = { direction: "sendonly", streams };
  try {
    return peer.addTransceiver("video", { ...init, sendEncodings: LAYERS.map((layer) => ({ ...layer })) });
  } catch {
    return peer.addTransceiver("video", { ...init, sendEncodings: [{ maxBitrate: 2_200_000 }] });
  }
}

const replace = async (sender: RTCRtpSender | undefined, track: MediaStreamTrack | null): Promise<void> => {
  if (sender && sender.track !== track) await sender.replaceTrack(track);
};
