import "../theme";
import "../design/base.css";
import { begun } from "../generated/words/studio";
import { mount, unmount } from "svelte";
import { readBoot, type StudioBoot } from "../boot";
import { useIceServers } from "../lib/ice";
import { rehearse } from "../components/rehearsal";
import { placed } from "../lib/world";
import { helperPlace } from "../state/place";
import HelperPage from "./cockpit/HelperPage.svelte";
import Studio from "./Studio.svelte";

const boot = readBoot<StudioBoot>(document);
if (boot.page === "studio") useIceServers(boot.ice_servers);

await begun;
const target = document.getElementById("app") as HTMLElement;
const helper = helperPlace(placed(location.pathname));
const app = helper ? mount(HelperPage, { target, props: helper }) : mount(Studio, { target });
rehearse(target, () => void unmount(app), helper === null);
