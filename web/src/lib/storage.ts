// Small things remembered by the browser. Storage may be forbidden (private mode, embedded page) or full: the
// page then works on, with no memory. Of a rehearsal nothing stays: what it remembers has a name of its own and goes with
// the tab. Language, looks and devices are the person's, in whatever world.
import { WORLD } from "./world";

export interface Memory {
  get(key: string): string | null;
  set(key: string, value: string): void;
  remove(key: string): void;
  /** Removes all that begin so. */
  forget(beginning: string): void;
}

export const PREFIX = "quiora.";
const PERSONAL = /^(locale|theme|mirror|captions|device\.\w+)$/;

/** Where a thing is remembered: by the browser or by the tab, and under what name. */
export const shelf = (key: string, lasting: boolean, world = WORLD): { lasting: boolean; name: string } => {
  const own = world !== "" && !PERSONAL.test(key);
  return { lasting: lasting && !own, name: own ? `${PREFIX}${world.slice(1)}.${key}` : PREFIX + key };
};

function memory(lasting: boolean): Memory {
  const attempt = <T>(key: string, use: (storage: Storage, name: string) => T, otherwise: T): T => {
    try {
      const place = shelf(key, lasting);
      return use(place.lasting ? localStorage : sessionStorage, place.name);
    } catch {
      return otherwise;
    }
  };
  return {
    get: (key) => attempt(key, (storage, name) => storage.getItem(name), null),
    set: (key, value) => attempt(key, (storage, name) => storage.setItem(name, value), undefined),
    remove: (key) => attempt(key, (storage, name) => storage.removeItem(name), undefined),
    forget: (beginning) =>
      attempt(beginning, (storage, name) => Object.keys(storage).filter((key) => key.startsWith(name)).forEach((key) => storage.removeItem(key)), undefined),
  };
}

/** Kept until the person clears it. */
export const kept: Memory = memory(true);

/** Kept as long as this tab, reloads included. */
export const tab: Memory = memory(false);
