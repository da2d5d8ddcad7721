// The shop's settings as text, and what they make; or what must be looked at again.
import { minorOf, typed } from "../lib/money";
import type { Language, PaymentMethod, ShippingOption, ShopSettings, StockPolicy } from "../protocol";
import { whole, type Wrong } from "./product_form";

export interface WayForm {
  shipping: string | null;
  name: string;
  price: string;
  pick_up: boolean;
  countries: string;
}
export interface SettingsForm {
  currency: string;
  minutes: string;
  days: string;
  payment: string;
  seller: string;
  /** What letters to buyers are written in; until it is chosen, what the seller reads. */
  language: Language;
  ways: WayForm[];
  policy: StockPolicy;
  waiting_list: boolean;
  payments: Record<PaymentMethod, boolean>;
}
/** A new way has no id until the server gives it one. */
export type SettingsDraft = Omit<ShopSettings, "shipping"> & { shipping: (Omit<ShippingOption, "shipping"> & { shipping?: string })[] };

const MINUTE_MS = 60_000;
export const emptyWay = (): WayForm => ({ shipping: null, name: "", price: "", pick_up: false, countries: "" });

const METHODS = ["manual", "stripe"] as const satisfies PaymentMethod[];

export const settingsForm = (settings: ShopSettings, locale: string): SettingsForm => ({
  currency: settings.currency, minutes: String(Math.round(settings.reservation_ms / MINUTE_MS)), days: String(settings.withdrawal_days),
  payment: settings.payment_instructions, seller: settings.seller_details, language: settings.language ?? (locale.startsWith("it") ? "it" : "en"),
  ways: settings.shipping.map(({ shipping, name, price_minor, pick_up, countries }) => ({ shipping, name, pick_up, price: typed(price_minor, settings.currency, locale), countries: countries.join(" ") })),
  policy: settings.policy, waiting_list: settings.waiting_list,
  payments: { manual: settings.payments.includes("manual"), stripe: settings.payments.includes("stripe") },
});

const codes = (text: string): string[] => text.toUpperCase().split(/[\s,;]+/).filter((one) => one !== "");

export function settingsFrom(form: SettingsForm): { settings: SettingsDraft | null; wrong: Wrong } {
  const wrong = new Set<string>();
  const need = <T>(name: string, value: T | null): T | undefined => (value === null ? (wrong.add(name), undefined) : value);
  const currency = form.currency.trim().toUpperCase();
  const known = /^[A-Z]{3}$/.test(currency);
  if (!known) wrong.add("currency");
  const shipping = form.ways.map(({ shipping: id, name, price, pick_up, countries }, at) => {
    if (name.trim() === "") wrong.add(`ways.${at}.name`);
    const list = pick_up ? [] : codes(countries);
    if (list.some((one) => !/^[A-Z]{2}$/.test(one))) wrong.add(`ways.${at}.countries`);
    const price_minor = need(`ways.${at}.price`, price.trim() === "" && pick_up ? 0 : minorOf(price, known ? currency : "EUR")) ?? 0;
    return { ...(id !== null && { shipping: id }), name: name.trim(), price_minor, pick_up, countries: list };
  });
  const payments = METHODS.filter((one) => form.payments[one]);
  if (payments.length === 0) wrong.add("payments");
  const settings = {
    policy: form.policy, waiting_list: form.waiting_list, payments,
    currency, shipping, language: form.language, payment_instructions: form.payment.trim(), seller_details: form.seller.trim(),
    reservation_ms: (need("minutes", whole(form.minutes) || null) ?? 0) * MINUTE_MS, withdrawal_days: need("days", whole(form.days)) ?? 0,
  };
  return { settings: wrong.size > 0 ? null : settings, wrong };
}
