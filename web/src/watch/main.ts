import "../theme";
import "../design/base.css";
import { mount } from "svelte";
import { readBoot, type WatchBoot } from "../boot";
import { begun } from "../generated/words/watch";
import { useIceServers } from "../lib/ice";
import { Viewer } from "./viewer";
import Watch from "./Watch.svelte";

const target = document.getElementById("app") as HTMLElement;
const boot = readBoot<WatchBoot>(document);

if (boot.page === "watch") {
  useIceServers(boot.ice_servers);
  const viewer = new Viewer(boot);
  // The socket and the offer are on their way while the words come and the page is being built.
  viewer.start();
  void begun.then(() => mount(Watch, { target, props: { viewer } }));
} else void import("./apart").then(({ missing, over }) => (boot.page === "over" ? over : missing)(target));
