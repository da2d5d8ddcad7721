// Waiting for something to become so, with a deadline and a name for when it does not.

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** Calls `probe` until it gives something truthy, and gives that back. What `probe` throws is thrown on at once. */
export async function until(what, limit_ms, probe, every_ms = 100) {
  const started = Date.now();
  for (;;) {
    const found = await probe();
    if (found) return found;
    const waited = Date.now() - started;
    if (waited > limit_ms) throw new Error(`after ${(waited / 1000).toFixed(1)} s still not: ${what}`);
    await sleep(every_ms);
  }
}
