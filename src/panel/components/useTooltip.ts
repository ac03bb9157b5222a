import { useCallback, useEffect, useRef, useState } from 'react';

import { type Point } from '../model/placement';

export interface Tip {
  /** Id of the node it belongs to. */
  nodeId: string;
  anchor: Point;
}

/** Milliseconds that the pointer rests on a row before the tooltip comes. */
const HOVER_DELAY = 150;

/** The state of the one tooltip: at once for the keyboard, after a moment for the pointer, then following it. */
export function useTooltip() {
  const [tip, setTip] = useState<Tip | null>(null);
  const timer = useRef<number | undefined>(undefined);
  const shown = useRef(false);

  const set = useCallback((next: Tip | null) => {
    window.clearTimeout(timer.current);
    shown.current = next !== null;
    setTip(next);
  }, []);

  const hover = useCallback(
    (next: Tip) => {
      if (shown.current) {
        set(next);
        return;
      }
      window.clearTimeout(timer.current);
      timer.current = window.setTimeout(() => set(next), HOVER_DELAY);
    },
    [set]
  );

  const hide = useCallback(() => set(null), [set]);

  useEffect(() => () => window.clearTimeout(timer.current), []);

  return { tip, show: set, hover, hide };
}
