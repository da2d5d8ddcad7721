import { beforeEach, expect, it, vi } from "vitest";
import { RequestError, type Connection, type Request } from "../lib/connection";
import { kept } from "../lib/storage";
import { Crowd } from "./crowd.svelte";
import { ShowStore } from "./show.svelte";
import { Talk } from "./talk";
import { Unsent } from "./unsent";

let asked: Request[];
let refuse: Partial<Record<Request["type"], RequestError>>;
let show: ShowStore;
let crowd: Crowd;
let talk: Talk;
const unsent = new Unsent("demo");

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
  asked = [];
  refuse = {};
  const request = vi.fn(async (what: Request) => {
    asked.push(what);
    const error = refuse[what.type];
    if (error) throw error;
    return { type: "done", id: 1, seq: 7 };
  });
  show = new ShowStore({ slug: "demo", title: "", shop: "", status: "live", scheduled_at_ms: null });
  show.you = { member: "me", role: "viewer", nickname: null };
  crowd = new Crowd((publish) => publish());
  talk = new Talk({ request, serverNow: () => 1_000 } as unknown as Connection, show, crowd, unsent);
});

it("asks for a name once and keeps it", async () => {
  expect(talk.nameless).toBe(true);
  await talk.rename("Ada");
  expect(talk.nameless).toBe(false);
  expect(kept.get("nickname")).toBe("Ada");
  expect(show.you?.nickname).toBe("Ada");
});

it("gives a remembered name again before the first line", async () => {
  kept.set("nickname", "Ada");
  await talk.send({ text: "hello" });
  expect(asked.map(({ type }) => type)).toEqual(["rename", "chat_send"]);
});

it("a failed line keeps its id when it is sent again", async () => {
  await talk.rename("Ada");
  refuse.chat_send = new RequestError("rate_limited");
  await talk.send({ text: "hello" });
  const [line] = crowd.lines;
  expect(line).toMatchObject({ delivery: "failed", code: "rate_limited" });
  refuse = {};
  await talk.again(line?.message ?? "", { text: "hello" }, "rate_limited");
  const ids = asked.flatMap((what) => (what.type === "chat_send" ? [what.message] : []));
  expect(new Set(ids).size).toBe(1);
});

it("takes another id when the first belongs to another line", async () => {
  await talk.rename("Ada");
  refuse.chat_send = new RequestError("message_id_reused");
  await talk.send({ text: "hello" });
  const first = crowd.lines[0]?.message ?? "";
  refuse = {};
  await talk.again(first, { text: "hello" }, "message_id_reused");
  expect(crowd.lines).toHaveLength(1);
  expect(crowd.lines[0]?.message).not.toBe(first);
});

it("forgets a remembered name that is refused", async () => {
  kept.set("nickname", "The seller");
  refuse.rename = new RequestError("nickname_taken");
  await talk.send({ text: "hello" });
  expect(crowd.lines).toMatchObject([{ delivery: "failed", code: "nickname_taken" }]);
  expect(talk.nameless).toBe(true);
});

it("carries what a line answers and whom it means", async () => {
  await talk.rename("Ada");
  await talk.send({ text: "@Kenji yes", reply_to: { message: "q", member: "k", nickname: "Kenji" }, mentions: [{ member: "k", nickname: "Kenji" }] });
  expect(asked.at(-1)).toMatchObject({ type: "chat_send", text: "@Kenji yes", reply_to: "q", mentions: ["k"] });
});

it("keeps in the tab what was not answered, and nothing else", async () => {
  await talk.rename("Ada");
  refuse.chat_send = new RequestError("disconnected");
  await talk.send({ text: "in a tunnel" });
  expect(unsent.all()).toMatchObject([{ kind: "line", id: crowd.lines[0]?.message, said: { text: "in a tunnel" } }]);
  refuse.chat_send = new RequestError("text_filtered");
  await talk.send({ text: "a bad word" });
  expect(unsent.all()).toHaveLength(1);
  talk.withdraw(crowd.lines[0]?.message ?? "");
  expect(unsent.all()).toEqual([]);
  expect(sessionStorage.length).toBe(0);
});

it("waits as long as the server asked", async () => {
  await talk.rename("Ada");
  refuse.chat_send = new RequestError("slow_mode", "", 4_000);
  await talk.send({ text: "again" });
  expect(crowd.permit(1_001)).toEqual({ may: false, why: "slow", until_ms: 5_000 });
  expect(crowd.permit(5_001)).toEqual({ may: true });
});
