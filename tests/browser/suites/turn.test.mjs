// A viewer whose network lets nothing through but a TURN server: Debian's coturn, with the credentials that the page brings.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { scene } from "../harness/scene.mjs";
import { until } from "../harness/wait.mjs";

const TURNSERVER = "/usr/bin/turnserver";
const SECRET = "a secret that two programs share";
const PORT = 41_000 + (process.pid % 2_000);

/** coturn on loopback, good for this scene alone. */
async function turnServer() {
  const folder = mkdtempSync(join(tmpdir(), "quiora-turn-"));
  const settings = [
    `listening-port=${PORT}`, "listening-ip=127.0.0.1", "relay-ip=127.0.0.1", "allow-loopback-peers", "fingerprint",
    "use-auth-secret", `static-auth-secret=${SECRET}`, "realm=quiora.test", "no-cli", "no-tls", "no-dtls", "min-port=45000", "max-port=45999",
    `pidfile=${join(folder, "pid")}`, `userdb=${join(folder, "db")}`, "log-file=stdout", "simple-log",
  ];
  writeFileSync(join(folder, "turn.conf"), settings.join("\n"));
  const child = spawn(TURNSERVER, ["-c", join(folder, "turn.conf")], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said += text));
  await until("coturn listens", 10_000, () => said.includes("Relay address to use") || said.includes("UDP listener opened"));
  return {
    said: () => said,
    stop: () => {
      child.kill("SIGTERM");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

if (!existsSync(TURNSERVER)) test("a viewer behind TURN", { skip: "coturn is not installed" }, () => {});
else {
  process.env.QUIORA_TURN_URLS = `turn:127.0.0.1:${PORT}?transport=udp`;
  process.env.QUIORA_TURN_SECRET = SECRET;
  scene("a viewer behind TURN", "demo", async ({ server, invite }) => {
    const turn = await turnServer();
    try {
      const { page } = await invite();
      // The page itself, but for one wish: nothing but relayed candidates.
      await page.addInitScript(() => {
        const Real = window.RTCPeerConnection;
        window.RTCPeerConnection = class extends Real {
          constructor(configuration) {
            super({ ...configuration, iceTransportPolicy: "relay" });
            window.peer = this;
          }
        };
      });
      await page.goto(await server.link("/s/"));
      const relayed = await until("pictures come through the relay", 20_000, () =>
        page.evaluate(async () => {
          const stats = [...(await window.peer.getStats()).values()];
          const pair = stats.find((s) => s.type === "candidate-pair" && s.nominated && s.state === "succeeded");
          const local = stats.find((s) => s.id === pair?.localCandidateId);
          const video = stats.find((s) => s.type === "inbound-rtp" && s.kind === "video");
          return video?.framesDecoded > 30 ? local.candidateType : null;
        }),
      );
      assert.equal(relayed, "relay");
      assert.match(turn.said(), /quiora/, "by the name that the server made");
    } finally {
      turn.stop();
    }
  });
}
