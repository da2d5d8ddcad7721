// How the viewer's picture and sound are doing.
import type { SubscriberState } from "../lib/subscribe";
import type { RefusalCode } from "../protocol";

export class MediaStore {
  state: SubscriberState = $state("idle");
  /** Why it is refused or being recovered, if the server said so. */
  code: RefusalCode | null = $state(null);
  /** Whether a frame has been shown since the page opened. */
  seen = $state(false);
  /** Width over height of the picture; null until it is known. */
  aspect: number | null = $state(null);
  muted = $state(true);
  /** Whether the person has decided about the sound. */
  asked = $state(false);
  /** From 0 to 1; the device's own volume comes on top. */
  volume = $state(1);
  /** The browser plays nothing before a tap, not even without sound. */
  blocked = $state(false);

  apply(state: SubscriberState, code: RefusalCode | null): void {
    this.state = state;
    this.code = code;
  }

  shown(): void {
    this.seen = true;
    this.blocked = false;
  }

  sized(width: number, height: number): void {
    if (width > 0 && height > 0) this.aspect = width / height;
  }
}
