import { type Direction } from './jumps';
import { type StepNode } from './types';

/** What a key does in the tree grid. */
export type GridAction =
  { type: 'move'; index: number } | { type: 'toggle'; id: string } | { type: 'details' } | { type: 'dismiss' };

interface GridState {
  rows: StepNode[];
  active: number;
  collapsed: ReadonlySet<string>;
  /** Rows that fit the view, for Page Up and Page Down. */
  page: number;
}

/** The action of a key on the active row, or null if the key has none. */
export function gridAction(key: string, state: GridState): GridAction | null {
  const { rows, active, page } = state;
  switch (key) {
    case 'ArrowDown':
      return moveTo(active + 1, rows);
    case 'ArrowUp':
      return moveTo(active - 1, rows);
    case 'PageDown':
      return moveTo(active + page, rows);
    case 'PageUp':
      return moveTo(active - page, rows);
    case 'Home':
      return moveTo(0, rows);
    case 'End':
      return moveTo(rows.length - 1, rows);
    case 'ArrowRight':
      return openRow(state);
    case 'ArrowLeft':
      return closeRow(state);
    case ' ':
      return rows[active]?.children.length ? { type: 'toggle', id: rows[active].id } : null;
    case 'Enter':
      return rows[active] ? { type: 'details' } : null;
    case 'Escape':
      return { type: 'dismiss' };
    default:
      return null;
  }
}

function moveTo(index: number, rows: StepNode[]): GridAction {
  return { type: 'move', index: Math.max(0, Math.min(rows.length - 1, index)) };
}

/** Right: expands a collapsed row, goes to the first child of an expanded one. */
function openRow({ rows, active, collapsed }: GridState): GridAction | null {
  const node = rows[active];
  if (!node || node.children.length === 0) {
    return null;
  }
  return collapsed.has(node.id) ? { type: 'toggle', id: node.id } : moveTo(active + 1, rows);
}

/** Left: collapses an expanded row, goes from any other to its parent. */
function closeRow({ rows, active, collapsed }: GridState): GridAction | null {
  const node = rows[active];
  if (!node) {
    return null;
  }
  if (node.children.length > 0 && !collapsed.has(node.id)) {
    return { type: 'toggle', id: node.id };
  }
  return node.parent ? moveTo(rows.indexOf(node.parent), rows) : null;
}

interface Pressed {
  key: string;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
}

/**
 * Which finding a key goes to, or null if it goes to none. Many keyboards type brackets with Alt, or with AltGr, which
 * browsers tell as Ctrl and Alt.
 */
export function findingKey({ key, ctrlKey, altKey, metaKey }: Pressed): Direction | null {
  if (metaKey || (ctrlKey && !altKey)) {
    return null;
  }
  return key === ']' ? 'next' : key === '[' ? 'previous' : null;
}
