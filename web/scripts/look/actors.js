// Runs inside the page before it: plays the server's socket and its media by `window.play`.
// `kept` is what this device remembers.
//   { welcome: {show, catch_up, you}, then: [[after_ms, message]], refuse: {type: code}, silent, upright, deaf }
(() => {
  const play = window.play;
  for (const [key, value] of Object.entries(play.kept ?? {})) localStorage.setItem(`quiora.${key}`, JSON.stringify(value));
  const now = Date.now();
  const stage = { on_air: "live", video: true, audio: true, source: "camera" };
  const welcome = {
    type: "welcome", version: 1, session: "s", token: "t", clock_ms: now,
    limits: { chat_chars: 500, nickname_chars: 32, ping_interval_ms: 10000, chat_interval_ms: 1500, question_chars: 300, answer_chars: 1000, poll_chars: 120, caption_chars: 300, reaction_interval_ms: 500 },
    you: { member: "me", role: "viewer", nickname: null, ...play.you },
    show: { show: "x", slug: "demo", title: "Borse cucite a mano", shop: "Bottega Valnerina", status: "live", scheduled_at_ms: null, started_at_ms: now - 754000, ended_at_ms: null, viewers: 128, peak: 140, total: 311, rules: { slow_ms: 0, review: false, join_age_ms: 0 }, guard: { active: false, slow_ms: 0, join_age_ms: 0 }, ...play.show, stage: { ...stage, ...play.stage } },
    catch_up: { kind: "snapshot", seq: 0, chat: [], questions: [], questions_left_out: 0, polls: [], ...play.catch_up },
    mine: { voted: [], ballots: [], held: [], standing: { forbidden: false }, ...play.mine },
  };

  // A device that translates, after a fashion.
  if (play.translates) {
    localStorage.setItem("quiora.translate_to", play.translates);
    window.LanguageDetector = { create: async () => ({ detect: async (text) => [{ detectedLanguage: /\b(the|is|do|you|for)\b/i.test(text) ? "en" : "it", confidence: 0.9 }] }) };
    window.Translator = { availability: async () => "available", create: async () => ({ translate: async (text) => `[${text.split(" ").reverse().join(" ")}]` }) };
  }

  class Socket extends EventTarget {
    static OPEN = 1;
    readyState = 0;
    constructor() {
      super();
      Socket.last = this;
      if (!play.silent) setTimeout(() => { this.readyState = 1; this.onopen?.({}); }, 10);
    }
    tell(message) { this.onmessage?.({ data: JSON.stringify(message) }); }
    send(text) {
      const message = JSON.parse(text);
      const code = play.refuse?.[message.type];
      if (code) return this.tell({ type: "refused", id: message.id, code, detail: "" });
      if (message.type === "hello") {
        const media = play.media ?? { kind: "answer", peer: "p", sdp: "answer" };
        this.tell({ ...welcome, id: message.id, ...(message.subscribe && { media }) });
        for (const [after_ms, then] of play.then ?? []) setTimeout(() => (then.type === "lost" ? this.close() : this.tell(then)), after_ms);
      } else if (play.order && /^(reserve|order_)/.test(message.type)) {
        const { order, variant, quantity, shipping } = message;
        play.order = { ...play.order, order, ...(variant && { variant, quantity, expires_at_ms: Date.now() + 272000 }), ...(shipping && { status: "placed", number: 17, total_minor: message.total_minor }) };
        this.tell({ type: "order", id: message.id, order: play.order });
      } else if (message.type === "ping") this.tell({ type: "pong", id: message.id, clock_ms: Date.now() });
      else if (play.deaf) return;
      else if (message.type === "people_get") this.tell({ type: "people", id: message.id, people: play.people ?? [], held: [] });
      else if (message.type === "publish" || message.type === "measure") this.tell({ type: "answer", id: message.id, peer: "mine", sdp: "answer" });
      else if (message.type !== "chat_send") this.tell({ type: "done", id: message.id });
      else {
        welcome.catch_up.seq += 1;
        const { message: line, text } = message;
        this.tell({ type: "done", id: message.id, seq: welcome.catch_up.seq });
        this.tell({ type: "event", seq: welcome.catch_up.seq, at_ms: Date.now(), event: { kind: "chat", message: line, member: "me", nickname: welcome.you.nickname ?? "Ada", role: "viewer", text } });
      }
    }
    close() {
      this.readyState = 3;
      play.silent = true;
      this.onclose?.({ reason: "" });
    }
  }
  window.WebSocket = Socket;

  // A workbench by lamplight; enough like a picture to judge what floats upon it.
  const picture = () => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = play.upright ? [720, 1280] : [1280, 720];
    const c = canvas.getContext("2d");
    const { width: w, height: h } = canvas;
    let frame = 0;
    setInterval(() => {
      frame += 1;
      const wall = c.createLinearGradient(0, 0, w, h);
      wall.addColorStop(0, "#d9c3a3"); wall.addColorStop(1, "#a4805a");
      c.fillStyle = wall; c.fillRect(0, 0, w, h);
      const lamp = c.createRadialGradient(w * 0.68, h * 0.2, 10, w * 0.68, h * 0.2, h * 0.7);
      lamp.addColorStop(0, "rgba(255,238,200,.9)"); lamp.addColorStop(1, "rgba(255,238,200,0)");
      c.fillStyle = lamp; c.fillRect(0, 0, w, h);
      c.fillStyle = "#5b3b26"; c.fillRect(0, h * 0.72, w, h * 0.28);
      c.fillStyle = "#744b30"; c.fillRect(0, h * 0.72, w, h * 0.02);
      const s = Math.min(w, h) * 0.34, x = w * 0.5, y = h * 0.74;
      c.strokeStyle = "#5a2412"; c.lineWidth = s * 0.07; c.beginPath(); c.ellipse(x, y - s * 0.95, s * 0.42, s * 0.5, 0, Math.PI, 0); c.stroke();
      c.fillStyle = "#8c3d1f"; c.beginPath(); c.roundRect(x - s * 0.75, y - s, s * 1.5, s * 1.02, s * 0.12); c.fill();
      c.fillStyle = "#a24c28"; c.beginPath(); c.roundRect(x - s * 0.75, y - s, s * 1.5, s * 0.5, s * 0.12); c.fill();
      c.fillStyle = "#e2b866"; c.beginPath(); c.arc(x, y - s * 0.5 + Math.sin(frame / 6) * 3, s * 0.07, 0, 7); c.fill();
      c.setLineDash([s * 0.05, s * 0.04]); c.strokeStyle = "#f0d2a8"; c.lineWidth = s * 0.012; c.strokeRect(x - s * 0.69, y - s * 0.94, s * 1.38, s * 0.38); c.setLineDash([]);
    }, 50);
    return canvas.captureStream(20).getVideoTracks()[0];
  };

  // The seller's own camera and microphone.
  // The browser's recognition is a service of its maker: here it always understands the same.
  window.SpeechRecognition = class {
    start() {
      setTimeout(() => this.onresult?.({ resultIndex: 0, results: [Object.assign([{ transcript: "questa è la pelle che usiamo per le tracolle, conciata con la corteccia di castagno e tinta a mano" }], { isFinal: false })] }), 300);
    }
    abort() {}
  };
  if (play.films) {
    const sound = new AudioContext().createMediaStreamDestination().stream.getAudioTracks()[0];
    navigator.mediaDevices.getUserMedia = async ({ video, audio }) => new MediaStream([...(video ? [picture()] : []), ...(audio ? [sound] : [])]);
  }

  window.RTCPeerConnection = class {
    connectionState = "new";
    signalingState = "stable";
    #receivers = [];
    #senders = [];
    #packets = 0;
    addTransceiver(kind) {
      const track = kind === "video" ? picture() : new MediaStreamTrackGenerator({ kind: "audio" });
      this.#receivers.push({ track });
      const sender = { track: null, replaceTrack: async () => undefined, getParameters: () => ({ encodings: [] }), setParameters: async () => undefined };
      this.#senders.push(sender);
      return { receiver: { track }, sender };
    }
    getReceivers() { return this.#receivers; }
    getSenders() { return this.#senders; }
    async setLocalDescription() { this.signalingState = "have-local-offer"; this.localDescription = { sdp: "offer" }; }
    async setRemoteDescription() {
      this.signalingState = "stable";
      if (play.dark) return;
      for (const { track } of this.#receivers) if (track.kind === "video") this.ontrack?.({ track });
      this.connectionState = "connected";
      this.onconnectionstatechange?.();
    }
    async getStats() { this.#packets += play.stalled ? 0 : 30; return new Map([["v", { type: "inbound-rtp", kind: "video", packetsReceived: this.#packets }]]); }
    close() { this.connectionState = "closed"; }
  };
})();
