import type { ListedShow } from "../boot";

export interface Shelves {
  now: ListedShow[];
  next: ListedShow[];
  past: ListedShow[];
}

/** Sorts shows as a visitor asks for them: the nearest date first, undated ones after; drafts are not shown. */
export function shelves(shows: readonly ListedShow[]): Shelves {
  const of = (status: ListedShow["status"]): ListedShow[] => shows.filter((show) => show.status === status);
  const at = (show: ListedShow): number => show.scheduled_at_ms ?? Number.MAX_SAFE_INTEGER;
  return { now: of("live"), next: of("scheduled").sort((a, b) => at(a) - at(b)), past: of("ended") };
}
