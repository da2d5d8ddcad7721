// Who helps with a show: the moderators' links, what was done by whom, and the shop's words that nobody may write.
import { staffApi, type ModeratorView, type StaffLink } from "../lib/staff_api";
import type { AuditEntry, FilterSettings, Language } from "../protocol";
import { Deeds } from "./deeds.svelte";

export class Crew extends Deeds {
  moderators: readonly ModeratorView[] | null = $state.raw(null);
  /** The link that was just made. It is not told a second time. */
  made: StaffLink | null = $state.raw(null);
  trail: readonly AuditEntry[] | null = $state.raw(null);
  filter: FilterSettings | null = $state.raw(null);
  readonly #slug: string;
  #before: number | undefined = $state();
  /** There is more of it. */
  readonly more = $derived(this.#before !== undefined);

  constructor(slug: string) {
    super();
    this.#slug = slug;
  }

  load(): Promise<boolean> {
    return this.do(() => this.#list());
  }

  invite(name: string): Promise<boolean> {
    return this.do(async () => {
      this.made = await staffApi.invite(this.#slug, name);
      await this.#list();
    });
  }

  /** Out at once, and the link is worth nothing. */
  revoke(moderator: string): Promise<boolean> {
    return this.do(async () => {
      await staffApi.revoke(this.#slug, moderator);
      this.moderators = (this.moderators ?? []).filter((one) => one.moderator !== moderator);
      if (this.made?.moderator === moderator) this.made = null;
    });
  }

  loadTrail(): Promise<boolean> {
    return this.do(() => this.#read([]));
  }

  older(): Promise<boolean> {
    return this.do(() => this.#read(this.trail ?? [], this.#before));
  }

  loadFilter(): Promise<boolean> {
    return this.do(async () => void (this.filter = await staffApi.filter()));
  }

  /** Holds from now on, in shows that are on too. */
  setFilter(change: Partial<FilterSettings>): Promise<boolean> {
    return this.do(async () => {
      if (this.filter) this.filter = await staffApi.setFilter({ ...this.filter, ...change });
    });
  }

  async #list(): Promise<void> {
    this.moderators = (await staffApi.moderators(this.#slug)).filter(({ revoked_at_ms }) => revoked_at_ms === undefined);
  }

  /** The trail before `from`, behind what is known of it. */
  async #read(known: readonly AuditEntry[], from?: number): Promise<void> {
    const { entries, before } = await staffApi.audit(this.#slug, from);
    this.trail = [...known, ...entries];
    this.#before = before;
  }
}

export const LANGUAGES: readonly Language[] = ["it", "en"];

/** One word or phrase to a line, each once. */
export const wordsOf = (text: string): string[] => text.split("\n").map((word) => word.trim()).filter((word, at, all) => word !== "" && all.indexOf(word) === at);
