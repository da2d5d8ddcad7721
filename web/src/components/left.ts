import { countdown } from "./time";

const two = (n: number): string => String(n).padStart(2, "0");

/** Time left as a clock tells it, `4:09` or `1:04:09`; never zero before its time. */
export function timeLeft(left_ms: number): string {
  const { days, hours, minutes, seconds } = countdown(left_ms);
  const h = days * 24 + hours;
  return h > 0 ? `${h}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}
