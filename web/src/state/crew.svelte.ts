// Who helps with a show: the moderators' links, what was done by whom, and the shop's words that nobody may write.
import { staffApi, type ModeratorView, type StaffLink } from "../lib/staff_api";
import type { AuditEntry, FilterSettings, Language } from "../protocol";
import { codeOf } from "./catalogue.svelte";

export class Crew {
  moderators: readonly ModeratorView[] | null = $state.raw(null);
  /** The link that was just made. It is not told a second time. */
  made: StaffLink | null = $state.raw(null);
  trail: readonly AuditEntry[] | null = $state.raw(null);
  /** There is more of it. */
  more = $state(false);
  filter: FilterSettings | null = $state.raw(null);
  trouble: string | null = $state(null);
  busy = $state(false);
  readonly #slug: string;
  #before: number | undefined;

  constructor(slug: string) {
    this.#slug = slug;
  }

  load(): Promise<boolean> {
    return this.#do(async () => {
      this.moderators = (await staffApi.moderators(this.#slug)).filter(({ revoked_at_ms }) => revoked_at_ms === undefined);
    });
  }

  invite(name: string): Promise<boolean> {
    return this.#do(async () => {
      this.made = await staffApi.invite(this.#slug, name);
      this.moderators = (await staffApi.moderators(this.#slug)).filter(({ revoked_at_ms }) => revoked_at_ms === undefined);
    });
  }

  /** Out at once, and the link is worth nothing. */
  revoke(moderator: string): Promise<boolean> {
    return this.#do(async () => {
      await staffApi.revoke(this.#slug, moderator);
      this.moderators = (this.moderators ?? []).filter((one) => one.moderator !== moderator);
      if (this.made?.moderator === moderator) this.made = null;
    });
  }

  loadTrail(): Promise<boolean> {
    return this.#do(async () => {
      const { entries, before } = await staffApi.audit(this.#slug);
      this.trail = entries;
      this.#before = before;
      this.more = before !== undefined;
    });
  }

  older(): Promise<boolean> {
    return this.#do(async () => {
      const { entries, before } = await staffApi.audit(this.#slug, this.#before);
      this.trail = [...(this.trail ?? []), ...entries];
      this.#before = before;
      this.more = before !== undefined;
    });
  }

  loadFilter(): Promise<boolean> {
    return this.#do(async () => void (this.filter = await staffApi.filter()));
  }

  /** Holds from now on, in shows that are on too. */
  setFilter(change: Partial<FilterSettings>): Promise<boolean> {
    return this.#do(async () => {
      if (this.filter) this.filter = await staffApi.setFilter({ ...this.filter, ...change });
    });
  }

  async #do(deed: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.trouble = null;
    try {
      await deed();
      return true;
    } catch (error) {
      this.trouble = codeOf(error);
      return false;
    } finally {
      this.busy = false;
    }
  }
}

export const LANGUAGES: readonly Language[] = ["it", "en"];

/** One word or phrase to a line, each once. */
export const wordsOf = (text: string): string[] => text.split("\n").map((word) => word.trim()).filter((word, at, all) => word !== "" && all.indexOf(word) === at);
