import { type RefObject, useLayoutEffect, useRef, useState } from 'react';

import { type Point, placeBeside } from '../model/placement';

/** Measures a floating box and places it beside a point of the window. Until it is measured it is kept out of sight. */
export function usePlacement(anchor: Point): {
  ref: RefObject<HTMLDivElement | null>;
  style: { left: number; top: number; visibility: 'visible' | 'hidden' };
} {
  const ref = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<Point | null>(null);
  const { x, y } = anchor;
  useLayoutEffect(() => {
    const box = ref.current?.getBoundingClientRect();
    if (box) {
      const view = { width: document.documentElement.clientWidth, height: document.documentElement.clientHeight };
      setPlace(placeBeside({ x, y }, box, view));
    }
  }, [x, y]);
  return {
    ref,
    style: { left: place?.x ?? 0, top: place?.y ?? 0, visibility: place === null ? 'hidden' : 'visible' },
  };
}
