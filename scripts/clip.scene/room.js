// The workshop behind the bag: lamplit wall, window on the hills, clock, tool rail, shelf of hides.
import { C, H, W, box, disc, glass, keep, mix, poly, shape, stroke, wave } from './pen.js';

/** The wall, lit in flat pools by the lamp: hard and still on purpose, that is the style and it costs few bits. */
export function drawWall(g) {
  g.fillStyle = C.wallDim;
  g.fillRect(0, 0, W, H);
  disc(g, 640, 300, 760, 470, C.wall);
  disc(g, 640, 290, 500, 370, C.wallLit);
  disc(g, 640, 270, 330, 290, C.wallGlow);
  for (const [x, y, w] of [[432, 408, 46], [478, 424, 22], [846, 92, 40], [884, 76, 20], [60, 470, 40], [392, 60, 34]]) {
    box(g, x, y, w, 5, 2.5, glass(C.woodDim, 0.12));
  }
}

export function drawWindow(g, u) {
  const x = 66;
  const y = 84;
  const w = 268;
  const h = 330;
  const arch = new Path2D(`M${x} ${y + h} V${y + w / 2} A${w / 2} ${w / 2} 0 0 1 ${x + w} ${y + w / 2} V${y + h} Z`);
  const frame = new Path2D(`M${x - 18} ${y + h + 6} V${y + w / 2} A${w / 2 + 18} ${w / 2 + 18} 0 0 1 ${x + w + 18} ${y + w / 2} V${y + h + 6} Z`);
  keep(g, () => {
    g.translate(9, 10);
    g.fillStyle = glass(C.ink, 0.13);
    g.fill(frame);
  });
  g.fillStyle = C.woodDim;
  g.fill(frame);
  g.fillStyle = C.wood;
  keep(g, () => {
    g.translate(-3, -2);
    g.fill(frame);
  });
  keep(g, () => {
    g.clip(arch);
    view(g, u, x, y, w, h);
  });
  stroke(g, [[x + w / 2, y], [x + w / 2, y + h]], C.wood, 10, 'butt');
  stroke(g, [[x, y + 186], [x + w, y + 186]], C.wood, 9, 'butt');
  stroke(g, [[x + w / 2 + 6, y], [x + w / 2 + 6, y + h]], C.woodDark, 3, 'butt');
  stroke(g, [[x, y + 191], [x + w, y + 191]], C.woodDark, 3, 'butt');
  g.strokeStyle = C.woodDark;
  g.lineWidth = 4;
  g.stroke(arch);
  box(g, x - 40, y + h, w + 80, 22, 5, C.woodDim);
  box(g, x - 44, y + h - 4, w + 88, 18, 5, C.woodLit);
  box(g, x - 40, y + h + 22, w + 80, 7, 3, glass(C.ink, 0.14));
}

/** Evening over the Marche: sky in flat bands, three ridges, a walled town, cypresses, swallows. */
function view(g, u, x, y, w, h) {
  g.fillStyle = '#f0b98a';
  g.fillRect(x, y, w, h);
  box(g, x, y, w, 92, 0, '#e9a67c');
  disc(g, x + 176, y + 168, 150, 118, '#f5cc9c');
  disc(g, x + 176, y + 168, 92, 76, '#f9dfb4');
  disc(g, x + 176, y + 166, 30, 30, '#fff3d2');
  const drift = 9 * wave(u, 1);
  box(g, x + 24 + drift, y + 116, 84, 9, 4.5, '#f9dfb4');
  box(g, x + 52 + drift, y + 103, 96, 8, 4, '#f5cc9c');
  box(g, x + 168 - drift * 0.7, y + 76, 74, 8, 4, '#f0b98a');
  shape(g, x, y, 'M0 214 C50 176 92 186 128 200 C170 182 226 176 268 206 V330 H0 Z', '#c9a27e');
  town(g, x + 58, y + 183);
  shape(g, x, y, 'M0 244 C60 208 104 224 156 232 C202 212 240 220 268 232 V330 H0 Z', '#a58f63');
  shape(g, x, y, 'M0 262 C40 246 120 238 268 282 V330 H0 Z', '#7f7f55');
  for (let i = 0; i < 6; i += 1) {
    stroke(g, [[x + 18 + i * 17, y + 252 - i * 0.6], [x + 4 + i * 33, y + 330]], '#6c6e49', 3);
  }
  shape(g, x, y, 'M120 330 C160 262 230 264 268 258 V330 Z', '#5d6344');
  for (const [cx, cy, s] of [[196, 272, 1], [216, 268, 1.25], [240, 266, 0.9], [22, 262, 0.8]]) cypress(g, x + cx, y + cy, s);
  swallow(g, x + 70, y + 84, u, 0);
  swallow(g, x + 96, y + 66, u, 0.37);
  swallow(g, x + 190, y + 120, u, 0.71);
}

