import { formatDuration } from './format';
import { stepName } from './labels';
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

/** Of a run that failed the failed step, the slow step that lost most time against its baseline, and the longest wait; those that there are. */
export function findJumps(roots: StepNode[]): Jump[] {
  const leaves = visibleNodes(roots, new Set()).filter((node) => node.children.length === 0 && node.parent !== null);
  const broken = roots.some(({ step }) => step.outcome === 'error');
  const failed = broken ? leaves.find((node) => node.step.outcome === 'error' && !isRetried(node)) : undefined;
  const slowest = most(leaves, lost);
  const waited = most(leaves, ({ step }) => (step.wait !== null && step.wait >= NOTABLE_WAIT ? step.wait : 0));
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
