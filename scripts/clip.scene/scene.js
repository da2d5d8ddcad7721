// One frame of the scene, and the loop that hands every frame to the script that encodes them.
import { drawBag } from './bag.js';
import { drawBench, drawCat, drawPot, drawSign, drawThings } from './bench.js';
import { H, W } from './pen.js';
import { drawClock, drawDust, drawLamp, drawLight, drawShelf, drawTools, drawWall, drawWindow } from './room.js';
import { FRAMES, drawCaption, drawCode } from './strip.js';

function draw(g, frame) {
  const u = frame / FRAMES;
  drawWall(g);
  drawWindow(g, u);
  drawPot(g, u);
  drawCat(g, u);
  drawClock(g, u);
  drawSign(g);
  drawTools(g);
  drawShelf(g);
  drawBench(g);
  drawLight(g, u);
  drawThings(g, u);
  drawDust(g, u);
  drawBag(g, u);
  drawLamp(g, u);
  drawCaption(g, frame);
  drawCode(g, frame);
}

/** Draws the frames the query asks for (`?frames=0,90` or all) and posts each as raw RGBA. */
async function main() {
  const canvas = document.querySelector('canvas');
  canvas.width = W;
  canvas.height = H;
  const g = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
  await Promise.all(['500 20px Fraunces', 'italic 500 40px Fraunces', '500 17px Inter'].map((f) => document.fonts.load(f)));
  const wanted = new URLSearchParams(location.search).get('frames');
  const frames = wanted ? wanted.split(',').map(Number) : Array.from({ length: FRAMES }, (_, i) => i);
  for (const frame of frames) {
    g.reset();
    draw(g, frame);
    await fetch(`/frame/${frame}`, { method: 'POST', body: g.getImageData(0, 0, W, H).data });
  }
  await fetch('/done', { method: 'POST' });
}

main().catch((error) => fetch('/failed', { method: 'POST', body: String(error?.stack ?? error) }));
