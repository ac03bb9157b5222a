import { useLayoutEffect, useRef } from 'react';

import { type StepNode } from '../model/types';

/**
 * Keeps the first row in view where it is while rows come and go above it, as they do when a run is followed. At the
 * very top the view stays at the top. `scrollRows` scrolls down by a number of rows.
 */
export function useScrollAnchor(rows: StepNode[], firstRow: number, scrollRows: (count: number) => void) {
  const anchor = useRef<{ id: string; index: number } | null>(null);
  const lastRows = useRef(rows);

  useLayoutEffect(() => {
    const kept = anchor.current;
    const rowsChanged = lastRows.current !== rows;
    lastRows.current = rows;
    if (rowsChanged && kept && rows[kept.index]?.id !== kept.id) {
      const index = rows.findIndex((node) => node.id === kept.id);
      if (index >= 0) {
        scrollRows(index - kept.index);
        anchor.current = { id: kept.id, index };
        return; // firstRow is that of before until the scroll is noticed
      }
    }
    anchor.current = firstRow > 0 && rows[firstRow] ? { id: rows[firstRow].id, index: firstRow } : null;
  }, [rows, firstRow, scrollRows]);
}
