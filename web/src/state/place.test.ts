import { afterEach, expect, it } from "vitest";
import { placeOf, takeToken } from "./place";

afterEach(() => history.replaceState(null, "", "/"));

it.each([
  ["/studio", { page: "shows" }],
  ["/studio/", { page: "shows" }],
  ["/studio/products", { page: "products" }],
  ["/studio/orders/", { page: "orders" }],
  ["/studio/settings", { page: "settings" }],
  ["/studio/connections", { page: "connections" }],
  ["/studio/borse-2", { page: "show", slug: "borse-2" }],
  ["/studio/borse-2/", { page: "show", slug: "borse-2" }],
  ["/studio/a/b", { page: "shows" }],
  ["/studio/%2e%2e", { page: "shows" }],
])("%s is a place", (path, place) => expect(placeOf(path)).toEqual(place));

it.each(["login", "setup"] as const)("a %s token is taken once and leaves no trace in the address", (kind) => {
  history.replaceState(null, "", `/studio/demo?x=1#${kind}=abc_-1`);
  expect(takeToken()).toEqual({ kind, token: "abc_-1" });
  expect(location.href).toMatch(/\/studio\/demo\?x=1$/);
  expect(takeToken()).toBeNull();
});
