import { type DataFrame, type Field } from '@grafana/data';

import { type Outcome, type Step, type StepKind, type Verdict, type WaitKind } from './types';

/** meta.custom.frame of the frame this panel draws. */
const FLOW_STEPS_FRAME = 'flow-steps';

/** Without these nothing can be drawn; every other field may be missing. */
const REQUIRED_FIELDS = ['job_id', 'start', 'duration'];

/** A frame without the marker in its meta counts as flow steps if it has one of these too. */
const TREE_FIELDS = ['parent_job', 'depth', 'path'];

const KINDS: readonly StepKind[] = [
  'flow',
  'subflow',
  'iteration',
  'branch',
  'step',
  'identity',
  'agent',
  'tool',
  'failure',
  'preprocessor',
  'handler',
  'launched',
];
export const OUTCOMES: readonly Outcome[] = ['ok', 'error', 'recovered', 'skipped', 'canceled', 'running'];
const VERDICTS: readonly Verdict[] = ['slow', 'normal', 'fast'];
const WAIT_KINDS: readonly WaitKind[] = ['queue', 'approval', 'retry', 'sleep', 'limit'];

/** The name in meta.custom.frame, if there is one. */
function declaredFrame(frame: DataFrame): string | null {
  const name: unknown = frame.meta?.custom?.frame;
  return typeof name === 'string' ? name : null;
}

/** Reports whether the frame says, or looks as if, it holds flow steps. */
export function isFlowStepsFrame(frame: DataFrame): boolean {
  const declared = declaredFrame(frame);
  if (declared !== null) {
    return declared === FLOW_STEPS_FRAME;
  }
  const names = new Set(frame.fields.map((field) => field.name));
  return REQUIRED_FIELDS.every((name) => names.has(name)) && TREE_FIELDS.some((name) => names.has(name));
}

/** Required fields that the frame lacks. */
export function missingFields(frame: DataFrame): string[] {
  const names = new Set(frame.fields.map((field) => field.name));
  return REQUIRED_FIELDS.filter((name) => !names.has(name));
}

/** Reads the typed cells of one frame by field name; a missing field reads as null in every row. */
class Cells {
  private readonly fields: Map<string, Field>;

  constructor(frame: DataFrame) {
    this.fields = new Map(frame.fields.map((field) => [field.name, field]));
  }

  text(name: string, row: number): string | null {
    const value: unknown = this.fields.get(name)?.values[row];
    return typeof value === 'string' && value !== '' ? value : null;
  }

  number(name: string, row: number): number | null {
    const value: unknown = this.fields.get(name)?.values[row];
    return typeof value === 'number' && Number.isFinite(value) ? value : null;
  }

  /** A duration or a share: what is below zero is as good as unknown. */
  amount(name: string, row: number): number | null {
    const value = this.number(name, row);
    return value !== null && value >= 0 ? value : null;
  }

  flag(name: string, row: number): boolean {
    return this.fields.get(name)?.values[row] === true;
  }

  /** Epoch milliseconds; the nanoseconds that Grafana keeps beside them become the fraction. */
  time(name: string, row: number): number | null {
    const field = this.fields.get(name);
    const value: unknown = field?.values[row];
    if (typeof value === 'string') {
      const parsed = Date.parse(value);
      return Number.isNaN(parsed) ? null : parsed;
    }
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      return null;
    }
    return value + (field?.nanos?.[row] ?? 0) / 1e6;
  }

  oneOf<T extends string>(name: string, row: number, known: readonly T[]): T | 'unknown' {
    const value = this.text(name, row);
    return known.find((candidate) => candidate === value) ?? 'unknown';
  }
}

/** The rows of a flow-steps frame in the frame's order, each with the id of its run (null without that field). */
export function readSteps(frame: DataFrame): Array<{ runId: string | null; step: Step }> {
  const cells = new Cells(frame);
  const rows = [];
  for (let row = 0; row < frame.length; row++) {
    rows.push({ runId: cells.text('run_id', row), step: readStep(cells, row) });
  }
  return rows;
}

function readStep(cells: Cells, row: number): Step {
  return {
    index: row,
    jobId: cells.text('job_id', row) ?? `row-${row}`,
    parentJob: cells.text('parent_job', row),
    depth: cells.amount('depth', row),
    path: cells.text('path', row),
    step: cells.text('step', row),
    scriptPath: cells.text('script_path', row),
    kind: cells.oneOf('kind', row, KINDS),
    language: cells.text('language', row),
    worker: cells.text('worker', row),
    tag: cells.text('tag', row),
    iteration: cells.amount('iteration', row),
    attempt: cells.amount('attempt', row),
    start: cells.time('start', row),
    duration: cells.amount('duration', row),
    wait: cells.amount('wait', row),
    waitKind: cells.oneOf('wait_kind', row, WAIT_KINDS),
    transition: cells.amount('transition', row),
    setup: cells.amount('setup', row),
    work: cells.amount('work', row),
    outcome: cells.oneOf('outcome', row, OUTCOMES),
    error: cells.text('error', row),
    contribution: cells.amount('contribution', row),
    critical: cells.flag('critical', row),
    baselineP50: cells.amount('baseline_p50', row),
    baselineP95: cells.amount('baseline_p95', row),
    baselineCount: cells.amount('baseline_count', row),
    ratio: cells.amount('ratio', row),
    verdict: cells.oneOf('verdict', row, VERDICTS),
    traceId: cells.text('trace_id', row),
    spanId: cells.text('span_id', row),
    fromLogs: cells.flag('from_logs', row),
  };
}
