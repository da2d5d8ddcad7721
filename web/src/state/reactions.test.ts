import { beforeEach, describe, expect, it } from "vitest";
import { FLOATING_AT_MOST, OwnReactions, rise } from "./reactions";

describe("one's own", () => {
  let own: OwnReactions;
  beforeEach(() => {
    own = new OwnReactions();
  });

  it("are gathered, at most ten, and sent one kind after the other", () => {
    for (let n = 0; n < 14; n++) own.press("heart");
    own.press("wow");
    expect(own.take(0)).toEqual({ reaction: "heart", count: 10 });
    expect(own.take(0)).toEqual({ reaction: "wow", count: 1 });
    expect(own.take(0)).toBeNull();
    expect(own.waiting).toBe(false);
  });
  it("are not shown again when they come back among all", () => {
    own.press("heart");
    own.press("heart");
    own.take(0);
    expect(own.others([{ reaction: "heart", count: 5 }, { reaction: "fire", count: 1 }], 100)).toEqual([{ reaction: "heart", count: 3 }, { reaction: "fire", count: 1 }]);
    expect(own.others([{ reaction: "heart", count: 1 }], 200)).toEqual([{ reaction: "heart", count: 1 }]);
  });
  it("may come back in two parts, and are not waited for for ever", () => {
    for (let n = 0; n < 3; n++) own.press("clap");
    own.take(0);
    expect(own.others([{ reaction: "clap", count: 2 }], 100)).toEqual([]);
    expect(own.others([{ reaction: "clap", count: 2 }], 200)).toEqual([{ reaction: "clap", count: 1 }]);
    own.press("clap");
    own.take(1_000);
    expect(own.others([{ reaction: "clap", count: 1 }], 9_000)).toEqual([{ reaction: "clap", count: 1 }]);
  });
});

describe("what rises", () => {
  it("is one for one, but a crowd's is bounded", () => {
    expect(rise([{ reaction: "heart", count: 3 }], 0)).toHaveLength(3);
    const many = rise([{ reaction: "heart", count: 1_500 }, { reaction: "wow", count: 500 }], 0);
    expect(many).toHaveLength(8);
    expect(many.filter(({ reaction }) => reaction === "wow")).toHaveLength(2);
  });
  it("never more at once than fits", () => {
    let alive = 0;
    for (let n = 0; n < 40; n++) alive += rise([{ reaction: "fire", count: 50 }], alive).length;
    expect(alive).toBe(FLOATING_AT_MOST);
  });
  it("stays in its place, and each is itself", () => {
    const all = rise([{ reaction: "laugh", count: 8 }], 0);
    expect(new Set(all.map(({ key }) => key)).size).toBe(8);
    for (const { x, delay_ms, lives_ms } of all) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x).toBeLessThanOrEqual(1);
      expect(delay_ms + lives_ms).toBeLessThan(5_000);
    }
  });
});
