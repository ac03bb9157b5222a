import { type Step, type StepKind } from './types';

/** The time axis: seconds from the run's start. `from` is negative if the run waited before it started. */
export interface TimeScale {
  /** Epoch milliseconds of second 0. */
  origin: number;
  from: number;
  to: number;
}

/** A stretch of the axis in percent of its width. */
export interface Extent {
  left: number;
  width: number;
}

/** What one row draws; null is what it does not have. */
export interface Bar {
  wait: Extent | null;
  execution: Extent | null;
  transition: Extent | null;
  /** What of the execution was preparation. */
  setup: Extent | null;
  /** The baseline, from the start of the execution to p95; without a p95 to p50. */
  bracket: Extent | null;
  /** Position of p50 in percent. */
  tick: number | null;
  /** The bracket goes on beyond the axis. */
  bracketCut: boolean;
  /** The end is not known yet. */
  open: boolean;
  /** Where everything of the row lies, if none of it is on the axis. */
  outside: 'before' | 'after' | null;
}

/** A baseline may stretch the axis by this part of the run's length, so that one long band does not squash the run. */
const BASELINE_STRETCH = 0.15;

/** The axis that holds every row, or null if no row has a start. */
export function timeScale(steps: Step[], root: Step | null, withBaselines: boolean): TimeScale | null {
  let earliest = Infinity;
  let first = Infinity;
  let end = -Infinity;
  let baselineEnd = -Infinity;
  for (const step of steps) {
    if (step.start === null) {
      continue;
    }
    first = Math.min(first, step.start);
    earliest = Math.min(earliest, step.start - (step.wait ?? 0) * 1000);
    end = Math.max(end, step.start + ((step.duration ?? 0) + ownTransition(step)) * 1000);
    baselineEnd = Math.max(baselineEnd, step.start + (step.baselineP95 ?? step.baselineP50 ?? 0) * 1000);
  }
  if (first === Infinity) {
    return null;
  }
  const origin = root?.start ?? first;
  const from = Math.min(0, (earliest - origin) / 1000);
  const runEnd = Math.max((end - origin) / 1000, from + 0.001);
  const wanted = withBaselines ? (baselineEnd - origin) / 1000 : runEnd;
  const limit = runEnd + (runEnd - from) * BASELINE_STRETCH;
  return { origin, from, to: Math.max(runEnd, Math.min(wanted, limit)) };
}

/** Where the parts of a row lie on the axis. */
export function barOf(step: Step, scale: TimeScale, withBaselines: boolean): Bar | null {
  if (step.start === null) {
    return null;
  }
  const start = (step.start - scale.origin) / 1000;
  const end = step.duration === null ? scale.to : start + step.duration;
  const transition = ownTransition(step);
  const p50 = withBaselines ? step.baselineP50 : null;
  const p95 = withBaselines ? step.baselineP95 : null;
  const reach = p50 === null && p95 === null ? null : start + Math.max(p50 ?? 0, p95 ?? 0);
  const first = start - (step.wait ?? 0);
  return {
    wait: step.wait ? extent(first, start, scale) : null,
    execution: extent(start, end, scale),
    transition: step.duration !== null && transition > 0 ? extent(end, end + transition, scale) : null,
    setup: step.setup ? extent(start, Math.min(start + step.setup, end), scale) : null,
    bracket: reach === null ? null : extent(start, reach, scale),
    tick: p50 === null || !onAxis(start + p50, scale) ? null : percent(start + p50, scale),
    bracketCut: reach !== null && reach > scale.to,
    open: step.duration === null || step.outcome === 'running',
    outside: first > scale.to ? 'after' : end + transition < scale.from ? 'before' : null,
  };
}

/** Position on the axis in percent, kept within it. */
export function percent(seconds: number, scale: TimeScale): number {
  const share = (seconds - scale.from) / (scale.to - scale.from);
  return Math.min(1, Math.max(0, share)) * 100;
}

function onAxis(seconds: number, scale: TimeScale): boolean {
  return seconds >= scale.from && seconds <= scale.to;
}

/** Null where none of it is on the axis, as may be when the axis is a part of the run. */
function extent(from: number, to: number, scale: TimeScale): Extent | null {
  if (from > scale.to || to < scale.from) {
    return null;
  }
  const left = percent(from, scale);
  return { left, width: percent(to, scale) - left };
}

const CONTAINERS: ReadonlySet<StepKind> = new Set(['flow', 'subflow', 'iteration', 'branch']);

/** A container's duration ends with its last job's transition, so its own would be drawn twice. */
function ownTransition(step: Step): number {
  return CONTAINERS.has(step.kind) ? 0 : (step.transition ?? 0);
}

/** What the run lost to waiting, in seconds: the waits on its critical path, as the flow-runs frame counts them. */
export function waitedSeconds(steps: Step[]): number | null {
  const waits = steps.filter((step) => step.critical && step.wait !== null);
  return waits.length === 0 ? null : waits.reduce((sum, step) => sum + (step.wait ?? 0), 0);
}
