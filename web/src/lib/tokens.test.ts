import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "./api";
import { kept } from "./storage";
import { joinTokens } from "./tokens";

const respond = (status: number, body: unknown): typeof fetch =>
  vi.fn(async () => new Response(body === null ? null : JSON.stringify(body), { status }));

beforeEach(() => localStorage.clear());
afterEach(() => vi.unstubAllGlobals());

describe("join tokens", () => {
  it("are the kept one, then the page's, then a new one", async () => {
    vi.stubGlobal("fetch", respond(200, { token: "fetched" }));
    joinTokens("demo", "viewer").keep("member");
    const tokens = joinTokens("demo", "viewer", "page");
    const seen: string[] = [];
    for (let i = 0; i < 3; i++) {
      seen.push(await tokens.current());
      tokens.discard();
    }
    expect(seen).toEqual(["member", "page", "fetched"]);
    expect(kept.get("token.viewer.demo")).toBeNull();
    await expect(joinTokens("other", "host", "").current()).resolves.toBe("fetched");
  });
  it("are not to be had without the API", async () => {
    vi.stubGlobal("fetch", respond(403, { code: "not_allowed" }));
    await expect(joinTokens("demo", "host").current()).rejects.toBeInstanceOf(ApiError);
  });
});
