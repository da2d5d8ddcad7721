// Every message of the server, as its golden files have it, through the connection's and the pages' own hands: nothing
// that it may say is unknown to them.
import { expect, it } from "vitest";
import type { Heard } from "../lib/connection";
import type { ServerMessage } from "../protocol";
import { Crowd } from "./crowd.svelte";
import { ShowStore } from "./show.svelte";

const files = import.meta.glob<ServerMessage>("../../../signaling/tests/golden/server_*.json", { eager: true, import: "default" });
const golden = Object.entries(files).map(([path, message]) => [path.split("/").pop() ?? "", message] as const);
const NOT_HEARD: ReadonlySet<ServerMessage["type"]> = new Set(["done", "pong", "answer", "order", "people", "missed", "refused", "bye"]);

it.each(golden.filter(([, { type }]) => !NOT_HEARD.has(type)))("%s", (_, message) => {
  const show = new ShowStore({ slug: "demo", title: "", shop: "", status: "live", scheduled_at_ms: null });
  const crowd = new Crowd((publish) => publish());
  show.apply(message as Heard, 0);
  crowd.apply(message as Heard, 0);
  if (message.type === "welcome") expect(crowd).toMatchObject({ joined: true, role: message.you.role });
  if (message.type === "event" && message.event.kind === "question") expect(JSON.stringify(crowd.questions)).toContain(message.event.question.question);
  if (message.type === "event" && message.event.kind === "poll") expect(crowd.polls).toMatchObject([{ poll: message.event.poll.poll }]);
  if (message.type === "event" && message.event.kind === "chat") expect(crowd.lines).toMatchObject([{ text: message.event.text }]);
});

it("there are golden files", () => expect(golden.length).toBeGreaterThan(30));
