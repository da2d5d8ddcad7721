import "../theme";
import "../design/base.css";
import { mount } from "svelte";
import { readBoot, type OrderBoot } from "../boot";
import Missing from "../home/Missing.svelte";
import Order from "./Order.svelte";

const target = document.getElementById("app") as HTMLElement;
const boot = readBoot<OrderBoot>(document);

if (boot.page === "order") mount(Order, { target, props: { id: boot.order, shop: boot.shop } });
else mount(Missing, { target });
