// The drawer fronts: the caption a person reads and the code a test reads.
import { C, box, disc, glass } from './pen.js';

/** Frames a second of the clip. */
export const FPS = 30;
/** Frames in one loop: a whole number of keyframe intervals. */
export const FRAMES = 360;

// The frame code, read by tests from pixels: a rule of 18 square blocks, left to right. Blocks 0 and 17 are the sync
// pair (0 light, 17 dark); blocks 1..=16 are the frame's index within the loop, most significant bit first,
// light = 1. Nothing else ever covers it. The same numbers stand in src/robot/clip/README.md.
const BLOCK = { x: 800, y: 668, size: 24 };
const LIGHT = '#fffaf0';
const DARK = '#150c07';

export function drawCode(g, frame) {
  const { x, y, size } = BLOCK;
  box(g, x - 10, y - 8, size * 18 + 20, size + 16, 6, C.woodDeep);
  box(g, x - 8, y - 6, size * 18 + 16, size + 12, 5, C.brassDim);
  for (let i = 0; i < 18; i += 1) {
    const bit = i === 0 || (i < 17 && (frame >> (16 - i)) & 1);
    g.fillStyle = bit ? LIGHT : DARK;
    g.fillRect(x + i * size, y, size, size);
  }
}

export function drawCaption(g, frame) {
  const x = 40;
  const y = 660;
  box(g, x, y, 280, 40, 7, C.woodDeep);
  box(g, x + 2, y + 1, 276, 37, 6, C.cream);
  for (const dx of [12, 268]) {
    disc(g, x + dx, y + 20, 3.2, 3.2, C.brassDim);
  }
  const seconds = Math.floor(frame / FPS);
  const clock = `0:${String(seconds).padStart(2, '0')}.${String(Math.floor(((frame % FPS) * 100) / FPS)).padStart(2, '0')}`;
  g.textBaseline = 'middle';
  g.fillStyle = C.ink;
  g.textAlign = 'left';
  g.font = '500 20px Fraunces';
  g.letterSpacing = '0px';
  g.fillText('Quiora', x + 28, y + 21);
  g.font = '500 17px Inter';
  g.fontVariantCaps = 'normal';
  tabular(g, clock, x + 112, y + 21.5, 10.6);
  g.fillStyle = C.clay;
  tabular(g, String(frame).padStart(4, '0'), x + 206, y + 21.5, 10.6);
  disc(g, x + 188, y + 20, 2, 2, glass(C.ink, 0.4));
  g.textBaseline = 'alphabetic';
}

/** Figures on a fixed pitch, so that a running counter does not shiver. */
function tabular(g, text, x, y, pitch) {
  g.textAlign = 'center';
  let at = x;
  for (const c of text) {
    const wide = /[0-9]/.test(c) ? pitch : pitch * 0.55;
    g.fillText(c, at + wide / 2, y);
    at += wide;
  }
}
