// What the server wrote into the page: the data of the first paint, without a request.
import type { ShowStatus } from "./protocol";

export interface ListedShow {
  slug: string;
  title: string;
  status: ShowStatus;
  scheduled_at_ms: number | null;
}
interface Connecting {
  /** STUN and TURN servers, if the operator has any. */
  ice_servers?: RTCIceServer[];
}
export interface WatchBoot extends ListedShow, Connecting {
  page: "watch";
  shop: string;
  token: string;
}
export interface StudioBoot extends Connecting {
  page: "studio";
}
export interface HomeBoot {
  page: "home";
  shop: string;
  shows: ListedShow[];
}
export interface OrderBoot {
  page: "order";
  order: string;
  shop: string;
}
export interface MissingBoot {
  page: "missing";
}
/** A rehearsal that is over. */
export interface OverBoot {
  page: "over";
}

/** The boot data, or "missing" when the page came without any: then there is nothing to show either. */
export function readBoot<T extends { page: string }>(document: Document): T | MissingBoot | OverBoot {
  const text = document.getElementById("boot")?.textContent;
  return text ? (JSON.parse(text) as T) : { page: "missing" };
}
