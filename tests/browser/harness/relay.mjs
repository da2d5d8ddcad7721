// A bad network between a viewer and the server: a relay that loses and delays datagrams, both ways. In user space, so
// that it needs neither root nor a kernel with netem. Its randomness comes from a seed.
import dgram from "node:dgram";

const HOST = "127.0.0.1";

/** Uniform in [0, 1): mulberry32. */
function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export class Relay {
  /** Datagrams that went in, and those that did not come out. */
  passed = 0;
  dropped = 0;
  #front = dgram.createSocket("udp4");
  #backs = new Map();
  #draw;
  #open = true;

  /** `loss` from 0 to 1; `delay_ms` is each way, so the round trip takes twice as long. */
  static async start(server_port, { loss, delay_ms, seed }) {
    const relay = new Relay();
    relay.#draw = random(seed);
    const carry = (send) => {
      relay.passed += 1;
      if (relay.#draw() < loss) relay.dropped += 1;
      else setTimeout(() => relay.#open && send(), delay_ms);
    };
    relay.#front.on("message", (datagram, client) => {
      const back = relay.#backs.get(`${client.address} ${client.port}`) ?? relay.#back(client, carry);
      carry(() => back.send(datagram, server_port, HOST));
    });
    await new Promise((done) => relay.#front.bind(0, HOST, done));
    return relay;
  }

  get port() {
    return this.#front.address().port;
  }

  /** What a client's datagrams come out of: the server tells clients apart by their addresses. */
  #back({ address, port }, carry) {
    const back = dgram.createSocket("udp4");
    back.on("message", (datagram) => carry(() => this.#front.send(datagram, port, address)));
    this.#backs.set(`${address} ${port}`, back);
    return back;
  }

  /** What is under way is lost. */
  stop() {
    this.#open = false;
    for (const socket of [this.#front, ...this.#backs.values()]) socket.close();
    this.#backs.clear();
  }
}
