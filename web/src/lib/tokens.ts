// Which join token to say hello with. The one of the last welcome is kept per show and role, so that a person
// is the same member after a reload; the page's own serves the first visit; a new one is fetched when neither
// is taken.
import { api } from "./api";
import { kept } from "./storage";

export interface TokenSource {
  /** The token for the next hello. */
  current(): Promise<string>;
  /** The server gave a fresh one: keep it. */
  keep(token: string): void;
  /** The server did not take the current one. */
  discard(): void;
}

const OWN = { viewer: "token.viewer.", host: "token.host." };
/** How the names begin under which those of the seller are kept. */
export const HOST_TOKENS = OWN.host;

/** `page` is the token that came with the page, if any. */
export function joinTokens(slug: string, as: "viewer" | "host", page?: string): TokenSource {
  const key = OWN[as] + slug;
  let token = kept.get(key) ?? (page || null);
  return {
    async current() {
      token ??= await api.join(slug, as);
      return token;
    },
    keep(fresh) {
      token = fresh;
      kept.set(key, fresh);
    },
    discard() {
      // A kept member token may be too old while the page's own is fresh.
      const other = page && page !== token ? page : null;
      page = undefined;
      token = other;
      kept.remove(key);
    },
  };
}
