// Small things remembered by the browser. Storage may be forbidden (private mode, embedded page) or full: the
// page then works on, with no memory.
export interface Memory {
  get(key: string): string | null;
  set(key: string, value: string): void;
  remove(key: string): void;
}

export const PREFIX = "quiora.";

function memory(open: () => Storage): Memory {
  const attempt = <T>(use: (storage: Storage) => T, otherwise: T): T => {
    try {
      return use(open());
    } catch {
      return otherwise;
    }
  };
  return {
    get: (key) => attempt((storage) => storage.getItem(PREFIX + key), null),
    set: (key, value) => attempt((storage) => storage.setItem(PREFIX + key, value), undefined),
    remove: (key) => attempt((storage) => storage.removeItem(PREFIX + key), undefined),
  };
}

/** Kept until the person clears it. */
export const kept: Memory = memory(() => localStorage);

/** Kept as long as this tab, reloads included. */
export const tab: Memory = memory(() => sessionStorage);
