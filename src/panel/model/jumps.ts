import { formatDuration } from './format';
import { stepName } from './labels';
import { isContainer } from './launched';
import { type StepNode } from './types';
import { visibleNodes } from './visible';

/** A row that is worth looking at first, and why. */
export interface Jump {
  kind: 'failed' | 'slowest' | 'waited';
  node: StepNode;
  text: string;
}

/** Waits below this, in seconds, are the ordinary cost of Windmill's workers. */
const NOTABLE_WAIT = 1;

/** Which way the next finding is looked for. */
export type Direction = 'next' | 'previous';

/**
 * The finding after or before a row in the order of the tree, around its ends: what failed, what is slow, and the
 * longest wait. `from` is the id of a row, null for the edge of the tree.
 */
export function nextFinding(roots: StepNode[], from: string | null, direction: Direction): StepNode | null {
  const nodes = visibleNodes(roots, new Set());
  const longest = longestWait(nodes);
  const found = nodes.filter((node) => hasFailed(node) || isSlow(node) || node === longest);
  const places = new Map(nodes.map((node, index) => [node, index]));
  const place = (node: StepNode) => places.get(node) ?? -1;
  const at = from === null ? -1 : nodes.findIndex((node) => node.id === from);
  if (direction === 'next') {
    return found.find((node) => place(node) > at) ?? found[0] ?? null;
  }
  const before = found.filter((node) => at >= 0 && place(node) < at);
  return before.pop() ?? found.pop() ?? null;
}

/** The row itself failed, and not only something below it. */
export function hasFailed(node: StepNode): boolean {
  const { step, group, failedDescendants } = node;
  return step.outcome === 'error' && group === null && (failedDescendants === 0 || !isContainer(node));
}

/** Slower than its baseline; the run's own row has its verdict in the header. */
export function isSlow({ step, parent }: StepNode): boolean {
  return step.verdict === 'slow' && parent !== null;
}

/** It waited longer than Windmill's workers ordinarily let a job wait. */
export function hasWaited({ step }: StepNode): boolean {
  return step.wait !== null && step.wait >= NOTABLE_WAIT;
}

function longestWait(nodes: StepNode[]): StepNode | null {
  return most(nodes, (node) => (hasWaited(node) ? (node.step.wait ?? 0) : 0));
}

/** Of a run that failed the failed step, the slow step that lost most time against its baseline, and the longest wait; those that there are. */
export function findJumps(roots: StepNode[]): Jump[] {
  const nodes = visibleNodes(roots, new Set());
  const leaves = nodes.filter((node) => !isContainer(node) && node.parent !== null);
  const broken = roots.some(({ step }) => step.outcome === 'error');
  const failed = broken ? leaves.find((node) => node.step.outcome === 'error' && !isRetried(node)) : undefined;
  const slowest = most(leaves, lost);
  const waited = longestWait(nodes);
  const jumps: Jump[] = [];
  if (failed) {
    jumps.push({ kind: 'failed', node: failed, text: `Failed: ${stepName(failed.step)}` });
  }
  if (slowest) {
    const { step } = slowest;
    const text = `Slowest: ${stepName(step)} ${formatDuration(step.duration)} (${percentOver(step.duration, step.baselineP50)})`;
    jumps.push({ kind: 'slowest', node: slowest, text });
  }
  if (waited) {
    const { step } = waited;
    jumps.push({ kind: 'waited', node: waited, text: `Longest wait: ${stepName(step)} ${formatDuration(step.wait)}` });
  }
  return jumps;
}

/** A further attempt followed, which is the one that counts. */
function isRetried({ step, parent }: StepNode): boolean {
  const later = (other: StepNode) =>
    other.step.step === step.step &&
    other.step.iteration === step.iteration &&
    (other.step.attempt ?? 1) > (step.attempt ?? 1);
  return parent?.children.some(later) ?? false;
}

/** Seconds by which a slow step exceeds its baseline; 0 for any other. */
function lost({ step }: StepNode): number {
  const { verdict, duration, baselineP50 } = step;
  return verdict === 'slow' && duration !== null && baselineP50 !== null ? duration - baselineP50 : 0;
}

function most(nodes: StepNode[], measure: (node: StepNode) => number): StepNode | null {
  let best: StepNode | null = null;
  let top = 0;
  for (const node of nodes) {
    const value = measure(node);
    if (value > top) {
      [best, top] = [node, value];
    }
  }
  return best;
}

function percentOver(duration: number | null, baseline: number | null): string {
  return duration === null || !baseline ? 'no baseline' : `+${Math.round((duration / baseline - 1) * 100)} %`;
}
