// Which of its faces the stage shows. One at a time, and by one rule, so that two never overlap.
import type { SubscriberState } from "../lib/subscribe";
import type { ShowStatus, Stage } from "../protocol";

export type Scene =
  | "waiting" // the show has not begun
  | "soon" // it has, but nobody is on the stage yet
  | "connecting" // the picture is on its way
  | "playing"
  | "camera_off"
  | "seller_reconnecting"
  | "refused" // the show goes on as chat
  | "barred" // this page cannot get in at all
  | "ended";

export interface SceneFacts {
  /** Whether the server has told how things are; until then only the page's own data is known. */
  joined: boolean;
  /** Whether the connection has been given up. */
  closed: boolean;
  status: ShowStatus;
  stage: Stage;
  media: SubscriberState;
  /** Whether a frame has been shown since the page opened. */
  seen: boolean;
}

export function scene({ joined, closed, status, stage, media, seen }: SceneFacts): Scene {
  if (status === "ended") return "ended";
  if (closed && !seen) return "barred";
  if (status !== "live") return "waiting";
  if (!joined) return "connecting";
  if (stage.on_air === "reconnecting") return "seller_reconnecting";
  if (media === "refused") return "refused";
  if (stage.on_air === "off") return "soon";
  if (!stage.video) return "camera_off";
  return seen ? "playing" : "connecting";
}
