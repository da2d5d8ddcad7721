import { afterEach, describe, expect, it, vi } from "vitest";
import { kept, shelf } from "./storage";

afterEach(() => vi.unstubAllGlobals());

describe("storage", () => {
  it("that is forbidden is no memory, and no error", () => {
    vi.stubGlobal("localStorage", { getItem: () => { throw new Error("forbidden"); } });
    expect(kept.get("x")).toBeNull();
    expect(() => kept.set("x", "y")).not.toThrow();
  });

  it("forgets all that begin so, and nothing else", () => {
    for (const key of ["token.host.a", "token.host.b", "token.viewer.a"]) kept.set(key, "x");
    kept.forget("token.host.");
    expect(["token.host.a", "token.host.b", "token.viewer.a"].map((key) => kept.get(key))).toEqual([null, null, "x"]);
    kept.remove("token.viewer.a");
  });

  it("of a rehearsal does not mix with the house's, and goes with the tab", () => {
    expect(shelf("buying.bags", true, "")).toEqual({ lasting: true, name: "quiora.buying.bags" });
    expect(shelf("buying.bags", true, "/rehearsal/0a1b")).toEqual({ lasting: false, name: "quiora.rehearsal/0a1b.buying.bags" });
    expect(shelf("unsent", false, "/rehearsal/0a1b")).toEqual({ lasting: false, name: "quiora.rehearsal/0a1b.unsent" });
    for (const personal of ["locale", "theme", "device.camera"])
      expect(shelf(personal, true, "/rehearsal/0a1b")).toEqual({ lasting: true, name: `quiora.${personal}` });
  });
});
