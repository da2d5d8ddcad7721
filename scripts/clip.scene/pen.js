// The drawing hand: palette and the few strokes every part of the scene is made of.
// Nothing here knows time; a part of the scene is a pure function of the frame it is asked for, so that the loop closes.

export const W = 1280;
export const H = 720;

/** Paper, ink, clay: the product's own warm neutrals. */
export const C = {
  paper: '#f8f1e5', cream: '#fbf4e6', ink: '#2a1c13', soot: '#3a2619',
  wall: '#e4cfae', wallLit: '#ecdabb', wallGlow: '#f2e4c9', wallCore: '#f7ecd6', wallDim: '#d6bd98',
  wood: '#a97142', woodLit: '#c08a57', woodGlow: '#d19f6b', woodDim: '#8a5834', woodDark: '#6b4127', woodDeep: '#4f2f1c',
  tan: '#c5813f', tanLit: '#d6975a', tanGlow: '#e3ad74', tanDim: '#a7662f', tanDark: '#824b22',
  clay: '#bd5a36', clayLit: '#d1744c', clayDim: '#98432a', rust: '#7c3522',
  sage: '#8a946f', sageLit: '#a5ad86', sageDim: '#66714f', pine: '#46533c',
  brass: '#c79b45', brassLit: '#ecd08a', brassDim: '#94702c',
  steel: '#b9b4aa', steelLit: '#e9e5db', steelDim: '#86807a',
  thread: '#f6e7c8',
};

/** Runs `draw` with the canvas state saved around it. */
export function keep(g, draw) {
  g.save();
  draw();
  g.restore();
}

/** A closed polygon through `[x, y]` points. */
export function poly(g, points, fill) {
  g.beginPath();
  points.forEach(([x, y], i) => (i ? g.lineTo(x, y) : g.moveTo(x, y)));
  g.closePath();
  g.fillStyle = fill;
  g.fill();
}

/** An open stroke through `[x, y]` points, smoothed through their midpoints. */
export function stroke(g, points, colour, width, cap = 'round') {
  g.beginPath();
  g.moveTo(...points[0]);
  for (let i = 1; i < points.length - 1; i += 1) {
    const [ax, ay] = points[i];
    const [bx, by] = points[i + 1];
    g.quadraticCurveTo(ax, ay, (ax + bx) / 2, (ay + by) / 2);
  }
  g.lineTo(...points[points.length - 1]);
  g.strokeStyle = colour;
  g.lineWidth = width;
  g.lineCap = cap;
  g.lineJoin = 'round';
  g.stroke();
}

export function box(g, x, y, w, h, r, fill) {
  g.beginPath();
  g.roundRect(x, y, w, h, r);
  g.fillStyle = fill;
  g.fill();
}

export function disc(g, x, y, rx, ry, fill, turn = 0) {
  g.beginPath();
  g.ellipse(x, y, rx, ry, turn, 0, Math.PI * 2);
  g.fillStyle = fill;
  g.fill();
}

/** Fills an SVG path placed at (x, y). */
export function shape(g, x, y, d, fill, scale = 1, turn = 0) {
  keep(g, () => {
    g.translate(x, y);
    g.rotate(turn);
    g.scale(scale, scale);
    g.fillStyle = fill;
    g.fill(new Path2D(d));
  });
}

export const mix = (a, b, k) => a + (b - a) * k;
export const clamp = (v, lo = 0, hi = 1) => Math.min(hi, Math.max(lo, v));
export const ease = (k) => k * k * (3 - 2 * k);

/** A wave that closes over the loop: `turns` whole periods while `u` goes from 0 to 1. */
export const wave = (u, turns = 1, phase = 0) => Math.sin((u * turns + phase) * Math.PI * 2);

/** A colour with an alpha, from `#rrggbb`. */
export function glass(hex, alpha) {
  const n = Number.parseInt(hex.slice(1), 16);
  return `rgba(${n >> 16}, ${(n >> 8) & 255}, ${n & 255}, ${alpha})`;
}
