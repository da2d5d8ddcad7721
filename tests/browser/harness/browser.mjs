// Chromium with a fake camera and microphone. Each person is a browser process of their own, so that one can be frozen
// as a lost network freezes them: no packet leaves, no socket closes.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { chromium } from "playwright-core";
import { goThrough, watchPeers, withoutH264 } from "./media.mjs";
import { recognises, recognisesNothing } from "./speech.mjs";

const EXECUTABLE = process.env.CHROMIUM ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
];
export const PHONE = { width: 390, height: 844 };
export const LAPTOP = { width: 1440, height: 900 };

export class Person {
  #server;
  #browser;
  #frozen = [];

  /**
   * `codec: "vp8"` takes H.264 away from what this browser can send; `udp: false` has it behind a wall that lets only TCP
   * through; `relay` is the port that its media goes through instead of the server's own; `speech` whether it recognises any;
   * `touch` makes it a device that is touched.
   */
  static async come({ codec, udp = true, relay, speech = false, touch = false, viewport = LAPTOP, locale = "en-GB" } = {}) {
    if (!EXECUTABLE) throw new Error("no Chromium: apt-get install chromium, or set CHROMIUM");
    const person = new Person();
    const args = udp ? FLAGS : [...FLAGS, "--webrtc-ip-handling-policy=disable_non_proxied_udp"];
    person.#server = await chromium.launchServer({ executablePath: EXECUTABLE, headless: true, args, ignoreDefaultArgs: ["--mute-audio"] });
    person.#browser = await chromium.connect(person.#server.wsEndpoint());
    person.context = await person.#browser.newContext({ viewport, locale, hasTouch: touch, permissions: ["camera", "microphone"] });
    await person.context.addInitScript(watchPeers);
    await person.context.addInitScript(speech ? recognises : recognisesNothing);
    if (relay !== undefined) await person.context.addInitScript(goThrough, relay);
    if (codec === "vp8") await person.context.addInitScript(withoutH264);
    person.page = await person.context.newPage();
    person.errors = [];
    person.page.on("pageerror", (error) => person.errors.push(String(error)));
    return person;
  }

  /** Stops every process of this browser where it stands. */
  freeze() {
    this.#frozen = family(this.#server.process().pid);
    for (const pid of this.#frozen) signal(pid, "SIGSTOP");
  }

  thaw() {
    for (const pid of this.#frozen) signal(pid, "SIGCONT");
    this.#frozen = [];
  }

  async leave() {
    this.thaw();
    await this.#browser.close().catch(() => undefined);
    await this.#server.close();
  }
}

function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended meanwhile.
  }
}

/** A process and all that it started, by the kernel's own list. */
function family(pid) {
  const parents = new Map();
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      // The name in parentheses may hold spaces; the parent is the second field behind it.
      const parent = Number(readFileSync(`/proc/${entry}/stat`, "utf8").split(") ").pop().split(" ")[1]);
      parents.set(Number(entry), parent);
    } catch {
      // It has ended meanwhile.
    }
  }
  const found = [pid];
  for (const member of found) for (const [child, parent] of parents) if (parent === member) found.push(child);
  return found;
}
