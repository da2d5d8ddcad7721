// One person watching: the connection, the media that joins with it, and what the first view knows. The rest of the page
// comes later (apart.ts) and is told what it missed.
import type { WatchBoot } from "../boot";
import { Connection, socketUrl } from "../lib/connection";
import { reloadOnce } from "../lib/reload";
import { Subscriber } from "../lib/subscribe";
import { Told } from "../lib/told";
import { joinTokens } from "../lib/tokens";
import { MediaStore } from "../state/media.svelte";
import { ShowStore } from "../state/show.svelte";

export class Viewer {
  readonly boot: WatchBoot;
  readonly show: ShowStore;
  readonly media = new MediaStore();
  readonly connection: Connection;
  readonly subscriber: Subscriber;
  readonly told: Told;

  constructor(boot: WatchBoot) {
    this.boot = boot;
    this.show = new ShowStore(boot);
    this.connection = new Connection({
      url: socketUrl(),
      tokens: joinTokens(boot.slug, "viewer", boot.token),
      reload: reloadOnce,
    });
    this.subscriber = new Subscriber(this.connection, {
      onstate: (state, code) => this.media.apply(state, code),
      onfirstframe: () => this.media.shown(),
    });
    this.told = new Told(this.connection);
    this.connection.listen((heard) => this.show.apply(heard, Date.now()));
  }

  start(): void {
    if (this.show.status !== "ended") this.subscriber.start();
    this.connection.start();
  }
}
