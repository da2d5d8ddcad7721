import { afterEach, describe, expect, it, vi } from "vitest";
import { Rehearsing } from "./rehearsal.svelte";

const view = (slug: string) => ({ path: "/rehearsal/0a1b", slug, ends_at_ms: 1 });
const answer = (status: number, body: unknown): Response => new Response(JSON.stringify(body), { status });

/** A server that answers in this order; what it was asked. */
function server(...answers: Response[]): string[] {
  const asked: string[] = [];
  vi.stubGlobal("fetch", (path: string, init: RequestInit) => {
    asked.push(`${init.method} ${path} ${(init.body as string | undefined) ?? ""}`.trim());
    return Promise.resolve(answers.shift() ?? answer(500, {}));
  });
  return asked;
}

afterEach(() => vi.unstubAllGlobals());

describe("rehearsing", () => {
  it("begins and goes there", async () => {
    const asked = server(answer(201, view("bags")));
    const gone: string[] = [];
    await new Rehearsing("bags", (path) => gone.push(path)).begin("it");
    expect(asked).toEqual(['POST /api/shows/bags/rehearsal {"language":"it"}']);
    expect(gone).toEqual(["/rehearsal/0a1b/studio/bags"]);
  });

  it("goes back to the one of this show that is on", async () => {
    server(answer(409, { code: "rehearsal_running" }), answer(200, view("bags")));
    const gone: string[] = [];
    await new Rehearsing("bags", (path) => gone.push(path)).begin("it");
    expect(gone).toEqual(["/rehearsal/0a1b/studio/bags"]);
  });

  it("says when one of another show is in the way, and does not go there by itself", async () => {
    server(answer(409, { code: "rehearsal_running" }), answer(200, view("shoes")));
    const gone: string[] = [];
    const rehearsing = new Rehearsing("bags", (path) => gone.push(path));
    await rehearsing.begin("it");
    expect(gone).toEqual([]);
    expect([rehearsing.other?.slug, rehearsing.trouble, rehearsing.busy]).toEqual(["shoes", null, false]);
  });

  it("can be tried again when it did not work", async () => {
    server(answer(503, { code: "not_ready" }), answer(201, view("bags")));
    const gone: string[] = [];
    const rehearsing = new Rehearsing("bags", (path) => gone.push(path));
    await rehearsing.begin("it");
    expect([rehearsing.trouble, rehearsing.busy]).toEqual(["not_ready", false]);
    await rehearsing.begin("it");
    expect([rehearsing.trouble, gone.length]).toEqual([null, 1]);
  });
});
