import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { STAGE } from "../lib/fakes";
import { arriving, StreamKey } from "./stream_key.svelte";

const PATH = "/api/shows/demo/stream-key";
const URL = "https://shop.example/api/shows/demo/whip";
let asked: string[];
let answer: () => Response | Promise<Response>;
let key: StreamKey;
const json = (status: number, body: unknown): Response => new Response(JSON.stringify(body), { status });

beforeEach(() => {
  asked = [];
  answer = () => json(200, { key: `k${asked.length}`, url: URL });
  vi.stubGlobal("fetch", vi.fn(async (path: string, { method }: RequestInit) => {
    asked.push(`${method} ${path}`);
    return answer();
  }));
  key = new StreamKey("demo");
});
afterEach(() => vi.unstubAllGlobals());

describe("the stream key", () => {
  it("is asked for when it is opened, not before, and comes hidden", async () => {
    expect(asked).toEqual([]);
    await key.open();
    expect(asked).toEqual([`GET ${PATH}`]);
    expect(key).toMatchObject({ key: "k1", url: URL, shown: false, busy: false, trouble: null });
  });
  it("is forgotten when it is closed, also while it is on its way", async () => {
    await key.open();
    key.shown = true;
    key.close();
    expect(key).toMatchObject({ key: null, url: "", shown: false });
    const late = key.open();
    key.close();
    await late;
    expect(key).toMatchObject({ key: null, busy: false });
  });
  it("of an earlier opening does not stand in for that of a later one", async () => {
    let release = (): void => undefined;
    answer = () => new Promise((done) => (release = () => done(json(200, { key: "early", url: URL }))));
    const early = key.open();
    key.close();
    answer = () => json(200, { key: "later", url: URL });
    await key.open();
    release();
    await early;
    expect(key.key).toBe("later");
  });
  it("is replaced once for an impatient hand", async () => {
    await key.open();
    const [first, second] = await Promise.all([key.renew(), key.renew()]);
    expect([first, second]).toEqual([true, false]);
    expect(asked).toEqual([`GET ${PATH}`, `POST ${PATH}`]);
    expect(key).toMatchObject({ key: "k2", renewed: 1 });
  });
  it("stays the old one when the server does not replace it, and says why", async () => {
    await key.open();
    answer = () => json(401, { code: "not_logged_in" });
    expect(await key.renew()).toBe(false);
    expect(key).toMatchObject({ key: "k1", renewed: 0, trouble: "not_logged_in", busy: false });
    answer = () => Promise.reject(new TypeError("network"));
    expect(await key.renew()).toBe(false);
    expect(key.trouble).toBe("offline");
  });
});

describe("what arrives", () => {
  it("is told by the stage", () => {
    expect(arriving(true, false, { ...STAGE, on_air: "off" })).toBe("waiting");
    expect(arriving(true, false, STAGE)).toBe("pictures");
    expect(arriving(true, false, { ...STAGE, video: false })).toBe("sound");
    expect(arriving(true, false, { ...STAGE, on_air: "reconnecting" })).toBe("interrupted");
  });
  it("is not the page's own picture", () => expect(arriving(true, true, STAGE)).toBe("here"));
  it("is unknown without a connection", () => expect(arriving(false, false, STAGE)).toBe("unlinked"));
});
