// With sound if the browser allows it, else without, else after a tap.
import type { MediaStore } from "../state/media.svelte";

const refused = (error: unknown): boolean => error instanceof DOMException && error.name === "NotAllowedError";

async function attempt(video: HTMLVideoElement, muted: boolean): Promise<boolean> {
  video.muted = muted;
  try {
    await video.play();
    return true;
  } catch (error) {
    // Anything else than a refusal (a stream that has no track yet) is settled by `autoplay`.
    return !refused(error);
  }
}

export function attemptPlay(video: HTMLVideoElement, media: MediaStore): () => void {
  const begin = async (): Promise<void> => {
    const allowed = (await attempt(video, false)) || (await attempt(video, true));
    media.blocked = !allowed;
  };
  void begin();
  // A browser may pause what plays in the background; coming back, go on.
  const resume = (): void => {
    if (document.visibilityState === "visible" && video.paused && !media.blocked) void video.play().catch(() => undefined);
  };
  document.addEventListener("visibilitychange", resume);
  return () => document.removeEventListener("visibilitychange", resume);
}
