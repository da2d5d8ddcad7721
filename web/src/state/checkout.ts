// The order form's rules: what is missing, which ways there are, what it comes to. The server checks all of it again.
import type { Contact, Order, PaymentMethod, ShippingId, ShippingOption } from "../protocol";

export interface Fields {
  name: string;
  email: string;
  phone: string;
  street: string;
  postcode: string;
  city: string;
  region: string;
  country: string;
  note: string;
}
export type Field = keyof Fields;

export const fieldsOf = (contact: Contact | null, country: string): Fields => ({
  name: contact?.name ?? "", email: contact?.email ?? "", phone: contact?.phone ?? "", note: contact?.note ?? "",
  street: contact?.address?.street ?? "", postcode: contact?.address?.postcode ?? "", city: contact?.address?.city ?? "",
  region: contact?.address?.region ?? "", country: contact?.address?.country ?? country,
});

const trimmed = (fields: Fields): Fields => Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value.trim()])) as unknown as Fields;

export function contactOf(fields: Fields, pickUp: boolean): Contact {
  const { name, email, phone, note, ...address } = trimmed(fields);
  return { name, email, phone, note, ...(!pickUp && { address }) };
}

/** The fields that must be looked at again, in the order of the form. */
export function missing(fields: Fields, way: ShippingOption | null): Field[] {
  const { name, email, street, city, country } = trimmed(fields);
  const found: Field[] = [];
  if (name === "") found.push("name");
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) found.push("email");
  if (way?.pick_up) return found;
  if (street === "") found.push("street");
  if (city === "") found.push("city");
  if (country === "" || (way && way.countries.length > 0 && !way.countries.includes(country))) found.push("country");
  return found;
}

/** The way that is chosen, or the first one that gets there. */
export const wayOf = (ways: readonly ShippingOption[], wished: ShippingId | null, country: string): ShippingOption | null =>
  ways.find(({ shipping }) => shipping === wished) ?? ways.find(({ pick_up, countries }) => !pick_up && (countries.length === 0 || countries.includes(country))) ?? ways[0] ?? null;

export const totalOf = (order: Pick<Order, "goods_minor">, way: ShippingOption | null): number => order.goods_minor + (way?.price_minor ?? 0);

/** The ways to pay, first the one that settles it at once. */
export const payWays = (payments: readonly PaymentMethod[]): PaymentMethod[] => (["stripe", "manual"] as const).filter((one) => payments.includes(one));

/** How it is paid: as was chosen, if the shop still takes it. */
export const paymentOf = (payments: readonly PaymentMethod[], asked: PaymentMethod | undefined): PaymentMethod =>
  payments.find((one) => one === asked) ?? payWays(payments)[0] ?? "manual";
