// Which language the page speaks: the one chosen here before, else the browser's, else English.
// `pick` and its kin are called by the generated messages. Reading the locale inside a component makes it
// follow a switch without a reload, so that changing language never interrupts the picture.
import { createSubscriber } from "svelte/reactivity";
import { kept } from "./lib/storage";

export const LOCALES = ["it", "en"] as const;
export type Locale = (typeof LOCALES)[number];

const KEY = "locale";
const isLocale = (value: unknown): value is Locale => LOCALES.includes(value as Locale);

/** The first of the wanted languages that the catalogues have; regional variants count as their language. */
export function negotiate(stored: string | null, wanted: readonly string[]): Locale {
  if (isLocale(stored)) return stored;
  for (const tag of wanted) {
    const language = tag.toLowerCase().split("-")[0];
    if (isLocale(language)) return language;
  }
  return "en";
}

let current: Locale = negotiate(kept.get(KEY), navigator.languages);
let notify: () => void = () => undefined;
const subscribe = createSubscriber((update) => {
  notify = update;
});

const announce = (): void => {
  document.documentElement.lang = current;
};
announce();

export function locale(): Locale {
  subscribe();
  return current;
}

export function setLocale(next: Locale): void {
  current = next;
  announce();
  kept.set(KEY, next);
  notify();
}

/** The texts come in the order of LOCALES. */
export const pick = (...texts: [string, string]): string => texts[LOCALES.indexOf(locale())] as string;

export const pickLazy = (...texts: [() => string, () => string]): string =>
  (texts[LOCALES.indexOf(locale())] as () => string)();

export const number = (value: number): string => value.toLocaleString(locale());

type PluralForms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };
export const plural = (count: number, forms: PluralForms): string =>
  forms[new Intl.PluralRules(locale()).select(count)] ?? forms.other;
