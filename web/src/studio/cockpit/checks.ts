// What each check is called, and for what is wrong, what to do about it.
import * as m from "../../generated/messages";
import { locale } from "../../i18n";
import type { CheckId, Reason } from "../../state/preflight";

const NAMES: Record<CheckId, () => string> = {
  camera: m.helm_check_camera,
  microphone: m.helm_check_microphone,
  voice: m.helm_check_voice,
  uplink: m.helm_check_uplink,
  network: m.helm_check_network,
  clock: m.helm_check_clock,
  line_up: m.helm_check_line_up,
  shipping: m.helm_check_shipping,
  seller: m.helm_check_seller,
  payment: m.helm_check_payment,
  disk: m.helm_check_disk,
};
export const checkName = (id: CheckId): string => NAMES[id]();

const REMEDIES: Partial<Record<`${CheckId}_${Reason}`, () => string>> = {
  camera_missing: m.helm_remedy_camera_missing,
  camera_off: m.helm_remedy_camera_off,
  microphone_missing: m.helm_remedy_microphone_missing,
  microphone_off: m.helm_remedy_microphone_off,
  voice_quiet: m.helm_remedy_voice_quiet,
  uplink_slow: m.helm_remedy_uplink_slow,
  uplink_too_slow: m.helm_remedy_uplink_too_slow,
  uplink_lossy: m.helm_remedy_uplink_lossy,
  uplink_blocked: m.helm_remedy_blocked,
  network_blocked: m.helm_remedy_blocked,
  network_tcp: m.helm_remedy_network_tcp,
  clock_wrong: m.helm_remedy_clock_wrong,
  line_up_none: m.helm_remedy_line_up_none,
  line_up_sold_out: m.helm_remedy_line_up_sold_out,
  shipping_none: m.helm_remedy_shipping_none,
  seller_none: m.helm_remedy_seller_none,
  payment_no_instructions: m.helm_remedy_payment_no_instructions,
  payment_not_connected: m.helm_remedy_payment_not_connected,
  disk_low: m.helm_remedy_disk_low,
  disk_full: m.helm_remedy_disk_full,
  uplink_unmeasured: m.helm_remedy_unmeasured,
  network_unmeasured: m.helm_remedy_unmeasured,
};
export const remedy = (id: CheckId, reason: Reason): string => (REMEDIES[`${id}_${reason}`] ?? m.helm_remedy_no_answer)();

export const megabits = (bps: number): string => `${new Intl.NumberFormat(locale(), { maximumFractionDigits: 1 }).format(bps / 1_000_000)} Mbit/s`;

/** Rounded down: what is promised is there. */
export function room(bytes: number): string {
  const [unit, size] = bytes < 1e9 ? (["megabyte", 1e6] as const) : (["gigabyte", 1e9] as const);
  return new Intl.NumberFormat(locale(), { style: "unit", unit, maximumFractionDigits: 0, roundingMode: "floor" } as Intl.NumberFormatOptions).format(bytes / size);
}
