// `@nickname` in a line: whom it means while one writes, and where it stands when one reads.
import type { MemberId, Mention } from "../protocol";

/** What a line may carry. */
const AT_MOST = 5;
const OFFERED = 5;
/** A nickname has spaces in it perhaps; a word before the `@` makes it an address, not a mention. */
const isWord = (char: string | undefined): boolean => char !== undefined && /[\p{L}\p{N}_]/u.test(char);
const same = (a: string, b: string): boolean => a.localeCompare(b, undefined, { sensitivity: "base" }) === 0;

/** Where `@nickname` stands in `text`, the longest name first: `@Anna Lindqvist` is not `@Anna`. */
function* found(text: string, people: readonly Mention[]): Generator<{ at: number; length: number; who: Mention }> {
  const longest = [...people].sort((a, b) => b.nickname.length - a.nickname.length);
  for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", at + 1)) {
    if (isWord(text[at - 1])) continue;
    const who = longest.find(({ nickname }) => same(text.slice(at + 1, at + 1 + nickname.length), nickname) && !isWord(text[at + 1 + nickname.length]));
    if (who) yield { at, length: 1 + who.nickname.length, who };
  }
}

/** Whom a line means, each once. */
export function mentioned(text: string, people: readonly Mention[]): Mention[] {
  const members = new Map<MemberId, Mention>();
  for (const { who } of found(text, people)) members.set(who.member, who);
  return [...members.values()].slice(0, AT_MOST);
}

export interface Piece {
  text: string;
  /** Set if it is a mention. */
  member: MemberId | null;
}

/** A line cut where somebody is mentioned. */
export function pieces(text: string, mentions: readonly Mention[]): Piece[] {
  const out: Piece[] = [];
  let from = 0;
  for (const { at, length, who } of mentions.length > 0 ? found(text, mentions) : []) {
    if (at > from) out.push({ text: text.slice(from, at), member: null });
    out.push({ text: text.slice(at, at + length), member: who.member });
    from = at + length;
  }
  if (from < text.length || out.length === 0) out.push({ text: text.slice(from), member: null });
  return out;
}

export interface Completing {
  /** Where the `@` stands. */
  at: number;
  offers: Mention[];
}

/** Whom one may be about to mention, the last who spoke first; null if nobody. */
export function completing(text: string, caret: number, people: readonly Mention[]): Completing | null {
  const before = text.slice(0, caret);
  const at = before.lastIndexOf("@");
  if (at < 0 || isWord(before[at - 1])) return null;
  const begun = before.slice(at + 1).toLocaleLowerCase();
  if (begun.length > 32) return null;
  const offers = people.filter(({ nickname }) => nickname.toLocaleLowerCase().startsWith(begun) && nickname.length >= begun.length).slice(0, OFFERED);
  // Written to its end, there is nothing to complete.
  if (offers.length === 0 || (offers.length === 1 && same(offers[0]?.nickname ?? "", begun))) return null;
  return { at, offers };
}

export function complete(text: string, caret: number, at: number, nickname: string): { text: string; caret: number } {
  const head = `${text.slice(0, at)}@${nickname} `;
  return { text: head + text.slice(caret).trimStart(), caret: head.length };
}
