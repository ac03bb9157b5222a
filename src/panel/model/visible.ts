import { isContainer } from './launched';
import { type StepNode } from './types';

/** A loop with more iterations than this starts as one row, so that the steps beside it are in sight. */
export const LARGE_GROUP = 3;

/** The rows to draw: the tree in order, without what is below a collapsed row. */
export function visibleNodes(roots: StepNode[], collapsed: ReadonlySet<string>): StepNode[] {
  const rows: StepNode[] = [];
  const pending = [...roots].reverse();
  while (pending.length > 0) {
    const node = pending.pop()!;
    rows.push(node);
    if (!collapsed.has(node.id)) {
      for (let i = node.children.length - 1; i >= 0; i--) {
        pending.push(node.children[i]);
      }
    }
  }
  return rows;
}

/** Ids of every row that has rows below it; the run's own row only if asked for, so that "collapse all" leaves its steps in sight. */
export function containerIds(roots: StepNode[], withRoots: boolean): Set<string> {
  const ids = new Set<string>();
  for (const node of visibleNodes(roots, new Set())) {
    if (node.children.length > 0 && (withRoots || node.parent !== null)) {
      ids.add(node.id);
    }
  }
  return ids;
}

/** Rows that start collapsed: large groups, jobs that launched as many, and with a depth above 0 every container at that level or deeper. */
export function defaultCollapsed(roots: StepNode[], depth: number): Set<string> {
  const ids = new Set<string>();
  for (const node of visibleNodes(roots, new Set())) {
    const large = node.children.length > LARGE_GROUP && (node.group !== null || !isContainer(node));
    const deep = depth > 0 && node.children.length > 0 && node.level >= depth;
    if (large || deep) {
      ids.add(node.id);
    }
  }
  return ids;
}
