import { beforeEach, expect, it, vi } from "vitest";
import { RequestError, type Heard, type Request } from "../lib/connection";
import type { Logged, ServerMessage } from "../protocol";
import { Gaps } from "./gaps";

let asked: Request[];
let answers: (ServerMessage | RequestError)[];
let filled: number[];
let gaps: Gaps;

const line = (seq: number): Logged => ({ seq, at_ms: 0, event: { kind: "chat", message: `m${seq}`, member: "o", nickname: "O", role: "viewer", text: "x" } });
const missed = (seqs: number[], rest_from_seq?: number): ServerMessage => ({ type: "missed", id: 1, chat: seqs.map(line), ...(rest_from_seq !== undefined && { rest_from_seq }) });
const gap = (from_seq: number, to_seq: number): Heard => ({ type: "gap", from_seq, to_seq });
const welcome = (kind: "delta" | "snapshot"): Heard => ({ type: "welcome", catch_up: { kind } }) as Heard;

beforeEach(() => {
  vi.useFakeTimers();
  [asked, answers, filled] = [[], [], []];
  const ask = (request: Request): Promise<ServerMessage> => {
    asked.push(request);
    const answer = answers.shift() ?? new RequestError("disconnected");
    return answer instanceof RequestError ? Promise.reject(answer) : Promise.resolve(answer);
  };
  gaps = new Gaps(ask, (chat) => filled.push(...chat.map(({ seq }) => seq)));
  return () => vi.useRealTimers();
});
const while_ms = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

it("is asked for and filled, once", async () => {
  answers = [missed([2, 3])];
  gaps.hear(gap(2, 3));
  await while_ms(60_000);
  expect(filled).toEqual([2, 3]);
  expect(asked).toHaveLength(1);
});
it("outlives the socket: who comes back with a delta asks again", async () => {
  gaps.hear(gap(2, 3));
  await while_ms(60_000);
  expect([asked.length, filled]).toEqual([1, []]);
  answers = [missed([2, 3])];
  gaps.hear(welcome("delta"));
  await while_ms(0);
  expect(filled).toEqual([2, 3]);
});
it("is void with a snapshot", async () => {
  gaps.hear(gap(2, 3));
  await while_ms(0);
  gaps.hear(welcome("snapshot"));
  gaps.hear(welcome("delta"));
  await while_ms(60_000);
  expect(asked).toHaveLength(1);
});
it("is asked for again when the answer is lost or too soon, and from where an answer ended", async () => {
  answers = [new RequestError("timeout"), new RequestError("rate_limited"), missed([2, 3], 7), missed([7, 9])];
  gaps.hear(gap(2, 9));
  await while_ms(60_000);
  expect(filled).toEqual([2, 3, 7, 9]);
  expect(asked).toMatchObject([{ from_seq: 2 }, { from_seq: 2 }, { from_seq: 2 }, { from_seq: 7, to_seq: 9 }]);
});
it("waits for the one before", async () => {
  answers = [missed([2]), missed([5])];
  gaps.hear(gap(2, 2));
  gaps.hear(gap(5, 5));
  await while_ms(0);
  expect(asked).toHaveLength(1);
  await while_ms(3_000);
  expect(filled).toEqual([2, 5]);
});
