// What the card of a pinned product says at an instant: price, offer, what is left. All of it follows from what the
// server said and its clock; nothing is made up, so scarcity is a fact or not told.
import type { Currency, ProductStock, Showcase, VariantId } from "../protocol";

/** `held`: none is free, but some are in the hands of buyers who may let them go. */
export type Sale = "opens" | "open" | "held" | "sold_out" | "not_for_sale";

export interface LabelVariant {
  variant: VariantId;
  name: string;
  price_minor: number;
  /** The regular price, where `price_minor` is the offer's. */
  regular_minor: number | null;
  lowest_30_days_minor: number | null;
  for_sale_since_ms: number | null;
  /** Null as long as the server has not said. */
  left: number | null;
  held: number;
}

export interface Label {
  sale: Sale;
  currency: Currency;
  variants: LabelVariant[];
  /** The variant with the lowest price: it stands on the card. */
  lead: LabelVariant | null;
  /** Whether others cost more. */
  from: boolean;
  /** Few enough to be worth saying. */
  few: number | null;
  opens_at_ms: number | null;
  offer_ends_at_ms: number | null;
  /** Pieces left at the offer's terms, if it is limited. */
  offer_left: number | null;
}

const FEW = 5;

export function label({ product, offer }: Showcase, known: ProductStock | null, now_ms: number): Label {
  const stock = known?.product === product.product ? known : null;
  const opens = offer?.opens_at_ms !== undefined && now_ms < offer.opens_at_ms;
  const good = offer !== undefined && now_ms < offer.ends_at_ms && stock?.offer_left !== 0;
  const variants = product.variants.map(({ variant, name, price_minor, offer_minor, lowest_30_days_minor, for_sale_since_ms }): LabelVariant => {
    const there = stock?.variants.find((one) => one.variant === variant);
    const reduced = good && offer_minor !== undefined;
    return {
      variant, name, price_minor: reduced ? offer_minor : price_minor, regular_minor: reduced ? price_minor : null,
      lowest_30_days_minor: (reduced && lowest_30_days_minor) || null, for_sale_since_ms: (reduced && for_sale_since_ms) || null,
      // A variant that the stock does not have is no longer sold.
      left: stock === null ? null : (there?.left ?? 0), held: there?.reserved ?? 0,
    };
  });
  const left = stock === null ? null : variants.reduce((sum, one) => sum + (one.left ?? 0), 0);
  const lead = variants.reduce<LabelVariant | null>((best, one) => (best === null || one.price_minor < best.price_minor ? one : best), null);
  return {
    sale: sale(stock, left, variants, opens), currency: product.currency, variants, lead,
    from: lead !== null && variants.some((one) => one.price_minor > lead.price_minor),
    few: left !== null && left > 0 && left <= FEW ? left : null,
    opens_at_ms: opens ? (offer.opens_at_ms ?? null) : null,
    offer_ends_at_ms: good && !opens ? offer.ends_at_ms : null,
    offer_left: good && !opens ? (stock?.offer_left ?? null) : null,
  };
}

function sale(stock: ProductStock | null, left: number | null, variants: readonly LabelVariant[], opens: boolean): Sale {
  if (stock?.for_sale === false || variants.length === 0) return "not_for_sale";
  if (left === 0) return variants.some(({ held }) => held > 0) ? "held" : "sold_out";
  return opens ? "opens" : "open";
}
