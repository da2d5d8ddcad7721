import { beforeEach, expect, it } from "vitest";
import type { Caption } from "../protocol";
import { Subtitles } from "./subtitles";

const caption = (text: string, media_us?: number): Caption => ({ at_ms: 0, language: "it", text, last: false, ...(media_us !== undefined && { media_us }) });
let subtitles: Subtitles;
beforeEach(() => {
  subtitles = new Subtitles();
});

it("comes with its frame", () => {
  subtitles.hear(caption("ciao", 500), 0);
  expect(subtitles.at(400, 10)).toBeNull();
  expect(subtitles.at(500, 110)?.text).toBe("ciao");
});
it("comes at once when nobody can tell how far the picture is", () => {
  subtitles.hear(caption("ciao", 500), 0);
  expect(subtitles.at(null, 10)?.text).toBe("ciao");
  subtitles.hear(caption("senza momento"), 20);
  expect(subtitles.at(3, 30)?.text).toBe("senza momento");
});
it("is the newest that is due, and the next waits for its own", () => {
  for (const [text, at] of [["a", 100], ["b", 200], ["c", 900]] as const) subtitles.hear(caption(text, at), 0);
  expect(subtitles.at(250, 10)?.text).toBe("b");
  expect(subtitles.at(300, 20)?.text).toBe("b");
  expect(subtitles.at(900, 30)?.text).toBe("c");
});
it("does not wait for a picture that is far behind", () => {
  subtitles.hear(caption("ciao", 9_000_000), 0);
  expect(subtitles.at(1, 2_900)).toBeNull();
  expect(subtitles.at(1, 3_000)?.text).toBe("ciao");
});
it("goes when nothing follows, and then nobody has to look", () => {
  subtitles.hear(caption("ciao"), 0);
  expect(subtitles.at(null, 0)?.text).toBe("ciao");
  expect(subtitles.waiting).toBe(true);
  expect(subtitles.at(null, 5_000)).toBeNull();
  expect(subtitles.waiting).toBe(false);
});
it("keeps a bounded number waiting", () => {
  for (let n = 0; n < 100; n++) subtitles.hear(caption(`${n}`, 1_000 + n), 0);
  expect(subtitles.at(1_059, 1)).toBeNull();
  expect(subtitles.at(1_060, 2)?.text).toBe("60");
});
