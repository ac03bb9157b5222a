import { type GroupSummary, type Outcome, type Step, type StepKind, type StepNode } from './types';

/** Worst first; an outcome that is not listed does not decide. */
const SEVERITY: readonly Outcome[] = ['error', 'canceled', 'running', 'recovered', 'ok', 'skipped'];

/**
 * Windmill has no job for a loop or a branch-all itself, only one per iteration and branch. Puts two or more of them
 * that ran the same step under a row of their own, at the place of the first.
 */
export function groupSiblings(siblings: StepNode[], parent: StepNode | null): StepNode[] {
  const members = new Map<string, StepNode[]>();
  for (const node of siblings) {
    const key = groupKey(node.step);
    if (key !== null) {
      const list = members.get(key);
      if (list) {
        list.push(node);
      } else {
        members.set(key, [node]);
      }
    }
  }
  const placed = new Set<string>();
  const result: StepNode[] = [];
  for (const node of siblings) {
    const key = groupKey(node.step);
    const list = key === null ? undefined : members.get(key);
    if (key === null || !list || list.length < 2) {
      result.push(node);
    } else if (!placed.has(key)) {
      placed.add(key);
      result.push(newGroup(key, list, parent));
    }
  }
  return result;
}

function groupKey(step: Step): string | null {
  if (step.kind === 'launched') {
    return null;
  }
  if (step.kind === 'iteration' || step.iteration !== null) {
    return `loop:${step.step ?? ''}`;
  }
  return step.kind === 'branch' ? `branches:${step.step ?? ''}` : null;
}

function newGroup(key: string, children: StepNode[], parent: StepNode | null): StepNode {
  const steps = children.map((child) => child.step);
  const group: StepNode = {
    id: `${parent?.id ?? ''}/${key}`,
    step: groupStep(key.startsWith('loop:') ? 'loop' : 'branches', steps),
    parent,
    children,
    level: 0,
    position: 1,
    siblings: 1,
    group: summarize(steps),
    descendants: 0,
    failedDescendants: 0,
  };
  for (const child of children) {
    child.parent = group;
  }
  return group;
}

/** A row from the first start to the last end. What only a job can have (wait, baseline, ids) stays unknown. */
function groupStep(kind: StepKind, steps: Step[]): Step {
  const first = steps[0];
  const timed = intervals(steps);
  const start = timed.length > 0 ? timed.reduce((least, [from]) => Math.min(least, from), Infinity) : null;
  const end = timed.reduce((greatest, [, to]) => Math.max(greatest, to), -Infinity);
  return {
    ...first,
    index: -1,
    jobId: '',
    path: first.step ?? first.path,
    scriptPath: null,
    kind,
    language: null,
    worker: null,
    tag: null,
    iteration: null,
    attempt: null,
    start,
    duration: start === null ? null : (end - start) / 1000,
    wait: null,
    waitKind: 'unknown',
    transition: null,
    setup: null,
    work: null,
    outcome: SEVERITY.find((outcome) => steps.some((step) => step.outcome === outcome)) ?? 'unknown',
    error: null,
    contribution: sumOf(steps.map((step) => step.contribution)),
    critical: steps.some((step) => step.critical),
    baselineP50: null,
    baselineP95: null,
    baselineCount: null,
    ratio: null,
    verdict: 'unknown',
    traceId: null,
    spanId: null,
    fromLogs: steps.every((step) => step.fromLogs),
  };
}

/** Shares add up: what runs at the same time shares the run's time. */
function sumOf(values: Array<number | null>): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

/** Execution intervals in epoch milliseconds of the steps whose times are known. */
function intervals(steps: Step[]): Array<[number, number]> {
  return steps.flatMap((step) =>
    step.start === null ? [] : [[step.start, step.start + (step.duration ?? 0) * 1000] satisfies [number, number]]
  );
}

function summarize(steps: Step[]): GroupSummary {
  let slowest: Step | null = null;
  let failed = 0;
  let slow = 0;
  for (const step of steps) {
    failed += step.outcome === 'error' ? 1 : 0;
    slow += step.verdict === 'slow' ? 1 : 0;
    if (step.duration !== null && step.duration > (slowest?.duration ?? -1)) {
      slowest = step;
    }
  }
  return { count: steps.length, failed, slow, slowest };
}
