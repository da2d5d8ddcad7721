import { expect, it } from "vitest";
import type { ShopSettings } from "../protocol";
import { emptyWay, settingsForm, settingsFrom } from "./settings_form";

const SETTINGS: ShopSettings = {
  currency: "EUR", reservation_ms: 300_000, payment_instructions: "IBAN …", seller_details: "Cuoio & Filo", withdrawal_days: 14,
  policy: "first_paid", waiting_list: false, payments: ["manual", "stripe"],
  shipping: [{ shipping: "s", name: "Posta", price_minor: 950, pick_up: false, countries: ["IT", "DE"] }],
};

it.each(["it", "en"])("settings come back as they were, in %s", (locale) => {
  const { settings, wrong } = settingsFrom(settingsForm(SETTINGS, locale));
  expect([...wrong]).toEqual([]);
  expect(settings).toEqual({ ...SETTINGS, language: locale });
});

it("a new way has no id; who comes needs neither price nor country", () => {
  const form = { ...settingsForm(SETTINGS, "it"), ways: [{ ...emptyWay(), name: " In bottega ", pick_up: true, countries: "xx yy zz" }] };
  expect(settingsFrom(form).settings?.shipping).toEqual([{ name: "In bottega", price_minor: 0, pick_up: true, countries: [] }]);
});

it("countries may be written in any way that can be read", () => {
  const form = { ...settingsForm(SETTINGS, "it"), ways: [{ ...emptyWay(), name: "Posta", price: "9", countries: "it, de;FR" }] };
  expect(settingsFrom(form).settings?.shipping[0]?.countries).toEqual(["IT", "DE", "FR"]);
});

it("what is wrong is named", () => {
  const { settings, wrong } = settingsFrom({ currency: "Euro", minutes: "0", days: "x", payment: "", seller: "", language: "it", ways: [{ ...emptyWay(), countries: "Italia" }], policy: "reserve", waiting_list: true, payments: { manual: false, stripe: false } });
  expect(settings).toBeNull();
  expect([...wrong].sort()).toEqual(["currency", "days", "minutes", "payments", "ways.0.countries", "ways.0.name", "ways.0.price"]);
});
