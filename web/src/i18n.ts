// The words of the page for its components. The functions generated from messages/*.json ask here for their text by
// its place; reading the language inside a component makes it follow a switch without a reload, so that changing the
// language never interrupts the picture and loses nothing that was typed.
import { createSubscriber } from "svelte/reactivity";
import { type Locale, speech } from "./lib/speech";

export { LOCALES, type Locale } from "./lib/speech";

const subscribe = createSubscriber((update) => {
  speech.onchange = update;
});

/** The language that is spoken, for dates, numbers and names. */
export function locale(): Locale {
  subscribe();
  return speech.locale;
}

/** The language that was chosen: spoken at once, or as soon as its words have come. */
export function chosen(): Locale {
  subscribe();
  return speech.wanted;
}

export const setLocale = (next: Locale): void => void speech.speak(next);

export const number = (value: number): string => value.toLocaleString(locale());

/** What stands in the places of a text; `count` also chooses its form. */
type Values = Readonly<Record<string, string | number>>;

/** The text at a place of a section. */
export function say(section: string, place: number, values?: Values): string {
  const spoken = locale();
  const message = speech.words[section]?.[place] ?? "";
  const text =
    typeof message === "string" ? message : (message[new Intl.PluralRules(spoken).select(values?.count as number)] ?? message.other);
  return values ? text.replace(/\{(\w+)\}/g, (_, name: string) => (values[name] as string | number).toLocaleString(spoken)) : text;
}
