import { afterEach, describe, expect, it, vi } from "vitest";
import { reloadOnce } from "./reload";
import { tab } from "./storage";

afterEach(() => vi.unstubAllGlobals());

describe("reloading", () => {
  it("happens once, not in a loop", () => {
    const reload = vi.fn();
    vi.stubGlobal("location", { reload });
    tab.remove("reloaded_at_ms");
    reloadOnce();
    reloadOnce();
    expect(reload).toHaveBeenCalledTimes(1);
  });
});
