import { beforeEach, expect, it, vi } from "vitest";
import { RequestError, type Connection, type Request } from "../lib/connection";
import { kept } from "../lib/storage";
import { ShowStore } from "./show.svelte";
import { Talk } from "./talk";

let asked: Request[];
let refuse: Partial<Record<Request["type"], RequestError>>;
let show: ShowStore;
let talk: Talk;

beforeEach(() => {
  localStorage.clear();
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
  talk = new Talk({ request } as unknown as Connection, show);
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
  await talk.send("hello");
  expect(asked.map(({ type }) => type)).toEqual(["rename", "chat_send"]);
});

it("a failed line keeps its id when it is sent again", async () => {
  await talk.rename("Ada");
  refuse.chat_send = new RequestError("rate_limited");
  await talk.send("hello");
  const [line] = show.lines;
  expect(line).toMatchObject({ delivery: "failed", code: "rate_limited" });
  refuse = {};
  await talk.again(line?.message ?? "", "hello", "rate_limited");
  const ids = asked.flatMap((what) => (what.type === "chat_send" ? [what.message] : []));
  expect(new Set(ids).size).toBe(1);
});

it("takes another id when the first belongs to another line", async () => {
  await talk.rename("Ada");
  refuse.chat_send = new RequestError("message_id_reused");
  await talk.send("hello");
  const first = show.lines[0]?.message ?? "";
  refuse = {};
  await talk.again(first, "hello", "message_id_reused");
  expect(show.lines).toHaveLength(1);
  expect(show.lines[0]?.message).not.toBe(first);
});

it("forgets a remembered name that is refused", async () => {
  kept.set("nickname", "The seller");
  refuse.rename = new RequestError("nickname_taken");
  await talk.send("hello");
  expect(show.lines).toMatchObject([{ delivery: "failed", code: "nickname_taken" }]);
  expect(talk.nameless).toBe(true);
});
