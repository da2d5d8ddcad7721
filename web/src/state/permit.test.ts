import { expect, it } from "vitest";
import { NO_GUARD, NO_RULES, permit, type PermitFacts } from "./permit";

const facts = (change: Partial<PermitFacts> = {}): PermitFacts => ({ role: "viewer", rules: NO_RULES, guard: NO_GUARD, standing: { forbidden: false }, came_at_ms: 0, wrote_at_ms: null, told: null, ...change });
const slow = { ...NO_RULES, slow_ms: 5_000 };
const guard = { active: true, slow_ms: 30_000, join_age_ms: 0 };

it.each([
  ["nothing in the way", {}, 10, { may: true }],
  ["slow mode before the first line", { rules: slow }, 10, { may: true }],
  ["slow mode after a line", { rules: slow, wrote_at_ms: 8 }, 10, { may: false, why: "slow", until_ms: 5_008 }],
  ["slow mode is over", { rules: slow, wrote_at_ms: 8 }, 5_008, { may: true }],
  ["slow mode is for viewers", { rules: slow, wrote_at_ms: 8, role: "moderator" }, 10, { may: true }],
  ["the guard, for who has just come", { guard, wrote_at_ms: 8 }, 10, { may: false, why: "slow", until_ms: 30_008 }],
  ["the guard, for who was here before", { guard, wrote_at_ms: 400_000 }, 400_001, { may: true }],
  ["muted", { standing: { forbidden: false, muted_until_ms: 50 } }, 10, { may: false, why: "muted", until_ms: 50 }],
  ["no longer muted", { standing: { forbidden: false, muted_until_ms: 50 } }, 50, { may: true }],
  ["asked to wait", { told: { why: "new", until_ms: 50 } }, 10, { may: false, why: "new", until_ms: 50 }],
  ["may ask no questions, but write", { standing: { forbidden: true } }, 10, { may: true }],
] as const)("%s", (_, change, now_ms, then) => {
  expect(permit(facts(change), now_ms)).toEqual(then);
});
