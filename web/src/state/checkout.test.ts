import { describe, expect, it } from "vitest";
import type { ShippingOption } from "../protocol";
import { contactOf, fieldsOf, missing, payWays, paymentOf, totalOf, wayOf } from "./checkout";

const POST: ShippingOption = { shipping: "post", name: "Posta", price_minor: 900, pick_up: false, countries: ["IT", "DE"] };
const WORLD: ShippingOption = { shipping: "world", name: "Express", price_minor: 2500, pick_up: false, countries: [] };
const SHOP: ShippingOption = { shipping: "shop", name: "In bottega", price_minor: 0, pick_up: true, countries: [] };
const FULL = { ...fieldsOf(null, "IT"), name: " Aiko Tanaka ", email: "aiko@example.org", street: "Via Roma 1", postcode: "60100", city: "Ancona" };

describe("what is missing", () => {
  it("is nothing", () => expect(missing(FULL, POST)).toEqual([]));
  it("is told in the order of the form", () => expect(missing(fieldsOf(null, ""), WORLD)).toEqual(["name", "email", "street", "city", "country"]));
  it("is no address for who comes", () => expect(missing({ ...fieldsOf(null, ""), name: "A", email: "a@b.it" }, SHOP)).toEqual([]));
  it("is a country that the parcel reaches", () => expect(missing({ ...FULL, country: "JP" }, POST)).toEqual(["country"]));
  it.each(["aiko", "aiko@", "@b.it", "a b@c.it", "a@b"])("%s is no address for mail", (email) => expect(missing({ ...FULL, email }, POST)).toEqual(["email"]));
});

describe("who buys", () => {
  it("is trimmed, with an address", () => expect(contactOf(FULL, false)).toMatchObject({ name: "Aiko Tanaka", address: { city: "Ancona", country: "IT" } }));
  it("gives no address when there is no need", () => expect(contactOf(FULL, true)).not.toHaveProperty("address"));
  it("comes back as it was", () => expect(fieldsOf(contactOf(FULL, false), "DE")).toEqual({ ...FULL, name: "Aiko Tanaka" }));
});

describe("the way", () => {
  it("is the one wished for", () => expect(wayOf([POST, SHOP], "shop", "IT")).toBe(SHOP));
  it("is the first that gets there", () => {
    expect(wayOf([SHOP, POST, WORLD], null, "IT")).toBe(POST);
    expect(wayOf([SHOP, POST, WORLD], "gone", "JP")).toBe(WORLD);
  });
  it("is any rather than none", () => expect(wayOf([SHOP], null, "JP")).toBe(SHOP));
  it("may not exist", () => expect(wayOf([], null, "IT")).toBeNull());
});

it("the total is goods and shipping", () => expect(totalOf({ goods_minor: 14900 }, POST)).toBe(15800));

it("is paid as was chosen, as long as the shop takes it", () => {
  expect(paymentOf(["stripe", "manual"], "manual")).toBe("manual");
  expect(paymentOf(["manual", "stripe"], undefined)).toBe("stripe");
  expect(payWays(["manual", "stripe"])).toEqual(["stripe", "manual"]);
  expect(paymentOf(["manual"], "stripe")).toBe("manual");
});
