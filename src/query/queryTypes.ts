import { CoreApp } from '@grafana/data';

import { DEFAULT_QUANTILES, type FilterKey, type QueryType, type WindmillQuery } from '../types';
import { MEASURES } from './choices';
import { QUERY_VERSION } from './version';

/** A part of a query, beside its type and filters, that only some types have. */
export type QueryOption = Exclude<
  keyof WindmillQuery,
  'refId' | 'queryType' | 'filters' | 'version' | 'hide' | 'whole' | 'volume' | 'key' | 'datasource'
>;

export interface QueryTypeInfo {
  value: QueryType;
  label: string;
  description: string;
  /** Filters offered in the editor, in this order. */
  filters: FilterKey[];
  /** Filters by job id, kept apart because they are long and rare. */
  idFilters: FilterKey[];
  /** Options offered in the editor. */
  options: QueryOption[];
  /** Answers with numbers, which is what alert rules need. */
  alertable: boolean;
}

const STARTER_FILTERS: FilterKey[] = ['triggerKind', 'trigger', 'createdBy'];
const JOB_FILTERS: FilterKey[] = ['workspace', 'flow', 'step', 'scriptPath', 'worker', 'tag', 'language', 'outcome'];
const SPAN_FILTERS: FilterKey[] = [...JOB_FILTERS, ...STARTER_FILTERS];
const ID_FILTERS: FilterKey[] = ['jobId', 'rootJob', 'parentJob'];
/** Span metrics know nothing of workers, outcomes and ids. */
const METRIC_FILTERS: FilterKey[] = ['workspace', 'flow', 'step', 'scriptPath', 'tag', 'language'];

type Described = Pick<QueryTypeInfo, 'value' | 'label' | 'description' | 'options'>;

/** A type answered from traces or logs. */
function ofRuns(info: Described): QueryTypeInfo {
  return { ...info, filters: SPAN_FILTERS, idFilters: ID_FILTERS, alertable: false };
}

/** A type answered from metrics. */
function ofMetrics(info: Described, alertable: boolean): QueryTypeInfo {
  return { ...info, filters: METRIC_FILTERS, idFilters: [], alertable };
}

export const QUERY_TYPES: QueryTypeInfo[] = [
  ofRuns({
    value: 'flow-runs',
    label: 'Runs',
    description: 'The runs of flows in the time range, one row each',
    options: ['minDuration', 'limit', 'baselineWindow', 'follow'],
  }),
  ofRuns({
    value: 'flow-steps',
    label: 'Steps of a run',
    description: 'Every step of one run, with its baseline',
    options: ['runId', 'minDuration', 'baselineWindow', 'follow'],
  }),
  ofMetrics(
    {
      value: 'step-stats',
      label: 'Step statistics',
      description: 'Calls, errors and latency of each step over the time range',
      options: ['compareWith', 'threshold', 'minCalls', 'source'],
    },
    false
  ),
  ofMetrics(
    {
      value: 'step-latency',
      label: 'Step latency',
      description: 'Latency of each step over time, its errors or its calls, for graphs and alert rules',
      options: ['measure', 'quantiles', 'source'],
    },
    true
  ),
  ofMetrics(
    {
      value: 'step-contribution',
      label: 'Step contribution',
      description: 'Where the time goes: what each step adds over time, to be stacked',
      options: ['measure', 'source'],
    },
    true
  ),
  ofMetrics(
    {
      value: 'step-heatmap',
      label: 'Step heatmap',
      description: 'How the latency of a step is spread, over time',
      options: ['source'],
    },
    false
  ),
  ofMetrics(
    {
      value: 'step-regressions',
      label: 'Step regressions',
      description: 'Steps that became slower than in an earlier window, for tables and alert rules',
      options: ['measure', 'compareWith', 'threshold', 'minCalls', 'source'],
    },
    true
  ),
  ofRuns({
    value: 'run-grid',
    label: 'Run grid',
    description: 'Runs against steps, one cell for each step of each run',
    options: ['measure', 'minDuration', 'limit', 'baselineWindow'],
  }),
  ofRuns({
    value: 'run-compare',
    label: 'Compare runs',
    description: 'Two runs step by step, or one run against the baseline',
    options: ['runId', 'compareRunId', 'baselineWindow'],
  }),
  ofRuns({
    value: 'step-map',
    label: 'Step map',
    description: 'A flow as a graph: its steps and the order in which they follow each other',
    options: ['limit'],
  }),
  ofRuns({
    value: 'run-trace',
    label: 'Trace of a run',
    description: 'One run as a single trace, put together from all of its traces, with its waits',
    options: ['runId'],
  }),
  ofRuns({
    value: 'step-logs',
    label: 'Step logs',
    description: 'Log lines of a run, of steps or of jobs, from Loki',
    options: ['runId', 'search', 'limit', 'direction', 'follow'],
  }),
  {
    value: 'deployments',
    label: 'Deployments',
    description: 'When a new version of a script or flow was first seen to run',
    filters: ['workspace', 'flow', 'step', 'scriptPath', 'tag', 'language'],
    idFilters: [],
    options: ['limit'],
    alertable: false,
  },
];

/** Whether the query type has an option, and the query's other options leave it a meaning. */
export function hasOption(info: QueryTypeInfo, option: QueryOption, query: Partial<WindmillQuery>): boolean {
  if (!info.options.includes(option)) {
    return false;
  }
  if (option === 'quantiles') {
    const measure = query.measure ?? MEASURES[info.value]?.[0].value;
    return measure !== 'errors' && measure !== 'rate';
  }
  return true;
}

/** Undefined for a type this version does not know, for example from a dashboard made with a later one. */
export function queryTypeInfo(type: string | undefined): QueryTypeInfo | undefined {
  return QUERY_TYPES.find((info) => info.value === type);
}

/** Labels of the types that alert rules can use, as they are written in a sentence. */
export function alertableLabels(): string {
  const labels = QUERY_TYPES.filter((info) => info.alertable).map((info) => info.label);
  return `${labels.slice(0, -1).join(', ')} or ${labels[labels.length - 1]}`;
}

export function isAlerting(app: CoreApp | string | undefined): boolean {
  return app === CoreApp.UnifiedAlerting || app === CoreApp.CloudAlerting;
}

/** What a new query asks for: something that draws well in the place it was added to. */
export function defaultQuery(app: CoreApp | string | undefined): Partial<WindmillQuery> {
  if (isAlerting(app)) {
    return { version: QUERY_VERSION, queryType: 'step-latency', quantiles: [0.95], filters: {} };
  }
  if (app === CoreApp.Explore) {
    return { version: QUERY_VERSION, queryType: 'flow-runs', filters: {} };
  }
  // A new panel is a time series.
  return { version: QUERY_VERSION, queryType: 'step-latency', quantiles: DEFAULT_QUANTILES, filters: {} };
}