function town(g, x, y) {
  for (const [dx, w, top] of [[0, 14, 12], [13, 12, 18], [24, 16, 14], [39, 9, 34], [47, 18, 17], [64, 12, 11]]) {
    box(g, x + dx, y - top + 14, w, top + 12, 0, dx % 3 ? '#b98b68' : '#c39672');
    poly(g, [[x + dx - 2, y - top + 14], [x + dx + w / 2, y - top + 8], [x + dx + w + 2, y - top + 14]], '#9c5a3e');
  }
}

function cypress(g, x, y, s) {
  shape(g, x, y, 'M0 -52 C9 -34 11 -14 7 4 H-7 C-11 -14 -9 -34 0 -52 Z', C.pine, s);
  shape(g, x, y, 'M0 -52 C-6 -36 -8 -14 -6 4 H-1 C-4 -14 -3 -34 0 -52 Z', C.sageDim, s);
}

function swallow(g, x, y, u, phase) {
  const a = (u + phase) * Math.PI * 2;
  const sx = x + 46 * Math.cos(a);
  const sy = y + 17 * Math.sin(a * 2) + 6 * Math.sin(a);
  const flap = 4 + 4 * wave(u, 16, phase);
  stroke(g, [[sx - 8, sy - flap], [sx - 3, sy - 1], [sx, sy], [sx + 3, sy - 1], [sx + 8, sy - flap]], C.soot, 2.2);
}

/** The pendulum clock: one swing a second, so that motion can be judged by eye. */
export function drawClock(g, u) {
  const x = 424;
  const y = 168;
  box(g, x - 32 + 6, y - 54 + 8, 64, 176, 30, glass(C.ink, 0.12));
  box(g, x - 34, y - 56, 68, 178, 32, C.woodDark);
  box(g, x - 34, y - 58, 66, 176, 32, C.woodDim);
  box(g, x - 21, y + 40, 42, 66, 8, C.woodDeep);
  const a = 0.26 * wave(u, 6);
  const bob = [x + Math.sin(a) * 64, y + 22 + Math.cos(a) * 64];
  keep(g, () => {
    g.beginPath();
    g.roundRect(x - 21, y + 40, 42, 66, 8);
    g.clip();
    stroke(g, [[x, y + 22], bob], C.brass, 2.6);
    disc(g, ...bob, 9.5, 9.5, C.brass);
    disc(g, bob[0] - 2, bob[1] - 2.5, 4.6, 4.6, C.brassLit);
  });
  disc(g, x, y - 14, 27, 27, C.brassDim);
  disc(g, x, y - 14, 24.5, 24.5, C.cream);
  for (let i = 0; i < 12; i += 1) {
    const t = (i / 12) * Math.PI * 2;
    disc(g, x + Math.sin(t) * 20, y - 14 - Math.cos(t) * 20, i % 3 ? 1 : 1.8, i % 3 ? 1 : 1.8, C.soot);
  }
  stroke(g, [[x, y - 14], [x - 9, y - 5]], C.ink, 3);
  stroke(g, [[x, y - 14], [x + 5, y - 30]], C.ink, 2.2);
  const s = u * Math.PI * 2;
  stroke(g, [[x, y - 14], [x + Math.sin(s) * 19, y - 14 - Math.cos(s) * 19]], C.clay, 1.4);
  disc(g, x, y - 14, 2.4, 2.4, C.clay);
}

