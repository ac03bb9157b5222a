import {
  type DataFrame,
  type DataLink,
  type Field,
  FieldType,
  LoadingState,
  type PanelData,
  dateTime,
} from '@grafana/data';

/** Epoch milliseconds at which the runs of the fixtures start. */
export const RUN_START = Date.UTC(2026, 10, 22, 2, 0, 0);

/** A row of the frame; times in seconds from the start of the run. */
export interface Row {
  job: string;
  parent: string | null;
  depth: number;
  path: string;
  kind: string;
  start: number | null;
  duration: number | null;
  step?: string;
  script?: string;
  iteration?: number;
  attempt?: number;
  wait?: number;
  waitKind?: string;
  transition?: number;
  setup?: number;
  work?: number;
  outcome?: string;
  error?: string;
  contribution?: number;
  critical?: boolean;
  fromLogs?: boolean;
  /** p50, p95, count. */
  baseline?: [number, number, number];
}

type Cell = string | number | boolean | null;

const SECONDS = { unit: 's' };

/** The fields of the contract in their order: type, configuration and how a row fills them. */
const FIELDS: Array<[string, FieldType, object, (row: Row, runId: string) => Cell]> = [
  ['run_id', FieldType.string, {}, (_, runId) => runId],
  ['job_id', FieldType.string, {}, (row) => row.job],
  ['parent_job', FieldType.string, {}, (row) => row.parent ?? ''],
  ['depth', FieldType.number, {}, (row) => row.depth],
  ['path', FieldType.string, {}, (row) => row.path],
  ['step', FieldType.string, {}, (row) => row.step ?? null],
  ['script_path', FieldType.string, {}, (row) => row.script ?? null],
  ['kind', FieldType.string, {}, (row) => row.kind],
  ['language', FieldType.string, {}, (row) => (isContainer(row) ? null : 'python3')],
  ['worker', FieldType.string, {}, (row) => (isContainer(row) ? null : 'wk-default-worker-1-x7Q2a')],
  ['tag', FieldType.string, {}, (row) => (isContainer(row) ? 'flow' : 'default')],
  ['iteration', FieldType.number, {}, (row) => row.iteration ?? null],
  ['attempt', FieldType.number, {}, (row) => row.attempt ?? (isContainer(row) ? null : 1)],
  ['start', FieldType.time, {}, (row) => (row.start === null ? null : RUN_START + row.start * 1000)],
  ['duration', FieldType.number, SECONDS, (row) => row.duration],
  ['wait', FieldType.number, SECONDS, (row) => row.wait ?? null],
  ['wait_kind', FieldType.string, {}, (row) => row.waitKind ?? null],
  ['transition', FieldType.number, SECONDS, (row) => row.transition ?? null],
  ['outcome', FieldType.string, {}, (row) => row.outcome ?? 'ok'],
  ['error', FieldType.string, {}, (row) => row.error ?? null],
  ['contribution', FieldType.number, { unit: 'percentunit' }, (row) => row.contribution ?? null],
  ['critical', FieldType.boolean, {}, (row) => row.critical ?? false],
  ['baseline_p50', FieldType.number, SECONDS, (row) => row.baseline?.[0] ?? null],
  ['baseline_p95', FieldType.number, SECONDS, (row) => row.baseline?.[1] ?? null],
  ['baseline_count', FieldType.number, {}, (row) => row.baseline?.[2] ?? null],
  ['ratio', FieldType.number, {}, ratioOf],
  ['verdict', FieldType.string, {}, verdictOf],
  ['trace_id', FieldType.string, {}, (row) => (row.start === null ? null : `0199f0c4${row.job.padStart(24, '0')}`)],
  ['span_id', FieldType.string, {}, (row) => (row.start === null ? null : row.job.padStart(16, '0'))],
  ['from_logs', FieldType.boolean, {}, (row) => row.fromLogs ?? false],
  ['setup', FieldType.number, SECONDS, (row) => row.setup ?? null],
  ['work', FieldType.number, SECONDS, (row) => row.work ?? null],
];

