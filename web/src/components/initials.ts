/** The first letters of the first and the last word, as a person would draw a monogram. */
export function initials(name: string): string {
  const words = name.split(/[\s'’.-]+/).filter((word) => /\p{L}|\p{N}/u.test(word));
  const ends = words.length > 1 ? [words[0], words[words.length - 1]] : [words[0]];
  return ends.map((word) => [...(word ?? "")][0]?.toLocaleUpperCase() ?? "").join("") || "·";
}

// Hues from brick to olive: the bottega has no blue on its walls.
const FIRST_HUE = 20;
const HUES = 110;

/** A hue in degrees, the same for the same name. */
export function tint(name: string): number {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return FIRST_HUE + (sum % HUES);
}
