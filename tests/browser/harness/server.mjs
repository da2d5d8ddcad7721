// A real Quiora: the built binary on free ports and a data folder of its own. Ends by process id, never by name.
import { spawn } from "node:child_process";
import dgram from "node:dgram";
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { until } from "./wait.mjs";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
export const ARTEFACTS = fileURLToPath(new URL("../artefacts/", import.meta.url));
mkdirSync(ARTEFACTS, { recursive: true });

const BINARY = process.env.QUIORA_BIN ?? join(process.env.CARGO_TARGET_DIR ?? join(ROOT, "target"), "debug", "quiora");
/** A cold start creates a database and, in the demo, puts the robot on air. */
const READY_MS = 20_000;

const tcpPort = () =>
  new Promise((done, fail) => {
    const probe = net.createServer().once("error", fail);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });

const udpPort = () =>
  new Promise((done, fail) => {
    const probe = dgram.createSocket("udp4").once("error", fail);
    probe.bind(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });

export class Server {
  #child = null;
  #said = "";
  #log;

  /** `command` is `serve` or `demo`; `name` names the log among the artefacts; `env` is what else it is told. */
  static async start(command, name, env = {}) {
    if (!existsSync(BINARY)) throw new Error(`no server at ${BINARY}: cargo build first, or set QUIORA_BIN`);
    const server = new Server();
    server.command = command;
    server.env = env;
    server.port = await tcpPort();
    server.mediaPort = await udpPort();
    server.data = mkdtempSync(join(tmpdir(), "quiora-browser-"));
    server.base = `http://localhost:${server.port}`;
    server.#log = createWriteStream(join(ARTEFACTS, `${name}.log`));
    await server.up();
    return server;
  }

  /** Starts the process; after `kill` again, on the same data and ports. Resolves when it says that it is ready. */
  async up() {
    this.#said = "";
    const args = [this.command, "--listen", `127.0.0.1:${this.port}`, "--media-port", `${this.mediaPort}`, "--data-dir", this.data, "--workers", "2"];
    const child = spawn(BINARY, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...this.env } });
    this.#child = child;
    child.stdout.on("data", (text) => (this.#said += text));
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => this.#log.write(text));
    let ended = null;
    child.once("exit", (code, signal) => (ended = code ?? signal));
    await until("the server is ready", READY_MS, async () => {
      if (ended !== null) throw new Error(`the server ended with ${ended}: ${this.#said}`);
      return (await fetch(`${this.base}/readyz`).catch(() => null))?.ok;
    });
  }

  /** The first link of what the server printed that contains `part`. */
  async link(part) {
    return await until(`the server prints a link with ${part}`, READY_MS, () =>
      this.#said.match(/https?:\/\/\S+/g)?.find((link) => link.includes(part)),
    );
  }

  /** Ends it as a power cut would. */
  async kill() {
    await this.#end("SIGKILL");
  }

  /** Ends it as Ctrl-C would; true when it went in time and cleanly. */
  async stop() {
    const clean = (await this.#end("SIGINT")) === 0;
    this.#log.end();
    rmSync(this.data, { recursive: true, force: true });
    return clean;
  }

  async #end(signal) {
    const child = this.#child;
    this.#child = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode;
    const gone = new Promise((done) => child.once("exit", (code) => done(code)));
    child.kill(signal);
    const late = setTimeout(() => child.kill("SIGKILL"), 8_000);
    const code = await gone;
    clearTimeout(late);
    return code;
  }
}
