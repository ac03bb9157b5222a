export interface Point {
  x: number;
  y: number;
}

export interface Size {
  width: number;
  height: number;
}

/** Distance to the point, and to the edges of the window. */
const GAP = 12;
const MARGIN = 8;

/** The top left corner of a box beside a point: right below it, else on the other side, always inside the window. */
export function placeBeside(point: Point, box: Size, view: Size): Point {
  return {
    x: placeOnAxis(point.x, box.width, view.width),
    y: placeOnAxis(point.y, box.height, view.height),
  };
}

function placeOnAxis(at: number, size: number, limit: number): number {
  const after = at + GAP;
  if (after + size + MARGIN <= limit) {
    return after;
  }
  const before = at - GAP - size;
  return before >= MARGIN ? before : Math.max(MARGIN, limit - size - MARGIN);
}
