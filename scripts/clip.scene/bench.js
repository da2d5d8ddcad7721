// The workbench and what lies on it: coffee, hides, wax, thread, the cat that owns the sill.
import { C, H, W, box, disc, glass, keep, mix, poly, shape, stroke, wave } from './pen.js';

const TOP = 506;
const EDGE = 622;

export function drawBench(g) {
  poly(g, [[0, TOP], [W, TOP], [W, EDGE], [0, EDGE]], C.wood);
  poly(g, [[200, TOP], [1080, TOP], [1250, EDGE], [30, EDGE]], C.woodLit);
  disc(g, 640, 582, 420, 66, C.woodGlow);
  for (const [y, x0, x1] of [[521, 30, 300], [540, 0, 210], [561, 60, 260], [596, 40, 330], [608, 470, 700], [525, 980, 1240], [549, 1050, 1280], [577, 1010, 1200], [604, 900, 1270]]) {
    stroke(g, [[x0, y], [(x0 + x1) / 2, y + 2], [x1, y]], glass(C.woodDark, 0.22), 2);
  }
  box(g, 0, EDGE, W, 20, 0, C.woodDim);
  box(g, 0, EDGE, W, 5, 0, C.woodGlow);
  box(g, 0, EDGE + 20, W, H - EDGE - 20, 0, C.woodDark);
  box(g, 0, EDGE + 20, W, 8, 0, C.woodDeep);
}

export function drawCat(g, u) {
  const x = 262;
  const y = 412;
  const breath = 1.6 * wave(u, 4);
  const flick = 7 * Math.max(0, wave(u, 2, 0.1)) ** 3;
  stroke(g, [[x + 64, y - 6], [x + 84, y + 4], [x + 80, y + 30], [x + 92 + flick, y + 50 - flick * 0.5]], C.soot, 10);
  keep(g, () => {
    g.translate(x, y);
    shape(g, 0, 0, `M-66 0 C-74 -24 -52 -42 -22 -${44 + breath} C14 -${58 + breath * 1.6} 68 -46 74 -14 C76 -4 70 0 62 0 Z`, C.soot);
    shape(g, 0, 0, `M-20 -${41 + breath} C14 -${55 + breath * 1.6} 62 -44 70 -18 C48 -40 14 -44 -20 -${41 + breath} Z`, '#553725');
    shape(g, -44, -14, 'M-30 6 C-34 -14 -20 -26 -2 -24 C16 -22 24 -6 18 8 C12 18 -22 20 -30 6 Z', '#432b1d');
    shape(g, -44, -14, 'M-27 -12 L-25 -32 L-9 -22 Z M1 -24 L15 -32 L17 -10 Z', '#432b1d');
    stroke(g, [[-62, -12], [-58, -9], [-54, -12]], C.tanLit, 1.8);
    stroke(g, [[-42, -12], [-38, -9], [-34, -12]], C.tanLit, 1.8);
    disc(g, -48, -5, 2.4, 1.6, C.clayLit);
    shape(g, 0, 0, 'M-34 0 C-30 -10 -6 -10 0 0 Z', '#432b1d');
  });
}

export function drawPot(g, u) {
  const x = 112;
  const y = 410;
  const sway = 1.6 * wave(u, 2, 0.2);
  for (const [dx, dy, r, c] of [[-22, -66, 17, C.sageDim], [20, -70, 18, C.sageDim], [0, -86, 20, C.sage], [-10, -60, 16, C.sage], [14, -56, 15, C.pine]]) {
    disc(g, x + dx + sway, y + dy, r, r * 0.86, c);
  }
  for (const [dx, dy] of [[-24, -78], [6, -100], [24, -80], [-4, -72]]) {
    disc(g, x + dx + sway * 1.4, y + dy, 7, 6, C.clay);
    disc(g, x + dx + sway * 1.4 - 1.5, y + dy - 1.5, 3.6, 3, C.clayLit);
  }
  poly(g, [[x - 27, y - 46], [x + 27, y - 46], [x + 20, y], [x - 20, y]], C.clayDim);
  poly(g, [[x - 27, y - 46], [x + 8, y - 46], [x + 4, y], [x - 20, y]], C.clay);
  box(g, x - 31, y - 54, 62, 13, 4, C.clayDim);
  box(g, x - 31, y - 54, 42, 12, 4, C.clayLit);
}

