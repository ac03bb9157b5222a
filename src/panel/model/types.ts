import { type DataFrame, type QueryResultMetaNotice } from '@grafana/data';

/** What a row of the flow-steps frame is. `loop` and `branches` exist in the panel only: rows it adds to group siblings. */
export type StepKind =
  | 'flow'
  | 'subflow'
  | 'iteration'
  | 'branch'
  | 'step'
  | 'identity'
  | 'agent'
  | 'tool'
  | 'failure'
  | 'preprocessor'
  | 'handler'
  | 'launched'
  | 'unknown'
  | 'loop'
  | 'branches';

export type Outcome = 'ok' | 'error' | 'recovered' | 'skipped' | 'canceled' | 'running' | 'unknown';
export type Verdict = 'slow' | 'normal' | 'fast' | 'unknown';
export type WaitKind = 'queue' | 'approval' | 'retry' | 'sleep' | 'limit' | 'unknown';

/** One step execution. Unknown is null. Durations are seconds; `start` is epoch milliseconds with fractions. */
export interface Step {
  /** The row in its frame, which finds the row's data links; -1 for a row that the panel added. */
  index: number;
  jobId: string;
  parentJob: string | null;
  depth: number | null;
  path: string | null;
  step: string | null;
  scriptPath: string | null;
  kind: StepKind;
  language: string | null;
  worker: string | null;
  tag: string | null;
  iteration: number | null;
  attempt: number | null;
  start: number | null;
  duration: number | null;
  wait: number | null;
  waitKind: WaitKind;
  transition: number | null;
  /** What of the duration the worker took to prepare, and what the script itself took. */
  setup: number | null;
  work: number | null;
  outcome: Outcome;
  error: string | null;
  contribution: number | null;
  critical: boolean;
  baselineP50: number | null;
  baselineP95: number | null;
  baselineCount: number | null;
  ratio: number | null;
  verdict: Verdict;
  traceId: string | null;
  spanId: string | null;
  /** Only log lines tell of the job: it has no span yet. */
  fromLogs: boolean;
}

/** One run: its rows in the frame's order (tree order). */
export type RunFigures = Pick<Step, 'outcome' | 'duration'>;

export interface Run {
  /** Unique within the panel's data. */
  key: string;
  runId: string | null;
  frame: DataFrame;
  steps: Step[];
  /** What Windmill started because the run was over; none of its steps. */
  handlers: Step[];
  /** The row of the run itself, if the frame has it. */
  root: Step | null;
  /** How the run as a whole ended, and its seconds: those of its row, unless the frame says otherwise (a script that was retried). */
  whole: RunFigures | null;
  /** Where the baselines came from, as the frame says. */
  baselineSource: string | null;
  notices: QueryResultMetaNotice[];
}

/** What a row that groups siblings (iterations of a loop, branches) holds. */
export interface GroupSummary {
  count: number;
  failed: number;
  slow: number;
  slowest: Step | null;
}

/** A row of the tree. */
export interface StepNode {
  /** Stable over refreshes: the job id, or one derived from the parent's for a group. */
  id: string;
  step: Step;
  parent: StepNode | null;
  children: StepNode[];
  /** 0 for the run. */
  level: number;
  /** Position among the siblings, from 1, and their number. */
  position: number;
  siblings: number;
  group: GroupSummary | null;
  /** Jobs below this row, groups not counted, and how many of them ended in an error. */
  descendants: number;
  failedDescendants: number;
}
