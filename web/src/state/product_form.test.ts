import { describe, expect, it } from "vitest";
import type { Product } from "../protocol";
import { draftFrom, emptyVariant, formOf, percent, whole } from "./product_form";

const PRODUCT: Product = {
  product: "p", position: 0, title: "Borsa", description: "Cucita a mano", status: "active", vat_bp: 2250, max_per_buyer: 2, images: [], currency: "EUR", created_at_ms: 0, updated_at_ms: 0,
  variants: [{ variant: "v", name: "cognac", sku: "BC", price_minor: 118950, lowest_30_days_minor: null, stock: 5, free: 3, reserved: 1, sold: 1 }],
};

it.each(["it", "en"])("a product comes back as it was, in %s", (locale) => {
  const { draft, wrong } = draftFrom(formOf(PRODUCT, "EUR", locale), "EUR");
  expect([...wrong]).toEqual([]);
  expect(draft).toEqual({
    title: "Borsa", description: "Cucita a mano", status: "active", vat_bp: 2250, max_per_buyer: 2, images: [],
    variants: [{ variant: "v", name: "cognac", sku: "BC", price_minor: 118950, stock: 5 }],
  });
});

describe("what is wrong", () => {
  it("is named field by field, and makes no draft", () => {
    const { draft, wrong } = draftFrom({ ...formOf(null, "EUR", "it"), vat: "x", max: "0" }, "EUR");
    expect(draft).toBeNull();
    expect([...wrong].sort()).toEqual(["max", "title", "variants.0.price", "vat"]);
  });
  it("is a second variant of the same name", () => {
    const form = { ...formOf(null, "EUR", "it"), title: "Borsa", variants: [{ ...emptyVariant(), price: "10" }, { ...emptyVariant(), price: "12" }] };
    expect([...draftFrom(form, "EUR").wrong]).toEqual(["variants.1.name"]);
  });
});

it("a new variant has no id yet", () => {
  const form = { ...formOf(null, "EUR", "it"), title: "Borsa", variants: [{ ...emptyVariant(), price: "189,50", stock: "3" }] };
  expect(draftFrom(form, "EUR").draft).toMatchObject({ max_per_buyer: null, vat_bp: 2200, variants: [{ name: "", price_minor: 18950, stock: 3 }] });
  expect(draftFrom(form, "EUR").draft?.variants[0]).not.toHaveProperty("variant");
});

it.each([["22", 2200], ["4,5", 450], ["22 %", 2200], ["0", 0], ["100", 10000], ["101", null], ["-1", null], ["", null]])("%s %% of VAT", (text, bp) => expect(percent(text)).toBe(bp));
it.each([["3", 3], [" 12 ", 12], ["1.5", null], ["-1", null], ["", null]])("%s pieces", (text, count) => expect(whole(text)).toBe(count));
