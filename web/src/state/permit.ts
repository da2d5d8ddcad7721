// Whether one may write a line now, by the rules one knows of. The server decides; this keeps people from pressing in vain.
import type { ChatRules, Guard, Role, Standing } from "../protocol";

export interface PermitFacts {
  role: Role;
  rules: ChatRules;
  guard: Guard;
  standing: Standing;
  /** When this page came in. Somebody who was here before came earlier: then the server knows better. */
  came_at_ms: number;
  /** When the last own line was taken. */
  wrote_at_ms: number | null;
  /** The server asked to wait until then, and why. */
  told: { why: "slow" | "new"; until_ms: number } | null;
}
export type Permit = { may: true } | { may: false; why: "slow" | "new" | "muted"; until_ms: number };

/** The guard is for those who came less than this ago. */
const GUARD_WATCHES_MS = 5 * 60_000;
export const NO_RULES: ChatRules = { slow_ms: 0, review: false, join_age_ms: 0 };
export const NO_GUARD: Guard = { active: false, slow_ms: 0, join_age_ms: 0 };

export function permit(facts: PermitFacts, now_ms: number): Permit {
  const { role, rules, guard, standing, came_at_ms, wrote_at_ms, told } = facts;
  if (role !== "viewer") return { may: true };
  if ((standing.muted_until_ms ?? 0) > now_ms) return { may: false, why: "muted", until_ms: standing.muted_until_ms ?? 0 };
  if (told && told.until_ms > now_ms) return { may: false, ...told };
  const watched = guard.active && now_ms - came_at_ms < GUARD_WATCHES_MS;
  const slow_ms = Math.max(rules.slow_ms, watched ? guard.slow_ms : 0);
  const until_ms = (wrote_at_ms ?? -Infinity) + slow_ms;
  return slow_ms > 0 && until_ms > now_ms ? { may: false, why: "slow", until_ms } : { may: true };
}
