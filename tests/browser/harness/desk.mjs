// The host at a second device, which speaks the protocol by itself: what a cockpit does, without its buttons.
import { until } from "./wait.mjs";

export class Desk {
  #page;
  #next = 1;

  /** Joins the show whose seller is logged in on `page`, in the page's world and in a socket of its own. */
  static async sit(page, slug) {
    const desk = new Desk();
    desk.#page = page;
    await page.evaluate(async (slug) => {
      const world = /^\/rehearsal\/[^/]+/.exec(location.pathname)?.[0] ?? "";
      const { token } = await (await fetch(`${world}/api/shows/${slug}/join`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ as: "host" }) })).json();
      const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}${world}/ws`);
      window.__desk = { socket, heard: [] };
      socket.onmessage = ({ data }) => window.__desk.heard.push(JSON.parse(data));
      await new Promise((done, fail) => Object.assign(socket, { onopen: done, onclose: fail }));
      socket.send(JSON.stringify({ type: "hello", id: 0, version: 1, token }));
      // Who says nothing for a while is taken for gone.
      setInterval(() => socket.send(JSON.stringify({ type: "ping", id: 0 })), 5_000);
    }, slug);
    await until("the host's desk is welcome", 5_000, () => desk.heard("welcome"));
    return desk;
  }

  /** The newest message of that type that was heard. */
  heard(type) {
    return this.#page.evaluate((type) => window.__desk.heard.findLast((message) => message.type === type), type);
  }

  /** The newest event of that kind. */
  event(kind) {
    return this.#page.evaluate((kind) => window.__desk.heard.findLast((message) => message.event?.kind === kind)?.event, kind);
  }

  /** Asks, and resolves to the reply; a refusal throws. */
  async ask(type, fields = {}) {
    const id = this.#next++;
    await this.#page.evaluate((message) => window.__desk.socket.send(JSON.stringify(message)), { type, id, ...fields });
    const reply = await until(`an answer to ${type}`, 5_000, () => this.#page.evaluate((id) => window.__desk.heard.find((message) => message.id === id), id));
    if (reply.type === "refused") throw new Error(`${type} was refused: ${reply.code} ${reply.detail}`);
    return reply;
  }
}
