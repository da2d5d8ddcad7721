// A list being put in another order by hand, as geometry: which place is meant, and how far everything moves for it.
// The page itself is put in order only when the piece is put down, so that nothing loses focus or grip on the way.
export interface Box {
  top: number;
  height: number;
}

const bottom = ({ top, height }: Box): number => top + height;
const middle = ({ top, height }: Box): number => top + height / 2;

/** How far the one at `at` is moved when the one at `from` goes to the place `to`. */
export function shiftOf(boxes: readonly Box[], from: number, to: number, at: number): number {
  const [moving, here] = [boxes[from], boxes[at]];
  const [first, second] = boxes;
  if (!moving || !here || from === to) return 0;
  const step = (box: Box): number => box.height + (first && second ? second.top - bottom(first) : 0);
  if (at === from) return from < to ? boxes.slice(from + 1, to + 1).reduce((sum, box) => sum + step(box), 0) : -boxes.slice(to, from).reduce((sum, box) => sum + step(box), 0);
  if (from < at && at <= to) return -step(moving);
  return to <= at && at < from ? step(moving) : 0;
}

/** The place that is meant when the one at `from` was moved so far: it has passed the middle of what stood there. */
export function placeOf(boxes: readonly Box[], from: number, moved_px: number): number {
  const moving = boxes[from];
  if (!moving) return from;
  const there = { top: moving.top + moved_px, height: moving.height };
  let to = from;
  for (let next = boxes[to + 1]; next && bottom(there) > middle(next); next = boxes[to + 1]) to += 1;
  for (let next = boxes[to - 1]; to <= from && next && there.top < middle(next); next = boxes[to - 1]) to -= 1;
  return to;
}

/** How fast to scroll, in pixels a frame, when a piece is held so near the edge of what is seen. */
export function pace(y: number, top: number, end: number): number {
  const EDGE_PX = 72;
  const FASTEST_PX = 16;
  const into = y < top + EDGE_PX ? y - top - EDGE_PX : Math.max(0, y - end + EDGE_PX);
  return Math.max(-FASTEST_PX, Math.min(FASTEST_PX, (into / EDGE_PX) * FASTEST_PX));
}

/** The same list with one of them in another place. */
export function placed<T>(list: readonly T[], from: number, to: number): T[] {
  const copy = [...list];
  if (from < 0 || from >= copy.length || to < 0 || to >= copy.length) return copy;
  copy.splice(to, 0, ...copy.splice(from, 1));
  return copy;
}
