import "../theme";
import "../design/base.css";
import { begun } from "../generated/words/order";
import { mount } from "svelte";
import { readBoot, type OrderBoot } from "../boot";
import Missing from "../home/Missing.svelte";
import Order from "./Order.svelte";

const target = document.getElementById("app") as HTMLElement;
const boot = readBoot<OrderBoot>(document);

await begun;
if (boot.page === "order") mount(Order, { target, props: { id: boot.order, shop: boot.shop } });
else mount(Missing, { target });
