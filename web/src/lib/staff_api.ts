// Who helps to run a show, over HTTP: links for them, what they did, and the words that nobody may write. The studio's
// cookie says who asks; a link's key says who comes.
import type { AuditEntry, FilterSettings } from "../protocol";
import { ApiError, call } from "./api";
import { kept } from "./storage";
import type { TokenSource } from "./tokens";

export interface ModeratorView {
  moderator: string;
  name: string;
  created_at_ms: number;
  revoked_at_ms?: number;
}

/** Lets somebody in; shown once. */
export interface StaffLink {
  link: string;
  key: string;
  moderator?: string;
  expires_at_ms?: number;
}

/** A device that steers the show, connected or not. */
export interface RemoteView {
  came_at_ms: number;
  /** At the latest. */
  expires_at_ms: number;
}

export interface Trail {
  entries: AuditEntry[];
  before?: number;
}
export type HelperKind = "moderator" | "remote";

const showPath = (slug: string): string => `/api/shows/${encodeURIComponent(slug)}`;

export const staffApi = {
  moderators: async (slug: string): Promise<ModeratorView[]> => (await call<{ moderators: ModeratorView[] }>("GET", `${showPath(slug)}/moderators`)).moderators,
  invite: (slug: string, name: string): Promise<StaffLink> => call("POST", `${showPath(slug)}/moderators`, { name }),
  revoke: (slug: string, moderator: string): Promise<void> => call("DELETE", `${showPath(slug)}/moderators/${encodeURIComponent(moderator)}`),
  remote: (slug: string): Promise<StaffLink> => call("POST", `${showPath(slug)}/remote`),
  remotes: async (slug: string): Promise<RemoteView[]> => (await call<{ devices: RemoteView[] }>("GET", `${showPath(slug)}/remote`)).devices,
  /** All of them, and codes that nobody has scanned. */
  disconnect: (slug: string): Promise<void> => call("DELETE", `${showPath(slug)}/remote`),
  audit: (slug: string, before?: number): Promise<Trail> => call("GET", `${showPath(slug)}/audit${before === undefined ? "" : `?before=${before}`}`),
  filter: (): Promise<FilterSettings> => call("GET", "/api/shop/filter"),
  setFilter: (filter: FilterSettings): Promise<FilterSettings> => call("PUT", "/api/shop/filter", filter),
  join: async (slug: string, as: HelperKind, key: string): Promise<string> => (await call<{ token: string }>("POST", `${showPath(slug)}/join`, { as, key })).token,
};

/** Tokens of who came by a link. Its key makes the first; from then on the device is known by the one it keeps. */
export function helperTokens(slug: string, as: HelperKind, key: string | null): TokenSource {
  const name = `token.${as}.${slug}`;
  // Who opens a link means that link, whatever this device was before.
  let token = key === null ? kept.get(name) : null;
  let left = key;
  return {
    async current() {
      if (token !== null) return token;
      if (left === null) throw new ApiError(401, "access_revoked", "no link");
      try {
        token = await staffApi.join(slug, as, left);
      } catch (error) {
        // Asking again with a key that is worth nothing changes nothing.
        if (error instanceof ApiError && error.code === "login_invalid") throw new ApiError(401, "access_revoked", error.message);
        throw error;
      }
      // A remote's key is worth nothing from now on.
      if (as === "remote") left = null;
      kept.set(name, token);
      return token;
    },
    keep(fresh) {
      token = fresh;
      kept.set(name, fresh);
    },
    discard() {
      token = null;
      kept.remove(name);
    },
  };
}
