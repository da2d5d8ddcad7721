import "../theme";
import "../design/base.css";
import { mount } from "svelte";
import { type HomeBoot, readBoot } from "../boot";
import Home from "./Home.svelte";
import Missing from "./Missing.svelte";

const target = document.getElementById("app") as HTMLElement;
const boot = readBoot<HomeBoot>(document);
if (boot.page === "home") mount(Home, { target, props: { boot } });
else mount(Missing, { target });
