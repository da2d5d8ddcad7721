import { expect, it } from "vitest";
import { STAGE } from "../lib/fakes";
import { scene, type SceneFacts } from "./scene";

const live: SceneFacts = { joined: true, closed: false, status: "live", stage: STAGE, media: "playing", seen: true };
const cases: [string, Partial<SceneFacts>, string][] = [
  ["a show on air plays", {}, "playing"],
  ["until its first frame it is on its way", { seen: false }, "connecting"],
  ["a picture being recovered stays", { media: "recovering" }, "playing"],
  ["a draft waits", { status: "draft" }, "waiting"],
  ["a scheduled show waits, whatever its stage", { status: "scheduled" }, "waiting"],
  ["an open show with nobody on stage", { stage: { ...STAGE, on_air: "off" } }, "soon"],
  ["the seller's network dropped", { stage: { ...STAGE, on_air: "reconnecting" } }, "seller_reconnecting"],
  ["it matters more than a camera that is off", { stage: { ...STAGE, on_air: "reconnecting", video: false } }, "seller_reconnecting"],
  ["the camera is off", { stage: { ...STAGE, video: false } }, "camera_off"],
  ["no video for this browser", { media: "refused" }, "refused"],
  ["until the server has spoken, nobody knows who is on stage", { joined: false, seen: false, stage: { ...STAGE, on_air: "off" } }, "connecting"],
  ["no way in", { closed: true, seen: false, joined: false }, "barred"],
  ["given up later, the last picture stays", { closed: true }, "playing"],
  ["the end outdoes everything", { status: "ended", media: "refused" }, "ended"],
];
it.each(cases)("%s", (_name, facts, expected) => expect(scene({ ...live, ...facts })).toBe(expected));
