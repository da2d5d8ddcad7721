// The bag on its turntable: a small solid in three dimensions, so that it really turns, and the needle that sews its flap.
import { C, clamp, disc, ease, glass, keep, mix, poly, stroke, wave } from './pen.js';

const CENTRE = { x: 640, y: 566 };
const SCALE = 1.12;
/** How far the camera looks down: how much depth moves a point down the screen. */
const TILT = 0.2;
const HEIGHT = 236;
const STITCHES = 30;
/** The share of the loop the needle spends sewing; the rest it travels behind the bag, unseen. */
const SEWING = 0.92;

const turn = (u) => 0.36 * wave(u, 1, 0.04) - 0.04;

/** Local (x right, y up, z to the viewer) to screen. */
function eye(theta) {
  const c = Math.cos(theta);
  const s = Math.sin(theta);
  return (x, y, z) => {
    const near = -x * s + z * c;
    const k = SCALE * (1 + near * 0.0007);
    return [CENTRE.x + (x * c + z * s) * k, CENTRE.y + 4 - y * k + near * TILT];
  };
}

const half = (y) => mix(172, 150, y / HEIGHT);
const deep = (y) => mix(54, 24, y / HEIGHT);

/** The outline of the front panel, bottom corners rounded, as local [x, y] inset by `inset`. */
function panel(inset = 0) {
  const r = 40 - inset * 0.6;
  const points = [];
  const side = (sign) => {
    const corner = [];
    for (let i = 0; i <= 8; i += 1) {
      const a = (i / 8) * (Math.PI / 2);
      corner.push([sign * (half(0) - inset - r + r * Math.sin(a)), inset + r - r * Math.cos(a)]);
    }
    return corner;
  };
  points.push([-(half(HEIGHT) - inset), HEIGHT]);
  points.push(...side(-1).reverse());
  points.push(...side(1));
  points.push([half(HEIGHT) - inset, HEIGHT]);
  return points;
}

/** The free edge of the flap from its left hinge to its right, `k` in 0..1, inset towards the middle. */
function flapEdge(k, inset = 0) {
  const w = 156 - inset;
  const low = 96 + inset;
  const r = 74 - inset * 0.5;
  const straight = HEIGHT - low - r;
  const bottom = 2 * (w - r);
  const arc = (Math.PI / 2) * r;
  let d = k * (2 * straight + 2 * arc + bottom);
  if (d <= straight) return [-w, HEIGHT - d];
  d -= straight;
  if (d <= arc) {
    const a = d / r;
    return [-w + r - r * Math.cos(a), low + r - r * Math.sin(a)];
  }
  d -= arc;
  if (d <= bottom) return [-w + r + d, low];
  d -= bottom;
  if (d <= arc) {
    const a = d / r;
    return [w - r + r * Math.sin(a), low + r - r * Math.cos(a)];
  }
  return [w, low + r + (d - arc)];
}

const flap = (inset) => Array.from({ length: 61 }, (_, i) => flapEdge(i / 60, inset));

function turntable(g, u, theta) {
  const { x, y } = CENTRE;
  disc(g, x + 10, y + 36, 258, 40, glass(C.ink, 0.22));
  disc(g, x, y + 24, 238, 47, C.woodDark);
  disc(g, x, y + 14, 238, 47, C.woodGlow);
  disc(g, x, y + 14, 226, 43, C.woodLit);
  for (let i = 0; i < 24; i += 1) {
    const a = theta + (i / 24) * Math.PI * 2;
    disc(g, x + Math.sin(a) * 207, y + 14 + Math.cos(a) * 38.5, 3.4, 1.8, i % 6 ? C.woodDark : C.brassLit);
  }
}

