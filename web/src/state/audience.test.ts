import { beforeEach, describe, expect, it, vi } from "vitest";
import { RequestError, type Heard, type Request } from "../lib/connection";
import { LIMITS, MINE, SHOW, snapshot } from "../lib/fakes";
import { Audience } from "./audience";
import { Crowd } from "./crowd.svelte";
import { ShowStore } from "./show.svelte";
import { Talk } from "./talk";
import { Unsent } from "./unsent";

let asked: Request[];
let answers: ((error?: RequestError) => void)[];
let crowd: Crowd;
let audience: Audience;
const unsent = new Unsent("demo");
const reply = vi.fn();

const welcome = (): Heard => ({
  type: "welcome", id: 1, version: 1, session: "x", token: "t", clock_ms: 0, limits: LIMITS, show: SHOW, mine: MINE, you: { member: "me", role: "viewer", nickname: "Me" },
  catch_up: {
    ...snapshot(5), questions: [{ question: "q", seq: 1, member: "o", nickname: "O", text: "?", asked_at_ms: 0, status: "open", votes: 2 }], questions_left_out: 0,
    polls: [{ poll: "p", seq: 2, text: "?", choices: [{ text: "a" }, { text: "b" }], multiple: false, results: "live", quiz: false, opened_at_ms: 0, pinned: false, voters: 0 }],
  } as Extract<Heard, { type: "welcome" }>["catch_up"],
});
function make(): void {
  const request = (what: Request): Promise<unknown> => {
    asked.push(what);
    return new Promise((resolve, reject) => answers.push((error) => (error ? reject(error) : resolve(reply() ?? { type: "done", id: 1, seq: 9 }))));
  };
  const connection = { request, serverNow: () => 0 } as unknown as ConstructorParameters<typeof Audience>[0];
  const show = new ShowStore({ slug: "demo", title: "", shop: "", status: "live", scheduled_at_ms: null });
  crowd = new Crowd((publish) => publish());
  audience = new Audience(connection, crowd, new Talk(connection, show, crowd, unsent), unsent);
  for (const heard of [welcome()]) {
    show.apply(heard, 0);
    crowd.apply(heard, 0);
    audience.hear(heard);
  }
}
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
const answer = async (error?: RequestError): Promise<void> => {
  answers.shift()?.(error);
  await settle();
};

beforeEach(() => {
  sessionStorage.clear();
  localStorage.clear();
  reply.mockReset();
  asked = [];
  answers = [];
  make();
});

describe("a question", () => {
  it("keeps its id until it is answered, also over a reload", async () => {
    const done = audience.ask("Why?", "bag");
    await settle();
    const [first] = asked;
    expect(first).toMatchObject({ type: "question_ask", text: "Why?", product: "bag" });
    expect(crowd.asking).toMatchObject([{ text: "Why?", code: null }]);
    make();
    await settle();
    expect(asked[1]).toEqual(first);
    await answer();
    await answer();
    expect(await done).toBeNull();
    expect(unsent.all()).toEqual([]);
    expect(crowd.asking).toEqual([]);
  });
  it("that is refused says why, and is not asked again by itself", async () => {
    const done = audience.ask("Why?", null);
    await settle();
    await answer(new RequestError("asking_forbidden"));
    expect(await done).toBe("asking_forbidden");
    expect(crowd.asking).toMatchObject([{ code: "asking_forbidden" }]);
    expect(unsent.all()).toEqual([]);
    audience.unask(crowd.asking[0]?.question ?? "");
    expect(crowd.asking).toEqual([]);
  });
  it("that was never answered is kept", async () => {
    void audience.ask("Why?", null);
    await settle();
    await answer(new RequestError("timeout"));
    expect(unsent.all()).toHaveLength(1);
  });
});

describe("a vote", () => {
  it("shows at once and is put back if it is refused", async () => {
    const done = audience.vote("q", true);
    expect(crowd.questions.open[0]).toMatchObject({ votes: 3, voted: true });
    await answer(new RequestError("question_closed"));
    expect(await done).toBe("question_closed");
    expect(crowd.questions.open[0]).toMatchObject({ votes: 2, voted: false });
  });
  it("pressed to and fro ends as the last press, one request at a time", async () => {
    void audience.vote("q", true);
    void audience.vote("q", false);
    void audience.vote("q", true);
    void audience.vote("q", false);
    expect(asked).toHaveLength(1);
    await answer();
    expect(asked.map(({ type }) => type)).toEqual(["question_vote", "question_unvote"]);
    await answer();
    expect(asked).toHaveLength(2);
    expect(crowd.questions.open[0]).toMatchObject({ voted: false });
  });
});

it("a ballot can be changed, and is put back if it is refused", async () => {
  const poll = crowd.poll;
  if (!poll) throw new Error("no poll");
  void audience.choose(poll, 0);
  expect(crowd.ballot).toEqual([0]);
  await answer();
  const done = audience.choose(poll, 1);
  expect(crowd.ballot).toEqual([1]);
  await answer(new RequestError("poll_closed"));
  expect(await done).toBe("poll_closed");
  expect(crowd.ballot).toEqual([0]);
  expect(asked).toMatchObject([{ type: "poll_vote", choices: [0] }, { choices: [1] }]);
});

it("hearts go out gathered, at the server's pace", async () => {
  vi.useFakeTimers();
  audience.react("heart");
  for (let n = 0; n < 5; n++) audience.react("heart");
  expect(asked).toMatchObject([{ type: "react", reaction: "heart", count: 1 }]);
  await vi.advanceTimersByTimeAsync(499);
  expect(asked).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(2);
  expect(asked).toMatchObject([{}, { reaction: "heart", count: 5 }]);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(asked).toHaveLength(2);
  vi.useRealTimers();
});

it("asks for the lines that were left out, and puts them in", async () => {
  reply.mockReturnValue({ type: "missed", id: 1, chat: [{ seq: 3, at_ms: 0, event: { kind: "chat", message: "m", member: "o", nickname: "O", role: "viewer", text: "late" } }] });
  audience.hear({ type: "gap", from_seq: 2, to_seq: 4 });
  expect(asked).toMatchObject([{ type: "missed_get", from_seq: 2, to_seq: 4 }]);
  await answer();
  expect(crowd.lines).toMatchObject([{ text: "late", seq: 3 }]);
});
