import "../theme";
import "../design/base.css";
import { mount } from "svelte";
import { readBoot, type StudioBoot } from "../boot";
import { useIceServers } from "../lib/ice";
import Studio from "./Studio.svelte";

const boot = readBoot<StudioBoot>(document);
if (boot.page === "studio") useIceServers(boot.ice_servers);

mount(Studio, { target: document.getElementById("app") as HTMLElement });
