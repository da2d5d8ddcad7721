// Pages whose words are longest, or are not of Latin letters: German on a small phone, Japanese, and what French and Spanish
// do to the narrowest places.
import { readFileSync } from "node:fs";
import { CROWD_STATES } from "./crowd_states.mjs";
import { SHOP_STATES } from "./shop_states.mjs";
import { STATES } from "./states.mjs";

const known = [...STATES, ...SHOP_STATES, ...CROWD_STATES];
const of = (name) => known.find((state) => state.name === name);
const catalogue = (tag) => JSON.parse(readFileSync(new URL(`../../messages/${tag}.json`, import.meta.url), "utf8"));
const press = (name, after = async () => undefined) => async (page) => {
  await page.getByRole("button", { name, exact: true }).first().click();
  await page.waitForTimeout(600);
  await after(page);
};
/** What is done by an Italian name in the state it is taken from, by the name in this language. */
const ACTS = {
  "shop-choose": (m) => press(m.buy.buy),
  "shop-form": (m) => press(m.buy.buy, (page) => page.getByRole("button", { name: m.buy.order }).evaluate((button) => button.scrollIntoView())),
  preferences: (m) => press(m.common.settings),
  // What is heard is heard in any language.
  "crowd-on-air": () => of("crowd-on-air").act,
};
const PAGES = {
  de: ["crowd-on-air", "crowd-poll", "live-upright", "waiting", "preferences", "shop-choose", "shop-form", "shop-line-card", "shop-order", "home", "shop-studio-table", "shop-studio-orders", "shop-studio-settings", "shop-studio-products"],
  ja: ["crowd-on-air", "crowd-poll", "live-upright", "live", "waiting", "shop-choose", "shop-form", "shop-order", "home", "shop-studio-table", "shop-studio-orders", "shop-studio-settings"],
  fr: ["live-upright", "shop-form", "shop-order", "shop-studio-orders", "shop-studio-settings"],
  es: ["waiting", "shop-form", "shop-studio-orders"],
};
const SMALL = { width: 360, height: 740 };

export const LANGUAGE_STATES = Object.entries(PAGES).flatMap(([tag, names]) =>
  names.filter(of).flatMap((name) => {
    const here = { ...of(name), name: `${tag}-${name}`, locale: tag, themes: ["light"], act: ACTS[name]?.(catalogue(tag)) };
    const small = { ...here, sizes: ["phone"], viewport: SMALL };
    return tag === "de" ? [small, { ...here, sizes: ["laptop"] }] : tag === "ja" ? [here] : [small];
  }));
