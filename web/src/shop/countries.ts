// ISO 3166-1 alpha-2, as letters: their names come from the browser, in the reader's language.
const CODES =
  "ADAEAFAGAIALAMAOARATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBWBYBZCACDCFCGCHCICKCLCMCNCOCRCUCVCWCYCZDEDJDKDMDODZECEEEGERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGTGUGWGYHKHNHRHTHUIDIEILIMINIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMQMRMSMTMUMVMWMXMYMZNANCNENGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSISKSLSMSNSOSRSSSTSVSXSYSZTCTDTGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUSUYUZVAVCVEVGVNVUWFWSYEYTZAZMZW";

/** `only` narrows it down; none means all. Sorted by name. */
export function countries(locale: string, only: readonly string[]): { value: string; label: string }[] {
  const names = new Intl.DisplayNames(locale, { type: "region" });
  const codes = only.length > 0 ? only : (CODES.match(/../g) ?? []);
  return codes.map((value) => ({ value, label: names.of(value) ?? value })).sort((a, b) => a.label.localeCompare(b.label, locale));
}

/** The likeliest one for this browser. */
export const home = (languages: readonly string[]): string =>
  languages.map((tag) => new Intl.Locale(tag).maximize().region).find((region) => region !== undefined) ?? "IT";
