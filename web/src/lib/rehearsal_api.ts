// The rehearsal, as the house tells of it: whatever world this page is in.
import { askHouse } from "./api";

/** One that is on. */
export interface RehearsalView {
  /** What its pages are under. */
  path: string;
  slug: string;
  ends_at_ms: number;
}

export const rehearsalApi = {
  /** `language`: what the robots write. `rehearsal_running` if one is on. */
  begin: (slug: string, language: string): Promise<RehearsalView> =>
    askHouse("POST", `/api/shows/${encodeURIComponent(slug)}/rehearsal`, { language }),
  /** The one that is on; `rehearsal_over` if none is. */
  read: (): Promise<RehearsalView> => askHouse("GET", "/api/rehearsal"),
  end: (): Promise<void> => askHouse("DELETE", "/api/rehearsal"),
};

/** Where its studio is. */
export const studioOf = ({ path, slug }: RehearsalView): string => `${path}/studio/${slug}`;
