import "../theme";
import "../design/base.css";
import { begun } from "../generated/words/order";
import { mount, unmount } from "svelte";
import { readBoot, type OrderBoot } from "../boot";
import { rehearse } from "../components/rehearsal";
import Missing from "../home/Missing.svelte";
import Order from "./Order.svelte";

const target = document.getElementById("app") as HTMLElement;
const boot = readBoot<OrderBoot>(document);

await begun;
const app = boot.page === "order" ? mount(Order, { target, props: { id: boot.order, shop: boot.shop } }) : mount(Missing, { target });
rehearse(target, () => void unmount(app));
