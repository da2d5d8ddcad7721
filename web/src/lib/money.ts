// Amounts of money: integers in minor units and an ISO 4217 currency, shown and read in the reader's language.
const digitsOf = (currency: string): number =>
  new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;

/** `189,00 €`; a price on a label may drop the cents that it has not. */
export function money(minor: number, currency: string, locale: string, label = false): string {
  const digits = digitsOf(currency);
  const whole = label && minor % 10 ** digits === 0;
  const format = new Intl.NumberFormat(locale, { style: "currency", currency, ...(whole && { minimumFractionDigits: 0, maximumFractionDigits: 0 }) });
  return format.format(minor / 10 ** digits);
}

/** What somebody typed (`189`, `189,5`, `1.189,50`, `1,189.50`) in minor units; null if it is no amount. */
export function minorOf(text: string, currency: string): number | null {
  const digits = digitsOf(currency);
  const clean = text.replace(/[\s'’\u00a0\u202f]/g, "").replace(/^[^\d.,-]+|[^\d.,]+$/g, "");
  // The last point or comma divides the whole from its parts, unless three digits follow it.
  const [, whole, part = ""] = /^(\d{1,3}(?:[.,]\d{3})+|\d+)(?:[.,](\d{1,2}))?$/.exec(clean) ?? [];
  if (whole === undefined || part.length > digits) return null;
  const value = Number(whole.replace(/[.,]/g, "") + part.padEnd(digits, "0"));
  return Number.isSafeInteger(value) && value <= 99_999_999_999 ? value : null;
}

/** The amount as a field for typing has it: `189.00`, with the reader's decimal sign. */
export function typed(minor: number, currency: string, locale: string): string {
  const digits = digitsOf(currency);
  return (minor / 10 ** digits).toLocaleString(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false });
}