function coffee(g, u) {
  const x = 214;
  const y = 572;
  disc(g, x + 10, y + 6, 62, 13, glass(C.ink, 0.18));
  disc(g, x, y, 56, 13, '#e7d8bd');
  disc(g, x, y - 3, 54, 12, C.cream);
  disc(g, x, y - 4, 30, 6, '#e2d0b2');
  g.lineWidth = 6;
  g.strokeStyle = '#e9dabd';
  g.beginPath();
  g.ellipse(x + 36, y - 28, 12, 12, 0, 0, Math.PI * 2);
  g.stroke();
  shape(g, x, y - 6, 'M-34 -42 C-34 -12 -22 2 0 2 C22 2 34 -12 34 -42 Z', '#e2d0b2');
  shape(g, x, y - 6, 'M-34 -42 C-34 -12 -22 2 -2 2 C10 -2 16 -20 16 -42 Z', C.cream);
  shape(g, x, y - 6, 'M-33 -30 C-32 -27 -32 -24 -31 -21 C-10 -14 14 -14 31 -21 C32 -24 32 -27 33 -30 C12 -23 -12 -23 -33 -30 Z', C.clay);
  disc(g, x, y - 48, 34, 8, '#eadbbe');
  disc(g, x, y - 47, 29, 6, C.woodDeep);
  disc(g, x - 5, y - 47, 14, 2.6, C.tanDim);
  for (const s of [0, 1]) {
    const rise = (u * 4 + s * 0.5) % 1;
    const path = Array.from({ length: 7 }, (_, i) => [
      x - 8 + s * 16 + Math.sin((i / 6 + u * 4) * Math.PI * 2 + s * 2) * (3 + i * 1.6),
      y - 56 - i * 12 - rise * 8,
    ]);
    stroke(g, path, glass('#fffaf0', 0.34 * Math.sin(Math.PI * (0.15 + rise * 0.7))), 7);
  }
}

function hides(g) {
  disc(g, 1052, 586, 128, 15, glass(C.ink, 0.17));
  const fold = (y, x, w, face, edge) => {
    box(g, x, y, w, 19, 9, edge);
    box(g, x, y - 3, w, 17, 8, face);
    box(g, x + 10, y - 1, w * 0.55, 3.4, 1.7, glass('#fff3d0', 0.28));
  };
  fold(566, 944, 212, C.sage, C.sageDim);
  fold(548, 956, 196, C.clay, C.clayDim);
  fold(530, 950, 190, C.tanGlow, C.tanDim);
  fold(512, 968, 168, C.tanDark, C.woodDeep);
  // A waxed spool stands on the pile.
  box(g, 1030, 500, 50, 10, 3, C.woodDim);
  box(g, 1036, 462, 38, 38, 4, C.clayDim);
  for (let i = 0; i < 6; i += 1) box(g, 1036, 464 + i * 6.2, 30, 3.4, 1.6, C.clayLit);
  box(g, 1030, 453, 50, 10, 3, C.woodGlow);
}

function scraps(g) {
  shape(g, 330, 600, 'M-44 6 L-20 -12 L34 -8 L48 8 L10 14 Z', glass(C.ink, 0.14));
  shape(g, 328, 596, 'M-44 6 L-20 -12 L34 -8 L48 8 L10 14 Z', C.tanDim);
  shape(g, 328, 594, 'M-44 6 L-20 -12 L34 -8 L48 8 L10 12 Z', C.tanGlow);
  shape(g, 376, 606, 'M-22 2 L4 -10 L26 0 L0 8 Z', C.clayDim);
  shape(g, 376, 604, 'M-22 2 L4 -10 L26 0 L0 8 Z', C.clayLit);
  disc(g, 900, 606, 26, 7, glass(C.ink, 0.16));
  disc(g, 896, 600, 24, 8, '#d9a63f');
  disc(g, 896, 596, 24, 8, '#f0cc74');
  stroke(g, [[1188, 600], [1214, 590], [1262, 584]], C.woodDark, 9);
  stroke(g, [[1188, 598], [1214, 588], [1262, 582]], C.clay, 6);
  stroke(g, [[1186, 599], [1146, 610]], C.steelLit, 3);
  box(g, 40, 586, 92, 12, 5, glass(C.ink, 0.15));
  poly(g, [[34, 590], [48, 566], [140, 566], [132, 590]], C.woodDark);
  poly(g, [[34, 588], [48, 564], [140, 564], [132, 588]], C.sageDim);
  for (let i = 0; i < 5; i += 1) stroke(g, [[52 + i * 18, 567], [42 + i * 19, 586]], glass(C.cream, 0.35), 1.4);
}

export function drawThings(g, u) {
  scraps(g);
  coffee(g, u);
  hides(g);
}

/** The workshop's board over the rail. */
export function drawSign(g) {
  keep(g, () => {
    g.textAlign = 'center';
    g.font = 'italic 500 40px Fraunces';
    g.fillStyle = glass(C.woodDeep, 0.9);
    g.fillText('bottega', 1068, 112);
    stroke(g, [[1000, 126], [1034, 122], [1102, 130], [1136, 125]].map(([x, y]) => [x, mix(y, 126, 0.4)]), C.clay, 2.4);
  });
}
