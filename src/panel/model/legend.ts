import { type Run, type Step } from './types';

export type LegendLook =
  | 'execution'
  | 'running'
  | 'slow'
  | 'error'
  | 'skipped'
  | 'container'
  | 'queue'
  | 'approval'
  | 'pause'
  | 'unknown'
  | 'transition'
  | 'setup'
  | 'bracket'
  | 'critical';

export interface LegendEntry {
  text: string;
  look: LegendLook;
  /** A bar where there is none. */
  form?: 'bar' | 'container' | 'thin' | 'line' | 'bracket';
}

/** The entries for what this run draws, in the order in which a reader meets it. */
export function legendEntries(run: Run, withBaselines: boolean, withCriticalPath: boolean): LegendEntry[] {
  const { steps, root } = run;
  const any = (test: (step: Step) => boolean) => steps.some(test);
  const waits = (...kinds: string[]) => any((step) => (step.wait ?? 0) > 0 && kinds.includes(step.waitKind));
  const hasBaseline = withBaselines && any((step) => step.baselineP50 !== null || step.baselineP95 !== null);
  const candidates: Array<[boolean, LegendEntry]> = [
    [any((step) => step.start !== null), { text: 'Execution', look: 'execution' }],
    [any((step) => (step.setup ?? 0) > 0), { text: 'Set-up of an execution', look: 'setup' }],
    [hasBaseline, { text: `Baseline: p50 (tick) and p95${sourceText(run)}`, look: 'bracket', form: 'bracket' }],
    [any((step) => step.verdict === 'slow'), { text: 'Slower than its baseline', look: 'slow' }],
    [any((step) => step.outcome === 'running'), { text: 'Running: its end is not known yet', look: 'running' }],
    [any((step) => step.outcome === 'error'), { text: 'Error', look: 'error' }],
    [any((step) => step.outcome === 'skipped'), { text: 'Skipped', look: 'skipped' }],
    [
      root !== null || any((step) => step.kind === 'subflow'),
      { text: 'Contains steps', look: 'container', form: 'container' },
    ],
    [waits('queue'), { text: 'Waits for a worker', look: 'queue' }],
    [waits('approval'), { text: 'Waits for an approval', look: 'approval' }],
    [waits('retry', 'sleep', 'limit'), { text: 'Sleeps, or waits to retry or for a limit', look: 'pause' }],
    [waits('unknown'), { text: 'Waits, reason unknown', look: 'unknown' }],
    [any((step) => (step.transition ?? 0) > 0), { text: 'Transition', look: 'transition', form: 'thin' }],
    [withCriticalPath && any((step) => step.critical), { text: 'Critical path', look: 'critical', form: 'line' }],
  ];
  return candidates.filter(([present]) => present).map(([, entry]) => entry);
}

/** Baselines by name mix the steps of all flows that are called alike, so a reader must know. */
function sourceText(run: Run): string {
  return run.baselineSource === 'span-metrics-by-name' ? ' of all steps with this name' : '';
}
