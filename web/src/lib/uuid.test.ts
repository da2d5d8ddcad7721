import { describe, expect, it } from "vitest";
import { uuid } from "./uuid";

describe("uuid", () => {
  it("is of version 7 and carries the time", () => {
    const id = uuid(0x0193_5a10_c402);
    expect(id).toMatch(/^01935a10-c402-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(new Set(Array.from({ length: 100 }, () => uuid())).size).toBe(100);
  });
});
