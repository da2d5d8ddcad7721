// Whether a show can begin, pure: what was found out, and what that means for each thing that must be right.
import type { LineUpEntry } from "../lib/seller_api";
import type { Measured } from "../lib/measure";
import type { ShopSettings } from "../protocol";

export const CHECKS = ["camera", "microphone", "voice", "uplink", "network", "clock", "line_up", "shipping", "seller", "payment", "disk"] as const;
export type CheckId = (typeof CHECKS)[number];
/** `wait`: not known yet. `warn`: the show can begin, and would be worse for it. */
export type Verdict = "wait" | "good" | "warn" | "bad";
/** Why; names the words of the remedy. */
export type Reason =
  | "missing" | "off" | "quiet" | "slow" | "too_slow" | "lossy" | "tcp" | "blocked" | "unmeasured" | "wrong" | "none" | "sold_out" | "no_instructions" | "not_connected" | "low" | "full" | "no_answer";

export interface Check {
  id: CheckId;
  verdict: Verdict;
  reason: Reason | null;
}

export interface Findings {
  /** The browser is still asking for the devices. */
  opening: boolean;
  camera: boolean;
  camera_on: boolean;
  microphone: boolean;
  microphone_on: boolean;
  /** The loudest so far, 0 to 1. */
  loudest: number;
  /** How long somebody could have spoken. */
  listened_ms: number;
  /** Undefined: not measured yet; null: the server was not reached. */
  measured: Measured | null | undefined;
  /** Why measuring was refused. */
  refused: boolean;
  /** The server's clock less this device's; null before it is known. */
  offset_ms: number | null;
  line_up: readonly LineUpEntry[] | null;
  settings: ShopSettings | null;
  /** Null: not asked yet. */
  stripe: boolean | null;
  /** The shop did not answer. */
  silent: boolean;
  /** Room on the server's disk. Undefined: not asked yet; null: it did not say. */
  free_bytes: number | null | undefined;
}

/** A voice at an arm's length; see the desk. */
const AUDIBLE = 0.25;
const PATIENCE_MS = 8_000;
/** What all three sizes of the picture take, and what the two smaller ones do. */
export const GOOD_BPS = 2_500_000;
export const ENOUGH_BPS = 700_000;
const LOSSY = 0.05;
/** Countdowns and offers show the server's time; a device further off is set wrong, and other things will go wrong on it. */
const CLOCK_MS = 60_000;

/** A full disk takes no order. Three hours of chat at its limit are some 60 MB, a product's pictures a few: below the first
    there is soon no room for another show, below the second perhaps not for this one. */
const MIB = 2 ** 20;
export const ROOMY_BYTES = 1_024 * MIB;
export const ENOUGH_BYTES = 256 * MIB;

type Found = [Verdict, Reason | null];
const GOOD: Found = ["good", null];
const WAIT: Found = ["wait", null];

const RULES: Record<CheckId, (f: Findings) => Found> = {
  camera: (f) => (f.opening ? WAIT : !f.camera ? ["bad", "missing"] : f.camera_on ? GOOD : ["warn", "off"]),
  microphone: (f) => (f.opening ? WAIT : !f.microphone ? ["bad", "missing"] : f.microphone_on ? GOOD : ["warn", "off"]),
  voice: (f) => (f.opening || !f.microphone || !f.microphone_on ? WAIT : f.loudest >= AUDIBLE ? GOOD : f.listened_ms < PATIENCE_MS ? WAIT : ["warn", "quiet"]),
  uplink: ({ measured, refused }) => {
    if (refused) return ["warn", "unmeasured"];
    if (measured === undefined) return WAIT;
    if (measured === null) return ["bad", "blocked"];
    if (measured.uplink_bps < ENOUGH_BPS) return ["bad", "too_slow"];
    if (measured.lost > LOSSY) return ["warn", "lossy"];
    return measured.uplink_bps < GOOD_BPS ? ["warn", "slow"] : GOOD;
  },
  network: ({ measured, refused }) => (refused ? ["warn", "unmeasured"] : measured === undefined ? WAIT : measured === null ? ["bad", "blocked"] : measured.protocol === "tcp" ? ["warn", "tcp"] : GOOD),
  clock: ({ offset_ms }) => (offset_ms === null ? WAIT : Math.abs(offset_ms) > CLOCK_MS ? ["warn", "wrong"] : GOOD),
  line_up: ({ line_up, silent }) => {
    if (line_up === null) return silent ? ["warn", "no_answer"] : WAIT;
    if (line_up.length === 0) return ["warn", "none"];
    return line_up.some(({ stock }) => stock.for_sale && stock.variants.some(({ left }) => left > 0)) ? GOOD : ["warn", "sold_out"];
  },
  shipping: shop(({ settings }) => (settings.shipping.length > 0 ? GOOD : ["bad", "none"])),
  seller: shop(({ settings }) => (settings.seller_details.trim() !== "" ? GOOD : ["bad", "none"])),
  payment: shop(({ settings, stripe }) => {
    const { payments, payment_instructions } = settings;
    if (payments.includes("manual") && payment_instructions.trim() === "") return ["bad", "no_instructions"];
    return payments.includes("stripe") && stripe === false ? ["bad", "not_connected"] : GOOD;
  }),
  disk: ({ free_bytes }) => {
    if (free_bytes === undefined) return WAIT;
    if (free_bytes === null) return ["warn", "no_answer"];
    return free_bytes < ENOUGH_BYTES ? ["bad", "full"] : free_bytes < ROOMY_BYTES ? ["warn", "low"] : GOOD;
  },
};

function shop(rule: (f: { settings: ShopSettings; stripe: boolean | null }) => Found): (f: Findings) => Found {
  return ({ settings, stripe, silent }) => (settings ? rule({ settings, stripe }) : silent ? ["warn", "no_answer"] : WAIT);
}

export const checks = (findings: Findings): Check[] => CHECKS.map((id) => {
  const [verdict, reason] = RULES[id](findings);
  return { id, verdict, reason };
});
