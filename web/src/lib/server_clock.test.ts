import { describe, expect, it } from "vitest";
import { ServerClock } from "./server_clock";

describe("the server's clock", () => {
  it("is believed from the quickest exchange", () => {
    const clock = new ServerClock();
    expect(clock.offset_ms).toBe(0);
    clock.observe(1_000, 1_400, 6_200);
    expect(clock.offset_ms).toBe(5_000);
    clock.observe(2_000, 2_020, 7_110);
    expect(clock.offset_ms).toBe(5_100);
    clock.observe(3_000, 3_900, 9_000);
    expect([clock.offset_ms, clock.round_trip_ms]).toEqual([5_100, 900]);
  });
});
