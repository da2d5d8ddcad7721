import { afterEach, describe, expect, it, vi } from "vitest";
import { api } from "./api";

const respond = (status: number, body: unknown): typeof fetch =>
  vi.fn(async () => new Response(body === null ? null : JSON.stringify(body), { status }));

afterEach(() => vi.unstubAllGlobals());

describe("the API", () => {
  it("reads problem details", async () => {
    vi.stubGlobal("fetch", respond(401, { code: "not_logged_in", detail: "Log in." }));
    await expect(api.session()).rejects.toMatchObject({ status: 401, code: "not_logged_in", passing: false });
  });
  it("survives answers that are none", async () => {
    vi.stubGlobal("fetch", vi.fn(async () => new Response("<html>", { status: 502 })));
    await expect(api.shows()).rejects.toMatchObject({ status: 502, code: "unexpected", passing: true });
    vi.stubGlobal("fetch", vi.fn(async () => Promise.reject(new TypeError("network"))));
    await expect(api.shows()).rejects.toMatchObject({ status: 0, code: "offline", passing: true });
  });
  it("takes an empty answer", async () => {
    vi.stubGlobal("fetch", respond(204, null));
    await expect(api.login("t", "Bottega")).resolves.toBeUndefined();
    expect(vi.mocked(fetch).mock.calls[0]?.[1]).toMatchObject({ method: "POST", body: '{"token":"t","shop":"Bottega"}' });
  });
});
