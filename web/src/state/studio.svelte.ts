// Who is in the studio and where: logged in or not, the shop's shows, the page that the address names. The
// address bar holds the truth of where; the server's cookie that of who.
import { api, ApiError, type ShowSummary } from "../lib/api";
import { kept, tab } from "../lib/storage";
import { HOST_TOKENS } from "../lib/tokens";
import { placed, within } from "../lib/world";
import { placeOf, takeToken, type Place } from "./place";

/** `out`: nobody is logged in. `setup`: a new house whose shop has no name yet. */
export type Phase = "checking" | "out" | "setup" | "offline" | "in";

const SETUP = "setup_token";
/** A device that steers a show is not logged in by that. */
const NOBODY: readonly string[] = ["not_logged_in", "remote_not_allowed"];

export class Studio {
  phase: Phase = $state("checking");
  place: Place = $state.raw(placeOf(placed(location.pathname)));
  shop = $state("");
  shows: ShowSummary[] | null = $state.raw(null);
  /** The link that was opened did not let anybody in. */
  badLink = $state(false);
  /** What the last action met: a code, or null. */
  trouble: string | null = $state(null);
  /** While true the seller is on air here, and leaving the page needs a decision. */
  held = $state(false);

  async enter(): Promise<void> {
    this.phase = "checking";
    this.trouble = null;
    const link = takeToken();
    if (link?.kind === "setup") tab.set(SETUP, link.token);
    if (link?.kind === "login") {
      try {
        await api.login(link.token);
      } catch (error) {
        if (codeOf(error) === "login_invalid") this.badLink = true;
        else return this.#unreached(error);
      }
    }
    await this.#who();
  }

  /** Names the shop of a new house and lets its owner in. */
  async setUp(shop: string): Promise<void> {
    const token = tab.get(SETUP);
    if (token === null) return this.#who();
    this.trouble = null;
    try {
      await api.login(token, shop);
    } catch (error) {
      // Anything but a used link can be tried again with the same one.
      if (codeOf(error) !== "login_invalid") {
        this.trouble = codeOf(error);
        return;
      }
      this.badLink = true;
    }
    tab.remove(SETUP);
    await this.#who();
  }

  async leave(): Promise<void> {
    try {
      await api.logout();
      // They let in whoever sits down here next.
      kept.forget(HOST_TOKENS);
      this.phase = "out";
      this.shows = null;
    } catch (error) {
      this.trouble = codeOf(error);
    }
  }

  async loadShows(): Promise<void> {
    this.trouble = null;
    try {
      this.shows = await api.shows();
    } catch (error) {
      this.#met(error);
    }
  }

  /** The new show, or null with the reason in `trouble`. */
  async createShow(title: string, scheduled_at_ms: number | null): Promise<ShowSummary | null> {
    this.trouble = null;
    try {
      return await api.createShow(title, scheduled_at_ms);
    } catch (error) {
      this.#met(error);
      return null;
    }
  }

  async show(slug: string): Promise<ShowSummary | "missing" | null> {
    this.trouble = null;
    try {
      return await api.show(slug);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return "missing";
      this.#met(error);
      return null;
    }
  }

  go(path: string): void {
    if (this.held) return;
    history.pushState(null, "", within(path));
    this.place = placeOf(path);
    scrollTo(0, 0);
  }

  /** The browser went back or forward; true when it may not, because the seller is on air. */
  moved(): boolean {
    const place = placeOf(placed(location.pathname));
    if (this.held && this.place.page === "show" && !(place.page === "show" && place.slug === this.place.slug)) {
      history.pushState(null, "", within(`/studio/${this.place.slug}`));
      return true;
    }
    this.place = place;
    return false;
  }

  async #who(): Promise<void> {
    try {
      const { shop } = await api.session();
      this.shop = shop?.name ?? "";
      this.phase = "in";
      this.badLink = false;
      tab.remove(SETUP);
    } catch (error) {
      if (!NOBODY.includes(codeOf(error))) return this.#unreached(error);
      this.phase = tab.get(SETUP) === null ? "out" : "setup";
    }
  }

  #unreached(error: unknown): void {
    this.trouble = codeOf(error);
    this.phase = "offline";
  }

  #met(error: unknown): void {
    this.trouble = codeOf(error);
    if (NOBODY.includes(this.trouble ?? "")) this.phase = "out";
  }
}

const codeOf = (error: unknown): string => (error instanceof ApiError ? error.code : "unexpected");
