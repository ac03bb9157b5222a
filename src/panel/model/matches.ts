import { hasFailed, hasWaited, isSlow } from './jumps';
import { stepName } from './labels';
import { isContainer } from './launched';
import { type StepNode } from './types';

/** What rows can be picked by. */
export type Finding = 'slow' | 'failed' | 'critical' | 'waited';

export const FINDINGS: readonly Finding[] = ['slow', 'failed', 'critical', 'waited'];

/** Rows that have one of the findings, if any is asked for, and all of the words. */
export interface RowFilter {
  show: readonly Finding[];
  search: string;
}

export interface Matches {
  /** Ids of the rows that match, in the order of the tree. */
  own: ReadonlySet<string>;
  /** Ids of the rows that have such a row below them. */
  holding: ReadonlySet<string>;
}

const TESTS: Record<Finding, (node: StepNode) => boolean> = {
  slow: isSlow,
  failed: hasFailed,
  // A container is on the critical path because of what it holds.
  critical: (node) => node.step.critical && !isContainer(node),
  waited: hasWaited,
};

/** How many rows have each finding. */
export function countFindings(nodes: StepNode[]): Record<Finding, number> {
  const count = (finding: Finding) => nodes.filter(TESTS[finding]).length;
  return { slow: count('slow'), failed: count('failed'), critical: count('critical'), waited: count('waited') };
}

/** The rows that match, or null if every row does because nothing is asked for. `nodes` are in the order of the tree. */
export function findMatches(nodes: StepNode[], { show, search }: RowFilter): Matches | null {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (show.length === 0 && words.length === 0) {
    return null;
  }
  const own = new Set<string>();
  const holding = new Set<string>();
  for (const node of nodes) {
    const found = show.length === 0 || show.some((finding) => TESTS[finding](node));
    if (found && hasWords(node, words)) {
      own.add(node.id);
      for (let above = node.parent; above !== null && !holding.has(above.id); above = above.parent) {
        holding.add(above.id);
      }
    }
  }
  return { own, holding };
}

function hasWords({ step }: StepNode, words: string[]): boolean {
  if (words.length === 0) {
    return true;
  }
  const texts = [stepName(step), step.step, step.path, step.scriptPath, step.worker, step.tag, step.jobId];
  const text = texts.filter(Boolean).join('\n').toLowerCase();
  return words.every((word) => text.includes(word));
}

/**
 * The rows that match and those above them, and what is below a row that matches by itself, for a reader to open. The
 * run's own row is always there. Rows start open down to the matches; `choices` are what the reader opened and closed.
 */
export function matchingRows(
  roots: StepNode[],
  { own, holding }: Matches,
  choices: ReadonlyMap<string, boolean>
): { rows: StepNode[]; collapsed: ReadonlySet<string> } {
  const rows: StepNode[] = [];
  const collapsed = new Set<string>();
  const pending = [...roots].reverse().map((node) => ({ node, inside: false }));
  while (pending.length > 0) {
    const { node, inside } = pending.pop()!;
    if (!inside && node.parent !== null && !own.has(node.id) && !holding.has(node.id)) {
      continue;
    }
    rows.push(node);
    if (choices.get(node.id) ?? !holding.has(node.id)) {
      collapsed.add(node.id);
      continue;
    }
    const below = inside || !holding.has(node.id);
    for (let i = node.children.length - 1; i >= 0; i--) {
      pending.push({ node: node.children[i], inside: below });
    }
  }
  return { rows, collapsed };
}