const LINKS: Record<string, DataLink[]> = {
  job_id: [
    { title: 'Windmill job', url: 'https://windmill.example.com/run/${__value.raw}?workspace=prod', targetBlank: true },
    { title: 'Logs', url: '', internal: { datasourceUid: 'loki', datasourceName: 'Loki', query: { expr: '{}' } } },
  ],
  trace_id: [
    {
      title: 'Trace',
      url: '',
      internal: { datasourceUid: 'tempo', datasourceName: 'Tempo', query: { query: '${__value.raw}' } },
    },
  ],
  baseline_p50: [
    { title: 'Baseline', url: '', internal: { datasourceUid: 'prometheus', datasourceName: 'Prometheus', query: {} } },
  ],
};

function isContainer(row: Row): boolean {
  return ['flow', 'subflow', 'iteration', 'branch'].includes(row.kind);
}

function ratioOf(row: Row): number | null {
  return row.baseline && row.duration !== null ? row.duration / row.baseline[0] : null;
}

function verdictOf(row: Row): string {
  const ratio = ratioOf(row);
  if (ratio === null || !row.baseline || row.baseline[2] < 5 || row.duration === null) {
    return 'unknown';
  }
  return row.duration > row.baseline[1] || ratio >= 2 ? 'slow' : ratio <= 0.5 ? 'fast' : 'normal';
}

/** A flow-steps frame as the backend makes it. */
export function flowStepsFrame(rows: Row[], runId = '0199f0c4-8d3e-7aa1-b7c5-2f64d0c9e811'): DataFrame {
  const fields: Field[] = FIELDS.map(([name, type, config, cell]) => ({
    name,
    type,
    config: { ...config, links: LINKS[name] },
    values: rows.map((row) => cell(row, runId)),
  }));
  return {
    name: 'flow-steps',
    refId: 'A',
    fields,
    length: rows.length,
    meta: {
      preferredVisualisationType: 'table',
      custom: { frame: 'flow-steps', version: 1, baselineSource: 'span-metrics' },
    },
  };
}

/** The frame without some of its fields. */
export function without(frame: DataFrame, ...names: string[]): DataFrame {
  return { ...frame, fields: frame.fields.filter((field) => !names.includes(field.name)) };
}

export function panelData(series: DataFrame[], state = LoadingState.Done): PanelData {
  const from = dateTime(RUN_START);
  const to = dateTime(RUN_START + 3600_000);
  return { series, state, timeRange: { from, to, raw: { from, to } } };
}

/** Iterations of a parallel loop `b` below the run, each with a transform and a load; number 17 fails. */
export function loopRows(count: number, start: number): Row[] {
  return Array.from({ length: count }, (_, n) => {
    const from = start + Math.floor(n / 8) * 6.5 + (n % 8) * 0.15;
    const failed = n === 17;
    const slow = n === 5 ? 3 : 1;
    const job = `b${n}`;
    const shared = { kind: 'step', parent: job, depth: 2, transition: 0.08 };
    return [
      {
        job,
        parent: 'run',
        depth: 1,
        path: `b[${n}]`,
        step: 'b',
        script: `f/etl/nightly_orders/forloop-${n}`,
        kind: 'iteration',
        iteration: n,
        start: from,
        duration: 5.1 * slow,
        wait: 0.4,
        waitKind: 'queue',
        outcome: failed ? 'error' : 'ok',
      },
      {
        ...shared,
        job: `${job}c`,
        path: `b[${n}]/c`,
        step: 'c',
        script: 'f/etl/transform_rows',
        start: from + 0.1,
        duration: 2 * slow,
        baseline: [2.1, 3.4, 4200] satisfies Row['baseline'],
      },
      {
        ...shared,
        job: `${job}d`,
        path: `b[${n}]/d`,
        step: 'd',
        script: 'f/etl/load_rows',
        start: from + 0.2 + 2 * slow,
        duration: 2.7 * slow,
        wait: 0.1,
        waitKind: 'queue',
        outcome: failed ? 'error' : 'ok',
        error: failed ? 'UniqueViolation: duplicate key value violates unique constraint "orders_pkey"' : undefined,
        baseline: [2.6, 4.4, 4199] satisfies Row['baseline'],
      },
    ];
  }).flat();
}

