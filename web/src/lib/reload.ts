// After an update of the server an old page no longer speaks its version; loading it anew is the cure. Once:
// a cache that keeps serving the old page must not make a loop of it.
import { tab } from "./storage";

const KEY = "reloaded_at_ms";
const PATIENCE_MS = 60_000;

export function reloadOnce(): void {
  const last = Number(tab.get(KEY) ?? 0);
  if (Date.now() - last < PATIENCE_MS) return;
  tab.set(KEY, String(Date.now()));
  location.reload();
}
