import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Studio } from "./studio.svelte";

let answers: Record<string, () => Response>;
let asked: string[];
const json = (status: number, body: unknown) => (): Response => new Response(status === 204 ? null : JSON.stringify(body), { status });
const LOGGED_IN = json(200, { shop: { id: "x", name: "Bottega" }, setup: false });
const NOBODY = json(401, { code: "not_logged_in" });

beforeEach(() => {
  sessionStorage.clear();
  asked = [];
  answers = { "GET /api/session": NOBODY, "POST /api/session": json(204, null) };
  vi.stubGlobal("scrollTo", () => undefined);
  vi.stubGlobal("fetch", vi.fn(async (path: string, { method, body }: RequestInit) => {
    asked.push(`${method} ${path}${body ? ` ${String(body)}` : ""}`);
    const answer = answers[`${method} ${path}`];
    if (!answer) throw new TypeError("network");
    return answer();
  }));
});
afterEach(() => {
  vi.unstubAllGlobals();
  history.replaceState(null, "", "/");
});

const enter = async (path: string): Promise<Studio> => {
  history.replaceState(null, "", path);
  const studio = new Studio();
  await studio.enter();
  return studio;
};

describe("coming in", () => {
  it("with a link redeems it once and forgets it", async () => {
    answers["GET /api/session"] = LOGGED_IN;
    const studio = await enter("/studio#login=t1");
    expect(studio).toMatchObject({ phase: "in", shop: "Bottega", badLink: false });
    expect(asked).toEqual(['POST /api/session {"token":"t1"}', "GET /api/session"]);
    expect(location.hash).toBe("");
  });
  it("as a remote control is not to be logged in", async () => {
    answers["GET /api/session"] = json(403, { code: "remote_not_allowed" });
    expect(await enter("/studio")).toMatchObject({ phase: "out", badLink: false });
  });
  it("with a used link says so, unless one is in already", async () => {
    answers["POST /api/session"] = json(401, { code: "login_invalid" });
    expect(await enter("/studio#login=old")).toMatchObject({ phase: "out", badLink: true });
    answers["GET /api/session"] = LOGGED_IN;
    expect(await enter("/studio#login=old")).toMatchObject({ phase: "in", badLink: false });
  });
  it("without a link and a session is not possible", async () => {
    expect(await enter("/studio")).toMatchObject({ phase: "out", badLink: false });
  });
  it("from another address than the server's own is told from a used link", async () => {
    answers["POST /api/session"] = json(403, { code: "bad_origin" });
    expect(await enter("/studio#login=t1")).toMatchObject({ phase: "offline", trouble: "bad_origin", badLink: false });
  });
  it("waits for a server that does not answer", async () => {
    delete answers["GET /api/session"];
    expect((await enter("/studio")).phase).toBe("offline");
  });
  it("to a new house asks for the shop's name first, and survives a reload", async () => {
    expect((await enter("/studio#setup=s1")).phase).toBe("setup");
    const studio = await enter("/studio");
    expect(studio.phase).toBe("setup");
    answers["POST /api/session"] = json(422, { code: "shop_invalid" });
    await studio.setUp("Bottega");
    expect(studio).toMatchObject({ phase: "setup", trouble: "shop_invalid" });
    answers["POST /api/session"] = json(204, null);
    answers["GET /api/session"] = LOGGED_IN;
    await studio.setUp("Bottega");
    expect(asked).toContain('POST /api/session {"token":"s1","shop":"Bottega"}');
    expect(studio.phase).toBe("in");
    expect(sessionStorage).toHaveLength(0);
  });
});

describe("inside", () => {
  let studio: Studio;
  beforeEach(async () => {
    answers["GET /api/session"] = LOGGED_IN;
    studio = await enter("/studio");
  });

  it("a session that ran out leads out", async () => {
    answers["GET /api/shows"] = NOBODY;
    await studio.loadShows();
    expect(studio).toMatchObject({ phase: "out", shows: null });
  });
  it("a show that is not there is told from a server that is not", async () => {
    answers["GET /api/shows/x"] = json(404, { code: "show_not_found" });
    expect(await studio.show("x")).toBe("missing");
    expect(await studio.show("y")).toBeNull();
    expect(studio.trouble).toBe("offline");
  });
  it("the address follows the page, and not away from a show on air", () => {
    studio.go("/studio/demo");
    expect(studio.place).toEqual({ page: "show", slug: "demo" });
    studio.held = true;
    studio.go("/studio");
    expect(location.pathname).toBe("/studio/demo");
    history.replaceState(null, "", "/studio");
    expect(studio.moved()).toBe(true);
    expect(location.pathname).toBe("/studio/demo");
    studio.held = false;
    history.replaceState(null, "", "/studio");
    expect(studio.moved()).toBe(false);
    expect(studio.place).toEqual({ page: "shows" });
  });
});
