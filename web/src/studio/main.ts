import "../theme";
import "../design/base.css";
import { begun } from "../generated/words/studio";
import { mount } from "svelte";
import { readBoot, type StudioBoot } from "../boot";
import { useIceServers } from "../lib/ice";
import Studio from "./Studio.svelte";

const boot = readBoot<StudioBoot>(document);
if (boot.page === "studio") useIceServers(boot.ice_servers);

await begun;
mount(Studio, { target: document.getElementById("app") as HTMLElement });
