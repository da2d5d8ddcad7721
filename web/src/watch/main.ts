import "../theme";
import "../design/base.css";
import { mount } from "svelte";
import { readBoot, type WatchBoot } from "../boot";
import Missing from "../home/Missing.svelte";

const boot = readBoot<WatchBoot>(document);
mount(Missing, { target: document.getElementById("app") as HTMLElement, props: {} });
void boot;
