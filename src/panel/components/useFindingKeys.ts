import { type KeyboardEvent, useRef } from 'react';

import { nextFinding } from '../model/jumps';
import { findingKey } from '../model/keyboard';
import { type StepNode } from '../model/types';

/** The keys [ and ] go to the previous and the next finding, from the row with the focus or else from the last one found. */
export function useFindingKeys(roots: StepNode[], rows: StepNode[], onJump: (node: StepNode) => void) {
  const last = useRef<string | null>(null);
  return (event: KeyboardEvent<HTMLElement>) => {
    const { target } = event;
    const direction = findingKey(event);
    if (direction === null || !(target instanceof HTMLElement) || isTyping(target)) {
      return;
    }
    const focused = rows[Number(target.dataset.index ?? NaN)];
    const found = nextFinding(roots, focused?.id ?? last.current, direction);
    if (found) {
      event.preventDefault();
      event.stopPropagation();
      last.current = found.id;
      onJump(found);
    }
  };
}

function isTyping(element: HTMLElement): boolean {
  return element.matches('input, textarea, select') || element.isContentEditable;
}
