import "../theme";
import "../design/base.css";
import { begun } from "../generated/words/home";
import { mount } from "svelte";
import { type HomeBoot, readBoot } from "../boot";
import Home from "./Home.svelte";
import Missing from "./Missing.svelte";

const target = document.getElementById("app") as HTMLElement;
const boot = readBoot<HomeBoot>(document);
await begun;
if (boot.page === "home") mount(Home, { target, props: { boot } });
else mount(Missing, { target });
