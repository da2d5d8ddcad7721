import { describe, expect, it } from "vitest";
import { complete, completing, mentioned, pieces } from "./mentions";

const PEOPLE = [
  { member: "a", nickname: "Anna" },
  { member: "l", nickname: "Anna Lindqvist" },
  { member: "k", nickname: "けんじ" },
];
const cut = (text: string, mentions = PEOPLE): string[] => pieces(text, mentions).map((piece) => (piece.member ? `[${piece.text}]` : piece.text));

describe("whom a line means", () => {
  it.each([
    ["hello", []],
    ["@Anna yes", ["a"]],
    ["@anna lindqvist, yes", ["l"]],
    ["yes @けんじ!", ["k"]],
    ["write to me@Anna.example", []],
    ["@Annabel", []],
    ["@Anna @Anna Lindqvist @Anna", ["a", "l"]],
    ["@", []],
  ])("%s", (text, members) => {
    expect(mentioned(text, PEOPLE).map(({ member }) => member)).toEqual(members);
  });
  it("is at most five", () => {
    const many = Array.from({ length: 9 }, (_, n) => ({ member: `m${n}`, nickname: `n${n}x` }));
    expect(mentioned(many.map(({ nickname }) => `@${nickname}`).join(" "), many)).toHaveLength(5);
  });
});

describe("a line is cut where somebody is mentioned", () => {
  it.each([
    ["hello", ["hello"]],
    ["@Anna yes", ["[@Anna]", " yes"]],
    ["oh @Anna Lindqvist", ["oh ", "[@Anna Lindqvist]"]],
    ["", [""]],
  ])("%s", (text, parts) => {
    expect(cut(text)).toEqual(parts);
  });
  it("only for those the server names", () => expect(cut("@Anna", [])).toEqual(["@Anna"]));
});

describe("while one writes", () => {
  it("offers who begins like that", () => {
    expect(completing("so @an", 6, PEOPLE)).toMatchObject({ at: 3, offers: [{ member: "a" }, { member: "l" }] });
    expect(completing("so @", 4, PEOPLE)?.offers).toHaveLength(3);
  });
  it.each([["so an", 5], ["me@an", 5], ["@zz", 3], ["@けんじ", 4], [`@${"x".repeat(40)}`, 41]])("offers nobody for %s", (text, caret) => {
    expect(completing(text, caret, PEOPLE)).toBeNull();
  });
  it("puts the name in place and the caret behind it", () => {
    expect(complete("so @an, yes", 6, 3, "Anna")).toEqual({ text: "so @Anna , yes", caret: 9 });
    expect(complete("@a", 2, 0, "Anna Lindqvist")).toEqual({ text: "@Anna Lindqvist ", caret: 16 });
  });
});
