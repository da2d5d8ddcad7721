// The word above the line one writes in: why one cannot write, or how much more fits.
import { timeLeft } from "../components/left";
import { timeOfDay } from "../components/time";
import * as m from "../generated/messages";
import { locale } from "../i18n";
import type { Permit } from "../state/permit";

export const isMuted = (permit: Permit): boolean => !permit.may && permit.why === "muted";

const NEAR_LIMIT = 60;

/** `left`: characters that still fit; `device_ms`: now, and `offset_ms`: the server's clock less the device's. */
export function noteOf(permit: Permit, left: number, device_ms: number, offset_ms: number): string {
  if (!permit.may && permit.why === "muted") return m.chat_muted_until({ time: timeOfDay(permit.until_ms - offset_ms, locale()) });
  if (left < 0) return m.chat_over({ count: -left });
  if (!permit.may) return (permit.why === "new" ? m.chat_wait_new : m.chat_wait)({ time: timeLeft(permit.until_ms - offset_ms - device_ms) });
  return left <= NEAR_LIMIT ? m.chat_left({ count: left }) : "";
}