/** The bag's footprint on the turntable, a little larger than itself and away from the lamp's side. */
function contact(g, at) {
  const foot = Array.from({ length: 40 }, (_, i) => {
    const a = (i / 40) * Math.PI * 2;
    const c = Math.cos(a);
    const s = Math.sin(a);
    return at(6 + 176 * Math.sign(c) * Math.abs(c) ** 0.4, 0, 4 + 62 * Math.sign(s) * Math.abs(s) ** 0.4);
  });
  poly(g, foot, glass(C.ink, 0.34));
}

/** The gusset: from the front panel's rounded edge to the back one's. */
function side(g, at, sign) {
  const edge = panel().filter(([x]) => Math.sign(x) === sign).sort((a, b) => a[1] - b[1]).slice(2);
  const front = edge.map(([x, y]) => at(x, y, deep(y)));
  const back = edge.map(([x, y]) => at(x, y, -deep(y)));
  poly(g, [...front, ...back.reverse()], sign > 0 ? C.tanDark : C.tanDim);
  const fold = [0.16, 0.5, 0.98].map((k) => at(sign * (half(k * HEIGHT) - 9 - 6 * Math.sin(k * 3)), k * HEIGHT, 0));
  stroke(g, fold, glass(C.ink, 0.2), 5);
}

function body(g, at, theta) {
  const lit = theta < 0 ? C.tanLit : C.tan;
  poly(g, panel().map(([x, y]) => at(x, y, -deep(y))), C.tanDark);
  side(g, at, theta > 0 ? -1 : 1);
  poly(g, panel().map(([x, y]) => at(x, y, deep(y))), lit);
  // The panel's own thickness, then the light that falls from the lamp on its upper left.
  keep(g, () => {
    g.beginPath();
    panel().forEach(([x, y], i) => (i ? g.lineTo(...at(x, y, deep(y))) : g.moveTo(...at(x, y, deep(y)))));
    g.clip();
    poly(g, [[-172, 0], [172, 0], [172, 30], [40, 26], [-172, 60]].map(([x, y]) => at(x, y, deep(y))), glass(C.tanDark, 0.35));
    poly(g, [[172, 0], [172, 236], [128, 236], [116, 0]].map(([x, y]) => at(x, y, deep(y))), glass(C.tanDark, 0.25));
    poly(g, flap(-5).map(([x, y]) => at(x + 5, y - 11, deep(y) + 2)), glass(C.rust, 0.42));
  });
  seam(g, at, panel(11), deep, 10);
}

/** A finished seam: short cream stitches at an even step along local points. */
function seam(g, at, points, z, step) {
  const reach = [0];
  for (let i = 1; i < points.length; i += 1) {
    reach.push(reach[i - 1] + Math.hypot(points[i][0] - points[i - 1][0], points[i][1] - points[i - 1][1]));
  }
  const place = (d) => {
    let i = 1;
    while (i < reach.length - 1 && reach[i] < d) i += 1;
    const k = clamp((d - reach[i - 1]) / (reach[i] - reach[i - 1]));
    const y = mix(points[i - 1][1], points[i][1], k);
    return at(mix(points[i - 1][0], points[i][0], k), y, z(y));
  };
  for (let d = 0; d + step * 0.6 < reach.at(-1); d += step) {
    stroke(g, [place(d), place(d + step * 0.6)], glass(C.thread, 0.85), 2.2);
  }
}

function lid(g, at) {
  const over = (x, y) => at(x, y, deep(y) + 5);
  // Over the top, from the hinge at the back to the front edge.
  const top = [at(-148, HEIGHT, -20), over(-156, HEIGHT - 1), over(156, HEIGHT - 1), at(148, HEIGHT, -20)];
  poly(g, top, C.tanGlow);
  poly(g, flap(-3).map(([x, y]) => over(x, y - 3)), C.tanDark);
  poly(g, flap(0).map(([x, y]) => over(x, y)), C.tan);
  keep(g, () => {
    g.beginPath();
    flap(0).forEach(([x, y], i) => (i ? g.lineTo(...over(x, y)) : g.moveTo(...over(x, y))));
    g.clip();
    poly(g, [[-160, 240], [70, 240], [-20, 172], [-160, 120]].map(([x, y]) => over(x, y)), C.tanLit);
    poly(g, [[-160, 240], [160, 240], [160, 226], [-160, 222]].map(([x, y]) => over(x, y)), C.tanGlow);
    poly(g, [[160, 240], [160, 60], [96, 84], [124, 240]].map(([x, y]) => over(x, y)), glass(C.tanDark, 0.25));
  });
}

