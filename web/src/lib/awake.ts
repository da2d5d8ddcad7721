// Keeps the screen from going dark while on air: a phone that sleeps takes its camera with it. The browser
// lets the lock go when the page is hidden, so it is asked for again on return.
export function stayAwake(): () => void {
  let lock: WakeLockSentinel | null = null;
  let over = false;
  const ask = async (): Promise<void> => {
    if (over || document.visibilityState === "hidden" || !("wakeLock" in navigator)) return;
    try {
      const taken = await navigator.wakeLock.request("screen");
      if (over) await taken.release();
      else lock = taken;
    } catch {
      // A battery saver may refuse; the show goes on.
    }
  };
  const visible = (): void => void ask();
  document.addEventListener("visibilitychange", visible);
  void ask();
  return () => {
    over = true;
    document.removeEventListener("visibilitychange", visible);
    void lock?.release().catch(() => undefined);
  };
}
