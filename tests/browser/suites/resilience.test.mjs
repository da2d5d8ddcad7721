// Things go wrong, and nobody has to press anything: the server dies and returns, the seller reloads, the seller's
// network is gone for a while.
import assert from "node:assert/strict";
import { conversation, createShow, goLive, openShop, reads, write } from "../harness/people.mjs";
import { look } from "../harness/look.mjs";
import { moving } from "../harness/media.mjs";
import { scene } from "../harness/scene.mjs";
import { sleep } from "../harness/wait.mjs";
import { word } from "../harness/words.mjs";

const SHOP = "Cuoio & Filo";
/** From the moment the server is ready again to moving pictures at the viewer. */
const RECOVERY_MS = 10_000;
/** Long enough for the server to give the viewer's connection up. */
const AWAY_MS = 15_000;

async function onAir({ server, invite }) {
  const seller = await invite();
  const viewer = await invite();
  await openShop(seller.page, server, SHOP);
  const slug = await createShow(seller.page, "Borse di novembre");
  await goLive(seller.page);
  await viewer.page.goto(`${server.base}/s/${slug}`);
  await moving(viewer.page);
  return { seller, viewer };
}

scene("the server is killed and comes back", "serve", async ({ server, invite }) => {
  const { seller, viewer } = await onAir({ server, invite });
  await write(viewer.page, "line one", "Aiko");
  await reads(seller.page, "line one");

  await server.kill();
  await viewer.page.getByText(word("watch.reconnecting")).first().waitFor();
  await write(viewer.page, "line two");
  await sleep(1_000);
  await server.up();
  const [after_ms] = await Promise.all([moving(viewer.page, RECOVERY_MS), reads(seller.page, "line two", RECOVERY_MS)]);
  console.log(`pictures ${after_ms} ms after the server was back`);

  await write(seller.page, "line three", "Anna");
  await reads(viewer.page, "line three");
  for (const page of [seller.page, viewer.page]) {
    const lines = await conversation(page);
    assert.equal(lines.length, 3, `each line once: ${lines.join(" / ")}`);
    for (const [n, text] of ["line one", "line two", "line three"].entries()) assert.match(lines[n], new RegExp(text));
  }
});

scene("the seller reloads the page", "serve", async ({ server, invite }) => {
  const { seller, viewer } = await onAir({ server, invite });
  await seller.page.reload();
  await viewer.page.getByText(word("watch.seller_reconnecting", { shop: SHOP })).first().waitFor({ timeout: 8_000 }).catch(() => undefined);
  console.log(`pictures ${await moving(viewer.page, RECOVERY_MS)} ms later`);
  await seller.page.getByRole("button", { name: word("studio.end"), exact: true }).waitFor();
});

scene("the seller's network is gone for a while", "serve", async ({ server, invite }) => {
  const { seller, viewer } = await onAir({ server, invite });
  seller.freeze();
  await viewer.page.getByText(word("watch.seller_reconnecting", { shop: SHOP })).first().waitFor({ timeout: 10_000 });
  await write(viewer.page, "still here", "Aiko");
  await reads(viewer.page, "still here");
  await look(viewer.page, "watch-seller-reconnecting");
  seller.thaw();
  console.log(`pictures ${await moving(viewer.page, RECOVERY_MS)} ms later`);
  await viewer.page.getByText(word("watch.seller_reconnecting", { shop: SHOP })).first().waitFor({ state: "hidden" });
  await reads(seller.page, "still here");
});

scene("a viewer's network is gone for a while", "serve", async ({ server, invite }) => {
  const { seller, viewer } = await onAir({ server, invite });
  viewer.freeze();
  await write(seller.page, "while you were away", "Anna");
  await reads(seller.page, "while you were away");
  await sleep(AWAY_MS);
  viewer.thaw();
  console.log(`pictures ${await moving(viewer.page, RECOVERY_MS)} ms later`);
  await reads(viewer.page, "while you were away");
});
