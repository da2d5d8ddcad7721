// How new the shop's orders are, as the server says it (Server-Sent Events). A stream that breaks comes back by itself;
// until it does, nobody must rely on it.

import { within } from "./world";

export interface ChangesOptions {
  /** A list with a smaller number is old. */
  newer: (as_of: number) => void;
  /** Whether news come by themselves now. */
  live: (live: boolean) => void;
  open?: (url: string) => EventSource;
}

const URL_OF_CHANGES = within("/api/shop/changes");
// The browser comes back to a stream that was cut, but not to one that was refused (no room, or logged out).
const AGAIN_MS = 5_000;

/** Listens while the page is seen: a browser has few connections for all its tabs. The returned function ends it. */
export function followChanges({ newer, live, open = (url) => new EventSource(url) }: ChangesOptions): () => void {
  let stream: EventSource | null = null;
  let again: ReturnType<typeof setTimeout> | undefined;

  function close(): void {
    clearTimeout(again);
    stream?.close();
    stream = null;
    live(false);
  }
  function listen(): void {
    close();
    const made = open(URL_OF_CHANGES);
    stream = made;
    made.onmessage = ({ data }: MessageEvent<string>) => {
      // Its first number comes at once: an open connection that says nothing may be a proxy's.
      live(true);
      const as_of = Number(data);
      if (Number.isSafeInteger(as_of)) newer(as_of);
    };
    made.onerror = () => {
      live(false);
      if (made.readyState === EventSource.CLOSED && stream === made) again = setTimeout(listen, AGAIN_MS);
    };
  }
  const seen = (): void => (document.visibilityState === "visible" ? listen() : close());

  seen();
  document.addEventListener("visibilitychange", seen);
  return () => {
    document.removeEventListener("visibilitychange", seen);
    close();
  };
}
