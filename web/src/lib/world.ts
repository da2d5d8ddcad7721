// Which world this page is in: the house, or a rehearsal, which is the same server under a path of its own. What belongs to
// the world goes through `within`: what the API is asked, the socket, links between pages. Files of the site and pictures
// are the house's, for both.
const FORM = /^\/rehearsal\/[^/]+(?=\/)/;

/** The path that a world is under: empty for the house. */
export const worldOf = (path: string): string => FORM.exec(path)?.[0] ?? "";

/** The one that this page is in. */
export const WORLD = worldOf(location.pathname);

/** A path of this world, as the server knows it. */
export const within = (path: string, world = WORLD): string => world + path;

/** The same the other way round: what a path is within this world. */
export const placed = (path: string, world = WORLD): string => (path.startsWith(`${world}/`) ? path.slice(world.length) : path);

/** Whether the rehearsal of this page is no more. That nothing is heard of it does not mean that it is over. */
export async function isOver(): Promise<boolean> {
  try {
    return (await fetch(within("/healthz"), { cache: "no-store", signal: AbortSignal.timeout(5_000) })).status === 404;
  } catch {
    return false;
  }
}
