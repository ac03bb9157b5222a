import { type FocusEvent, type KeyboardEvent, useCallback, useLayoutEffect, useRef, useState } from 'react';

import { gridAction } from '../model/keyboard';
import { type StepNode } from '../model/types';
import { scrollTopFor } from '../model/window';
import { ROW_HEIGHT } from './StepRow';

/** A row that the grid is to show and focus. A new object is a new wish, also for the same row. */
export interface GridTarget {
  id: string;
  /** Opens its details too. */
  open?: boolean;
}

interface Config {
  rows: StepNode[];
  collapsed: ReadonlySet<string>;
  target: GridTarget | null;
  onToggle: (id: string) => void;
  /** A row was reached with the keyboard. */
  onReach: (index: number, row: HTMLElement) => void;
  /** Enter on a row. */
  onOpen: (index: number, row: HTMLElement) => void;
  /** Escape; returns whether there was something to dismiss. */
  onDismiss: () => boolean;
}

/** Keyboard and focus of the tree grid: one row is in the tab order, the arrow keys move it. */
export function useTreeGrid({ rows, collapsed, target, onToggle, onReach, onOpen, onDismiss }: Config) {
  const [activeId, setActiveId] = useState<string | null>(target?.id ?? null);
  const scroller = useRef<HTMLDivElement>(null);
  const moved = useRef(false);
  const pressed = useRef(false);
  const opened = useRef<GridTarget | null>(null);
  const found = activeId === null ? 0 : rows.findIndex((node) => node.id === activeId);
  const active = Math.max(0, found);

  const [reached, setReached] = useState(target);
  if (target !== reached) {
    setReached(target);
    setActiveId(target?.id ?? null);
  }

  useLayoutEffect(() => {
    moved.current = reached !== null;
  }, [reached]);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!moved.current || !element) {
      return;
    }
    moved.current = false;
    element.scrollTop = scrollTopFor(active, element.scrollTop, element.clientHeight - ROW_HEIGHT, ROW_HEIGHT);
    const row = rowElement(element, active);
    row?.focus({ preventScroll: true });
    if (row && reached?.open && opened.current !== reached) {
      opened.current = reached;
      row.scrollIntoView({ block: 'nearest' });
      onOpen(active, row);
    }
  });

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const isRow = event.target instanceof HTMLElement && event.target.dataset.index !== undefined;
    if (!isRow || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_HEIGHT) - 2);
    const action = gridAction(event.key, { rows, active, collapsed, page });
    if (!action || (action.type === 'dismiss' && !onDismiss())) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    if (action.type === 'move') {
      moved.current = action.index !== active;
      setActiveId(rows[action.index]?.id ?? null);
    } else if (action.type === 'toggle') {
      onToggle(action.id);
    } else if (action.type === 'details' && event.target instanceof HTMLElement) {
      onOpen(active, event.target);
    }
  };

  const onFocus = (event: FocusEvent<HTMLElement>) => {
    const index = Number(event.target.dataset.index ?? NaN);
    if (!rows[index]) {
      return;
    }
    setActiveId(rows[index].id);
    if (!pressed.current) {
      onReach(index, event.target);
    }
  };

  const focusActive = useCallback(() => {
    pressed.current = true;
    scroller.current?.querySelector<HTMLElement>('[role="row"][tabindex="0"]')?.focus({ preventScroll: true });
    pressed.current = false;
  }, []);

  const scrollRows = useCallback((count: number) => {
    const element = scroller.current;
    if (element) {
      element.scrollTop += count * ROW_HEIGHT;
    }
  }, []);

  const onMouseDown = useCallback(() => {
    pressed.current = true;
  }, []);
  const onMouseUp = useCallback(() => {
    pressed.current = false;
  }, []);

  return { scroller, active, focusActive, scrollRows, handlers: { onKeyDown, onFocus, onMouseDown, onMouseUp } };
}

function rowElement(scroller: HTMLElement, index: number): HTMLElement | null {
  return scroller.querySelector<HTMLElement>(`[data-index="${index}"]`);
}
