// What the address of the studio says: which page, and at most once a token to come in with.
export const ROOMS = ["products", "orders", "connections", "settings"] as const;
export type Room = (typeof ROOMS)[number];
export type Place = { page: "shows" } | { page: Room } | { page: "show"; slug: string };

export const placeOf = (path: string): Place => {
  const slug = /^\/studio\/([a-z0-9-]+)\/?$/.exec(path)?.[1];
  const room = ROOMS.find((one) => one === slug);
  return room ? { page: room } : slug ? { page: "show", slug } : { page: "shows" };
};

/** A page for who comes by a link and is not logged in: a moderator, or the seller's second device. */
export function helperPlace(path: string): { as: "moderator" | "remote"; slug: string } | null {
  const [, slug, page] = /^\/studio\/shows\/([a-z0-9-]+)\/(moderate|remote)\/?$/.exec(path) ?? [];
  return slug === undefined ? null : { as: page === "remote" ? "remote" : "moderator", slug };
}

/** The key in a helper's link, taken out of the address so that it is neither shared nor kept. */
export function takeKey(as: "moderator" | "remote"): string | null {
  const key = new URLSearchParams(location.hash.slice(1)).get(as);
  if (key !== null) history.replaceState(null, "", location.pathname + location.search);
  return key;
}

/** The one-time token that the link carries, taken out of the address so that it is neither shared nor kept. */
export function takeToken(): { kind: "login" | "setup"; token: string } | null {
  const fragment = new URLSearchParams(location.hash.slice(1));
  for (const kind of ["login", "setup"] as const) {
    const token = fragment.get(kind);
    if (!token) continue;
    history.replaceState(null, "", location.pathname + location.search);
    return { kind, token };
  }
  return null;
}
