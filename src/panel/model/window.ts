/** Rows drawn above and below the view, so that scrolling shows no gaps. */
const OVERSCAN = 8;

/** Indexes of the rows to draw: those in view, and the active one wherever it is, because it holds the focus. */
export function drawnRows(
  scrollTop: number,
  viewHeight: number,
  rowHeight: number,
  count: number,
  active: number
): number[] {
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - OVERSCAN);
  const last = Math.min(count, Math.ceil((scrollTop + viewHeight) / rowHeight) + OVERSCAN);
  const indexes: number[] = [];
  if (active < first && active >= 0 && active < count) {
    indexes.push(active);
  }
  for (let index = first; index < last; index++) {
    indexes.push(index);
  }
  if (active >= last && active < count) {
    indexes.push(active);
  }
  return indexes;
}

/** The scroll position that brings a row into view with the least movement. */
export function scrollTopFor(index: number, scrollTop: number, viewHeight: number, rowHeight: number): number {
  const top = index * rowHeight;
  const bottom = top + rowHeight;
  if (top < scrollTop) {
    return top;
  }
  return bottom > scrollTop + viewHeight ? bottom - viewHeight : scrollTop;
}
