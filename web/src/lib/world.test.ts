import { afterEach, describe, expect, it, vi } from "vitest";
import { isOver, placed, within, worldOf } from "./world";

afterEach(() => vi.unstubAllGlobals());

describe("world", () => {
  it("is known by the address", () => {
    expect(worldOf("/rehearsal/0a1b/studio/bags")).toBe("/rehearsal/0a1b");
    expect(worldOf("/rehearsal/0a1b/")).toBe("/rehearsal/0a1b");
    expect(worldOf("/rehearsal/0a1b")).toBe("");
    expect(worldOf("/studio/rehearsal")).toBe("");
    expect(worldOf("/s/rehearsal/x")).toBe("");
  });

  it("keeps addresses within", () => {
    const world = "/rehearsal/0a1b";
    expect(within("/api/shows", world)).toBe("/rehearsal/0a1b/api/shows");
    expect(placed("/rehearsal/0a1b/studio/bags", world)).toBe("/studio/bags");
    expect(placed(within("/studio", world), world)).toBe("/studio");
    expect(placed("/rehearsal/0a1bc/studio", world)).toBe("/rehearsal/0a1bc/studio");
    expect([within("/studio", ""), placed("/studio", "")]).toEqual(["/studio", "/studio"]);
  });

  it("is over when the server does not know it, not when the server is not heard", async () => {
    for (const [status, over] of [[404, true], [200, false], [503, false]] as const) {
      vi.stubGlobal("fetch", () => Promise.resolve(new Response("", { status })));
      expect(await isOver()).toBe(over);
    }
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("offline")));
    expect(await isOver()).toBe(false);
  });
});