/** The lamp and its cone; `sway` and flicker close over the loop. */
export function drawLamp(g, u) {
  const a = 0.022 * wave(u, 3);
  keep(g, () => {
    g.translate(640, -30);
    g.rotate(a);
    stroke(g, [[0, 0], [0, 108]], C.soot, 3.4);
    box(g, -9, 96, 18, 20, 4, C.brassDim);
    box(g, -9, 96, 7, 20, 3, C.brassLit);
    shape(g, 0, 116, 'M-13 0 H13 C18 18 84 34 88 70 H-88 C-84 34 -18 18 -13 0 Z', C.clayDim);
    shape(g, 0, 116, 'M-13 0 H6 C8 20 52 36 54 70 H-88 C-84 34 -18 18 -13 0 Z', C.clay);
    shape(g, 0, 116, 'M-11 3 H-4 C-6 22 -48 38 -58 66 H-78 C-72 38 -16 20 -11 3 Z', C.clayLit);
    disc(g, 0, 186, 88, 11, C.clayDim);
    disc(g, 0, 186, 82, 8.4, '#fbe6b4');
    disc(g, 0, 187, 24, 7, '#fffaf0');
  });
}

/** Light in the air under the lamp, drawn over the room and under the bag; a flame's small unrest, in steps of 0.1 s. */
export function drawLight(g, u) {
  const t = Math.floor(u * 120) / 120;
  const flicker = wave(t, 7, 0.1) + wave(t, 17, 0.6) > 1.25 ? 0.118 : 0.1;
  poly(g, [[570, 158], [710, 158], [942, 560], [338, 560]], glass('#fff3d0', flicker));
  poly(g, [[592, 158], [688, 158], [820, 560], [460, 560]], glass('#fff3d0', flicker));
}

/** Specks of leather dust turning in the light. */
export function drawDust(g, u) {
  for (let i = 0; i < 12; i += 1) {
    const t = (u + i * 0.137) % 1;
    const x = 640 + 210 * Math.sin(i * 2.4 + 0.9 * wave(u, 1, i * 0.21)) * mix(0.5, 1, t);
    const y = mix(500, 190, t) + 10 * wave(u, 2, i * 0.3);
    disc(g, x, y, 1.8, 1.8, glass('#fffaf0', 0.75 * Math.sin(Math.PI * t)));
  }
}

const TOOLS = [
  // The round knife, the awl, the shears, the mallet, the pricking iron: what the trade hangs within reach.
  (g, x, y) => {
    shape(g, x, y, 'M-44 62 A44 44 0 0 0 44 62 C30 70 14 72 8 58 H-8 C-14 72 -30 70 -44 62 Z', C.steel);
    shape(g, x, y, 'M-44 62 A44 44 0 0 0 44 62 L38 65 A38 38 0 0 1 -38 65 Z', C.steelLit);
    box(g, x - 8, y + 6, 16, 54, 7, C.woodDark);
    box(g, x - 8, y + 6, 7, 54, 4, C.woodLit);
    box(g, x - 9, y + 50, 18, 8, 2, C.brass);
  },
  (g, x, y) => {
    shape(g, x, y, 'M-10 10 C-14 26 -10 44 -7 54 H7 C10 44 14 26 10 10 C6 2 -6 2 -10 10 Z', C.clay);
    shape(g, x, y, 'M-10 10 C-14 26 -10 44 -7 54 H-1 C-5 40 -6 22 -3 5 C-6 5 -8 7 -10 10 Z', C.clayLit);
    box(g, x - 6.5, y + 53, 13, 7, 2, C.brass);
    poly(g, [[x - 2.6, y + 60], [x + 2.6, y + 60], [x, y + 112]], C.steelDim);
  },
  (g, x, y) => {
    keep(g, () => {
      g.lineWidth = 7;
      g.strokeStyle = C.soot;
      for (const s of [-1, 1]) {
        g.beginPath();
        g.ellipse(x + s * 13, y + 18, 9, 14, s * -0.2, 0, Math.PI * 2);
        g.stroke();
      }
    });
    poly(g, [[x - 14, y + 28], [x - 6, y + 26], [x + 6, y + 52], [x + 10, y + 118], [x - 5, y + 58]], C.steelDim);
    poly(g, [[x + 14, y + 28], [x + 6, y + 26], [x - 6, y + 52], [x - 10, y + 118], [x + 5, y + 58]], C.steel);
    disc(g, x, y + 52, 4, 4, C.brass);
  },
  (g, x, y) => {
    box(g, x - 6, y + 6, 12, 112, 5, C.woodDark);
    box(g, x - 6, y + 6, 5, 112, 3, C.woodLit);
    box(g, x - 27, y + 12, 54, 36, 7, C.woodDeep);
    box(g, x - 27, y + 12, 54, 29, 7, C.tanDark);
    box(g, x - 27, y + 12, 14, 29, 6, C.tanDim);
  },
  (g, x, y) => {
    box(g, x - 6, y + 6, 12, 62, 3, C.steelDim);
    box(g, x - 6, y + 6, 4.5, 62, 2, C.steelLit);
    box(g, x - 16, y + 66, 32, 12, 2, C.steel);
    for (let i = 0; i < 5; i += 1) poly(g, [[x - 16 + i * 6.8, y + 78], [x - 11.4 + i * 6.8, y + 78], [x - 13.6 + i * 6.8, y + 96]], C.steelDim);
  },
];

