import { afterEach, describe, expect, it, vi } from "vitest";
import { kept } from "./storage";

afterEach(() => vi.unstubAllGlobals());

describe("storage", () => {
  it("that is forbidden is no memory, and no error", () => {
    vi.stubGlobal("localStorage", { getItem: () => { throw new Error("forbidden"); } });
    expect(kept.get("x")).toBeNull();
    expect(() => kept.set("x", "y")).not.toThrow();
  });
});