function clasp(g, at) {
  const put = (x, y, w, h, fill, z = 32) => {
    const ring = Array.from({ length: 28 }, (_, i) => {
      const a = (i / 28) * Math.PI * 2;
      const c = Math.cos(a);
      const s = Math.sin(a);
      // A superellipse: the softened rectangle of cast brass.
      return at(x + w * Math.sign(c) * Math.abs(c) ** 0.6, y + h * Math.sign(s) * Math.abs(s) ** 0.6, z);
    });
    poly(g, ring, fill);
  };
  put(2, 116, 32, 21, glass(C.ink, 0.28), 45);
  put(0, 119, 31, 20, C.brassDim, 46);
  put(0, 121, 31, 19, C.brass, 46);
  put(-3, 123, 25, 14, C.brassLit, 46);
  put(0, 121, 22, 11, C.brass, 46);
  put(0, 121, 7, 15, C.brassDim, 50);
  put(-1.4, 122, 5, 13, C.brassLit, 54);
}

function stamp(g, at) {
  const o = at(0, 52, deep(52));
  const px = at(60, 52, deep(52));
  const py = at(0, 112, deep(112));
  keep(g, () => {
    g.transform((px[0] - o[0]) / 60, (px[1] - o[1]) / 60, -(py[0] - o[0]) / 60, -(py[1] - o[1]) / 60, o[0], o[1]);
    g.textAlign = 'center';
    g.font = '500 25px Fraunces';
    g.letterSpacing = '3px';
    g.fillStyle = glass(C.tanGlow, 0.6);
    g.fillText('quiora', 1.5, 1.2);
    g.fillStyle = C.tanDark;
    g.fillText('quiora', 1.5, 0);
  });
}

function handle(g, at, front) {
  const arch = [];
  for (let i = 0; i <= 32; i += 1) {
    const a = (i / 32) * Math.PI;
    arch.push(at(-Math.cos(a) * 92, HEIGHT + 6 + Math.sin(a) ** 0.86 * 92, front ? 20 : -16));
  }
  if (!front) {
    arch.unshift(at(-92, HEIGHT - 14, -16));
    arch.push(at(92, HEIGHT - 14, -16));
  }
  stroke(g, arch, front ? C.rust : C.tanDark, 17, 'butt');
  stroke(g, arch, front ? C.tan : C.tanDim, 13, 'butt');
  if (!front) return;
  stroke(g, arch.slice(0, 22), C.tanGlow, 4, 'butt');
  g.setLineDash([6, 5]);
  stroke(g, arch, glass(C.thread, 0.8), 1.8, 'butt');
  g.setLineDash([]);
  for (const x of [-92, 92]) {
    const [rx, ry] = at(x, HEIGHT + 2, 24);
    poly(g, [at(x - 13, HEIGHT + 10, 23), at(x + 13, HEIGHT + 10, 23), at(x + 11, HEIGHT - 18, 29), at(x - 11, HEIGHT - 18, 29)], C.tanDim);
    disc(g, rx, ry + 1, 9, 9, C.brassDim);
    disc(g, rx - 1, ry - 1, 8, 8, C.brass);
    disc(g, rx - 2.5, ry - 3, 3, 2.4, C.brassLit);
  }
}

/** Where stitch hole `i` of the flap is on screen. */
const hole = (at, i) => {
  const [x, y] = flapEdge((i + 0.5) / (STITCHES + 1), 12);
  return at(x, y, deep(y) + 6);
};

