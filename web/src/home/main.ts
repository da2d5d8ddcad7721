import "../theme";
import "../design/base.css";
import { begun } from "../generated/words/home";
import { mount, unmount } from "svelte";
import { type HomeBoot, readBoot } from "../boot";
import { rehearse } from "../components/rehearsal";
import Home from "./Home.svelte";
import Missing from "./Missing.svelte";

const target = document.getElementById("app") as HTMLElement;
const boot = readBoot<HomeBoot>(document);
await begun;
const app = boot.page === "home" ? mount(Home, { target, props: { boot } }) : mount(Missing, { target });
rehearse(target, () => void unmount(app));