export function drawTools(g) {
  const y = 150;
  box(g, 924, y + 10, 300, 16, 6, glass(C.ink, 0.1));
  box(g, 918, y, 300, 18, 6, C.woodDim);
  box(g, 918, y - 2, 300, 15, 6, C.woodLit);
  TOOLS.forEach((tool, i) => {
    const x = 952 + i * 58;
    keep(g, () => {
      g.globalAlpha = 0.1;
      g.filter = 'brightness(0)';
      tool(g, x + 7, y + 15);
    });
    tool(g, x, y + 6);
    disc(g, x, y + 8, 4.6, 4.6, C.woodDeep);
    disc(g, x - 1, y + 7, 3, 3, C.brass);
  });
}

function spool(g, x, y, colour, lit) {
  box(g, x - 15, y - 8, 30, 8, 2, C.woodDim);
  box(g, x - 12, y - 34, 24, 26, 3, colour);
  for (let i = 0; i < 4; i += 1) box(g, x - 12, y - 31 + i * 6, 24, 2.2, 1, lit);
  box(g, x - 15, y - 41, 30, 8, 2, C.woodLit);
}

function roll(g, x, y, r, colour, lit, dark) {
  disc(g, x, y, r, r, dark);
  for (let k = 0; k < 3; k += 1) {
    const s = r - 2 - k * (r / 3.4);
    if (s > 3) disc(g, x - 0.6 * k, y - 0.6 * k, s, s, k % 2 ? dark : colour);
    if (s > 6) disc(g, x - 0.6 * k, y - 0.6 * k, s - 2.6, s - 2.6, k % 2 ? colour : lit);
  }
  disc(g, x - 1, y - 1, 3, 3, C.woodDeep);
}

export function drawShelf(g) {
  const y = 424;
  box(g, 930, y + 16, 292, 9, 4, glass(C.ink, 0.13));
  for (const bx of [956, 1184]) poly(g, [[bx - 6, y + 12], [bx + 8, y + 12], [bx + 8, y + 44], [bx + 2, y + 44]], C.woodDark);
  box(g, 922, y, 300, 16, 4, C.woodDim);
  box(g, 922, y - 3, 300, 12, 4, C.woodLit);
  spool(g, 950, y - 3, C.clay, C.clayLit);
  spool(g, 986, y - 3, C.thread, '#fffaf0');
  spool(g, 1022, y - 3, C.sageDim, C.sage);
  roll(g, 1076, y - 29, 26, C.tan, C.tanLit, C.tanDark);
  roll(g, 1128, y - 29, 26, C.clay, C.clayLit, C.rust);
  roll(g, 1180, y - 29, 26, C.sageDim, C.sage, C.pine);
  roll(g, 1102, y - 73, 26, C.tanDark, C.tanDim, C.woodDeep);
  roll(g, 1154, y - 73, 26, C.tanGlow, '#efc491', C.tanDim);
}