/** The seam being sewn: holes ahead, thread behind; the oldest stitches are unpicked just before the needle returns. */
function sewing(g, at, u) {
  const now = (u / SEWING) * STITCHES;
  for (let i = 0; i <= STITCHES; i += 1) disc(g, ...hole(at, i), 1.9, 1.9, C.rust);
  for (let i = 0; i < STITCHES; i += 1) {
    const age = (u - ((i + 1) / STITCHES) * SEWING + 1) % 1;
    const alpha = clamp((0.66 - age) / 0.05);
    if (alpha <= 0) continue;
    const fresh = clamp(1 - age / 0.1);
    const [ax, ay] = hole(at, i);
    const [bx, by] = hole(at, i + 1);
    const tight = [[mix(ax, bx, 0.1), mix(ay, by, 0.1)], [mix(ax, bx, 0.9), mix(ay, by, 0.9)]];
    keep(g, () => {
      g.globalAlpha = alpha;
      stroke(g, tight.map(([x, y]) => [x + 0.8, y + 2]), glass(C.rust, 0.6), 4);
      stroke(g, tight, C.thread, 3.6 + fresh * 0.8);
    });
  }
  if (u < SEWING) needle(g, at, now);
}

/** One stitch: out of the leather, drawn up in an arc, down into the next hole. `now` counts stitches. */
function needle(g, at, now) {
  const i = Math.min(STITCHES - 1, Math.floor(now));
  const p = now - i;
  const from = hole(at, i);
  const to = hole(at, i + 1);
  const lift = Math.sin(Math.PI * clamp((p - 0.05) / 0.9)) ** 0.8;
  const k = ease(clamp((p - 0.15) / 0.75));
  const height = lift * 62;
  // The point of the needle, held off the leather towards the lamp.
  const tip = [mix(from[0], to[0], k) + height * 0.5, mix(from[1], to[1], k) - height * 0.86];
  const lean = mix(-2.35, -0.5, ease(clamp(p * 1.1)));
  const out = clamp(p < 0.5 ? p / 0.16 : 1);
  const into = clamp((p - 0.86) / 0.14);
  const length = 58 * out * (1 - into * 0.75);
  const dir = p < 0.16 ? [0.5, -0.86] : [Math.cos(lean), Math.sin(lean)];
  const end = [tip[0] + dir[0] * length, tip[1] + dir[1] * length];
  const slack = [mix(from[0], end[0], 0.5) + 26, Math.max(from[1], end[1]) + 34 + 30 * (1 - lift)];
  const shadow = (points) => points.map(([x, y]) => [x - height * 0.32, y + height * 0.9]);
  const thread = [from, [mix(from[0], slack[0], 0.6), mix(from[1], slack[1], 0.9)], slack, [mix(slack[0], end[0], 0.7) + 12, mix(slack[1], end[1], 0.5)], end];
  stroke(g, shadow([tip, end]), glass(C.ink, 0.2), 3.4);
  stroke(g, thread.map(([x, y]) => [x - 3, y + 7]), glass(C.ink, 0.16), 2.4);
  stroke(g, thread, C.thread, 2.6);
  stroke(g, [tip, end], C.steelDim, 4.4);
  stroke(g, [tip, end], C.steelLit, 2.4);
  disc(g, end[0] - dir[0] * 5, end[1] - dir[1] * 5, 3, 1.1, C.soot, Math.atan2(dir[1], dir[0]));
}

/** Draws the bag at loop position `u` (0..1). */
export function drawBag(g, u) {
  const theta = turn(u);
  const at = eye(theta);
  turntable(g, u, theta);
  contact(g, at);
  handle(g, at, false);
  body(g, at, theta);
  stamp(g, at);
  lid(g, at);
  sewing(g, at, u);
  clasp(g, at);
  handle(g, at, true);
}
