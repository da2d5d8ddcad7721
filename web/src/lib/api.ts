// The JSON API. What the server refuses arrives as RFC 9457 problem details with a stable `code`; what never
// reached it is the code `offline`. Callers act and translate by code.
import type { ShopId, ShowId, ShowStatus } from "../protocol";
import { within } from "./world";

export class ApiError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, detail: string) {
    super(detail);
    this.status = status;
    this.code = code;
  }

  /** Whether the same request may succeed later without anybody doing anything. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export interface ShowSummary {
  show: ShowId;
  slug: string;
  title: string;
  status: ShowStatus;
  scheduled_at_ms: number | null;
  started_at_ms: number | null;
  ended_at_ms: number | null;
}

export interface LoginState {
  shop: { id: ShopId; name: string } | null;
  setup: boolean;
}

/** What a program that streams by WHIP needs to put a show on air. */
export interface StreamKeyView {
  key: string;
  url: string;
}

const TIMEOUT_MS = 10_000;
// A photograph over a phone's uplink.
const UPLOAD_TIMEOUT_MS = 60_000;

async function problem(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null);
  const { code, detail, title } = (body ?? {}) as Record<string, unknown>;
  return new ApiError(
    response.status,
    typeof code === "string" ? code : "unexpected",
    typeof detail === "string" ? detail : typeof title === "string" ? title : response.statusText,
  );
}

/** Asks the world that this page is in. `body` goes as JSON; a file goes as it is, and says its type itself. */
export const call = <T>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<T> =>
  askHouse(method, within(path), body, headers);

/** Asks the house, from whatever world. */
export async function askHouse<T>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<T> {
  const file = body instanceof Blob;
  const init: RequestInit = {
    method, headers: { accept: "application/json", ...headers }, signal: AbortSignal.timeout(file ? UPLOAD_TIMEOUT_MS : TIMEOUT_MS),
  };
  if (file) init.body = body;
  else if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { ...init.headers, "content-type": "application/json" };
  }
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    throw new ApiError(0, "offline", String(error));
  }
  if (!response.ok) throw await problem(response);
  // Done, or on its way: there is nothing to read.
  if (response.status === 204 || response.status === 202) return undefined as T;
  try {
    return (await response.json()) as T;
  } catch (error) {
    throw new ApiError(0, "offline", String(error));
  }
}

const showPath = (slug: string): string => `/api/shows/${encodeURIComponent(slug)}`;

export const api = {
  /** Who is logged in here; `not_logged_in` when nobody. */
  session: (): Promise<LoginState> => call("GET", "/api/session"),
  /** Redeems a one-time link; a setup link names the shop as well. */
  login: (token: string, shop?: string): Promise<void> =>
    call("POST", "/api/session", shop === undefined ? { token } : { token, shop }),
  logout: (): Promise<void> => call("DELETE", "/api/session"),
  shows: async (): Promise<ShowSummary[]> => (await call<{ shows: ShowSummary[] }>("GET", "/api/shows")).shows,
  createShow: (title: string, scheduled_at_ms: number | null): Promise<ShowSummary> =>
    call("POST", "/api/shows", { title, scheduled_at_ms }),
  show: (slug: string): Promise<ShowSummary> => call("GET", showPath(slug)),
  /** Worth as much as the show itself: asked for only when somebody wants to see it. */
  streamKey: (slug: string): Promise<StreamKeyView> => call("GET", `${showPath(slug)}/stream-key`),
  /** A new key; whoever streams under the old one goes off the air. */
  renewStreamKey: (slug: string): Promise<StreamKeyView> => call("POST", `${showPath(slug)}/stream-key`),
  /** A join token; as host only when logged in. */
  join: async (slug: string, as: "viewer" | "host"): Promise<string> =>
    (await call<{ token: string }>("POST", `${showPath(slug)}/join`, { as })).token,
};
