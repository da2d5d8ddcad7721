// Puts the banner of a rehearsal on a page, and the page's last word in its place when the rehearsal is over.
import { mount, unmount } from "svelte";
import { placed, WORLD } from "../lib/world";
import { placeOf } from "../state/place";
import RehearsalBanner from "./RehearsalBanner.svelte";
import RehearsalOver from "./RehearsalOver.svelte";

/** The real show's page, if the address says which; else the studio. */
function wayBack(): string {
  const place = placeOf(placed(location.pathname));
  return place.page === "show" ? `/studio/${place.slug}` : "/studio";
}

/** The page of a rehearsal that is over. */
export function over(target: HTMLElement): void {
  document.documentElement.classList.remove("rehearsal");
  mount(RehearsalOver, { target, props: { back: wayBack() } });
}

/**
 * `leave` takes the page down, camera and all; without it the page is loaded again when the rehearsal is over, and the server
 * says so. `steers`: who is here may end it. In the house nothing happens.
 */
export function rehearse(target: HTMLElement, leave: (() => void) | null, steers = false): void {
  if (WORLD === "") return;
  const place = document.createElement("div");
  document.body.prepend(place);
  const gone = (): void => {
    void unmount(banner);
    place.remove();
    leave?.();
    target.replaceChildren();
  };
  const banner = mount(RehearsalBanner, {
    target: place,
    props: {
      steers,
      onend: () => {
        const back = wayBack();
        gone();
        location.assign(back);
      },
      onover: () => {
        if (leave === null) return location.reload();
        gone();
        over(target);
      },
    },
  });
}
