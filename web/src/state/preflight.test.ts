import { describe, expect, it } from "vitest";
import type { LineUpEntry } from "../lib/seller_api";
import type { ShopSettings } from "../protocol";
import { checks, ENOUGH_BYTES, ROOMY_BYTES, type CheckId, type Findings } from "./preflight";

const entry = (left: number): LineUpEntry => ({ stock: { for_sale: true, variants: [{ left }] } }) as LineUpEntry;
const SETTINGS = { shipping: [{}], seller_details: "Me", payments: ["manual"], payment_instructions: "IBAN" } as unknown as ShopSettings;
const WELL: Findings = {
  opening: false, camera: true, camera_on: true, microphone: true, microphone_on: true, loudest: 0.6, listened_ms: 1_000,
  measured: { uplink_bps: 3_000_000, rtt_ms: 20, lost: 0, protocol: "udp" }, refused: false, offset_ms: 300, line_up: [entry(1)], settings: SETTINGS, stripe: null, silent: false, free_bytes: 40e9,
};
const of = (id: CheckId, change: Partial<Findings>): [string, string | null] => {
  const found = checks({ ...WELL, ...change }).find((one) => one.id === id);
  return [found?.verdict ?? "", found?.reason ?? null];
};

it("finds nothing where all is well", () => {
  expect(checks(WELL).filter(({ verdict }) => verdict !== "good")).toEqual([]);
});

describe("each failure has its own reason:", () => {
  const measured = WELL.measured as NonNullable<Findings["measured"]>;
  it.each<[CheckId, Partial<Findings>, string, string | null]>([
    ["camera", { camera: false }, "bad", "missing"],
    ["camera", { camera: false, opening: true }, "wait", null],
    ["camera", { camera_on: false }, "warn", "off"],
    ["microphone", { microphone: false }, "bad", "missing"],
    ["microphone", { microphone_on: false }, "warn", "off"],
    ["voice", { loudest: 0.1 }, "wait", null],
    ["voice", { loudest: 0.1, listened_ms: 9_000 }, "warn", "quiet"],
    ["voice", { microphone_on: false, listened_ms: 9_000, loudest: 0 }, "wait", null],
    ["uplink", { measured: undefined }, "wait", null],
    ["uplink", { measured: null }, "bad", "blocked"],
    ["uplink", { measured: { ...measured, uplink_bps: 400_000 } }, "bad", "too_slow"],
    ["uplink", { measured: { ...measured, uplink_bps: 1_200_000 } }, "warn", "slow"],
    ["uplink", { measured: { ...measured, lost: 0.1 } }, "warn", "lossy"],
    ["uplink", { measured: undefined, refused: true }, "warn", "unmeasured"],
    ["network", { measured: { ...measured, protocol: "tcp" } }, "warn", "tcp"],
    ["network", { measured: null }, "bad", "blocked"],
    ["clock", { offset_ms: null }, "wait", null],
    ["clock", { offset_ms: -90_000 }, "warn", "wrong"],
    ["line_up", { line_up: [] }, "warn", "none"],
    ["line_up", { line_up: [entry(0), entry(0)] }, "warn", "sold_out"],
    ["line_up", { line_up: null, silent: true }, "warn", "no_answer"],
    ["shipping", { settings: { ...SETTINGS, shipping: [] } }, "bad", "none"],
    ["seller", { settings: { ...SETTINGS, seller_details: " " } }, "bad", "none"],
    ["payment", { settings: { ...SETTINGS, payment_instructions: "" } }, "bad", "no_instructions"],
    ["payment", { settings: { ...SETTINGS, payments: ["stripe"] }, stripe: false }, "bad", "not_connected"],
    ["payment", { settings: { ...SETTINGS, payments: ["stripe"] }, stripe: true }, "good", null],
    ["payment", { settings: null, silent: true }, "warn", "no_answer"],
    ["disk", { free_bytes: undefined }, "wait", null],
    ["disk", { free_bytes: null }, "warn", "no_answer"],
    ["disk", { free_bytes: ROOMY_BYTES }, "good", null],
    ["disk", { free_bytes: ROOMY_BYTES - 1 }, "warn", "low"],
    ["disk", { free_bytes: ENOUGH_BYTES }, "warn", "low"],
    ["disk", { free_bytes: ENOUGH_BYTES - 1 }, "bad", "full"],
    ["disk", { free_bytes: 0 }, "bad", "full"],
  ])("%s %j", (id, change, verdict, reason) => {
    expect(of(id, change)).toEqual([verdict, reason]);
  });
});
