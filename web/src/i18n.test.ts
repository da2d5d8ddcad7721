import { expect, it } from "vitest";
import { chosen, locale, number, say } from "./i18n";
import { speech } from "./lib/speech";

const FRUIT = { fruit: ["a pear", { one: "{count} pear, {name}", other: "{count} pears, {name}" }] };

it("a text has its values, and the form and figures of its language", () => {
  speech.say("en", FRUIT);
  expect(say("fruit", 0)).toBe("a pear");
  expect(say("fruit", 1, { count: 1, name: "Ada" })).toBe("1 pear, Ada");
  expect(say("fruit", 1, { count: 12_345, name: "$&" })).toBe("12,345 pears, $&");
});

it("a language without a singular says the form it has", () => {
  speech.say("ja", { fruit: ["梨", { other: "梨{count}個" }] });
  expect(say("fruit", 1, { count: 1 })).toBe("梨1個");
});

it("a switch changes texts, numbers and the page's lang", () => {
  speech.say("it", { fruit: ["una pera"] });
  expect([say("fruit", 0), number(12_345), locale(), chosen(), document.documentElement.lang]).toEqual(["una pera", "12.345", "it", "it", "it"]);
});