/** An ETL run with a parallel loop, a retry after an error, an approval, a sub-flow, a skipped step and branches. */
export function etlRows(): Row[] {
  const top = { parent: 'run', depth: 1, transition: 0.3 };
  return [
    {
      job: 'run',
      parent: null,
      depth: 0,
      path: '',
      kind: 'flow',
      script: 'f/etl/nightly_orders',
      start: 0,
      duration: 151.2,
      wait: 1.8,
      waitKind: 'queue',
      contribution: 1,
      critical: true,
      baseline: [98.5, 139.2, 212],
    },
    {
      ...top,
      job: 'a',
      path: 'a',
      step: 'a',
      kind: 'step',
      script: 'f/etl/extract_orders',
      start: 0.2,
      duration: 23.9,
      wait: 0.2,
      waitKind: 'queue',
      contribution: 0.158,
      critical: true,
      baseline: [9.8, 14.6, 212],
    },
    ...loopRows(24, 25.2),
    {
      ...top,
      job: 'e1',
      path: 'e',
      step: 'e',
      kind: 'step',
      script: 'f/etl/notify_erp',
      attempt: 1,
      start: 55.9,
      duration: 4.2,
      wait: 1.1,
      waitKind: 'queue',
      outcome: 'error',
      error:
        'HTTPError: 503 Service Unavailable for url https://erp.example.com/api/orders\nTraceback (most recent call last): main.py line 41',
      contribution: 0.028,
      critical: true,
      baseline: [1.3, 2.2, 230],
    },
    {
      ...top,
      job: 'e2',
      path: 'e#2',
      step: 'e',
      kind: 'step',
      script: 'f/etl/notify_erp',
      attempt: 2,
      start: 70.5,
      duration: 1.4,
      wait: 10,
      waitKind: 'retry',
      contribution: 0.009,
      critical: true,
      baseline: [1.3, 2.2, 230],
    },
    {
      ...top,
      job: 'f',
      path: 'f',
      step: 'f',
      kind: 'step',
      script: 'f/etl/ask_approval',
      start: 72.3,
      duration: 0.6,
      contribution: 0.004,
      critical: true,
      baseline: [0.7, 1.1, 212],
    },
    {
      ...top,
      job: 'g',
      path: 'g',
      step: 'g',
      kind: 'subflow',
      script: 'f/etl/publish',
      start: 115.4,
      duration: 21.5,
      wait: 42.2,
      waitKind: 'approval',
      contribution: 0.142,
      critical: true,
    },
    {
      job: 'ga',
      parent: 'g',
      depth: 2,
      path: 'g/a',
      step: 'a',
      kind: 'step',
      script: 'f/etl/publish/a',
      start: 115.6,
      duration: 4.1,
      transition: 0.2,
      contribution: 0.027,
      critical: true,
      baseline: [9.4, 12.8, 340],
    },
    {
      job: 'gb',
      parent: 'g',
      depth: 2,
      path: 'g/b',
      step: 'b',
      kind: 'step',
      script: 'u/ops/refresh_dashboards',
      start: 120,
      duration: 16.8,
      wait: 0.1,
      waitKind: 'queue',
      contribution: 0.111,
      critical: true,
    },
    { ...top, job: 'h', path: 'h', step: 'h', kind: 'identity', start: 137.2, duration: 0.02, outcome: 'skipped' },
    ...['archive', 'mail'].flatMap((name, n): Row[] => [
      {
        job: `i${n}`,
        parent: 'run',
        depth: 1,
        path: `i[${n}]`,
        step: 'i',
        kind: 'branch',
        script: `f/etl/nightly_orders/branchall-${n}`,
        start: 137.5,
        duration: n === 0 ? 13.4 : 3.2,
        critical: n === 0,
      },
      {
        job: `i${n}x`,
        parent: `i${n}`,
        depth: 2,
        path: `i[${n}]/${name}`,
        step: name,
        kind: 'step',
        script: `u/ops/${name}_orders`,
        start: 137.8,
        duration: n === 0 ? 12.9 : 2.8,
        wait: 0.2,
        waitKind: 'queue',
        transition: 0.1,
        contribution: n === 0 ? 0.085 : undefined,
        critical: n === 0,
        baseline: [n === 0 ? 12.1 : 2.5, n === 0 ? 15.5 : 4, 212],
      },
    ]),
  ];
}
