import { CoreApp } from '@grafana/data';

import { DEFAULT_QUANTILES, type FilterKey, type QueryType, type WindmillQuery } from '../types';
import { normaliseFilters } from './filters';

export interface QueryTypeInfo {
  value: QueryType;
  label: string;
  description: string;
  /** Filters offered in the editor, in this order. */
  filters: FilterKey[];
  /** Filters by job id, kept apart because they are long and rare. */
  idFilters: FilterKey[];
  runId: boolean;
  minDuration: boolean;
  limit: boolean;
  quantiles: boolean;
  baselineWindow: boolean;
  /** Answers with numbers over time, which is what alert rules need. */
  alertable: boolean;
}

const SPAN_FILTERS: FilterKey[] = ['workspace', 'flow', 'step', 'scriptPath', 'worker', 'tag', 'language', 'outcome'];
const ID_FILTERS: FilterKey[] = ['jobId', 'rootJob', 'parentJob'];
/** Span metrics know nothing of workers, outcomes and ids. */
const METRIC_FILTERS: FilterKey[] = ['workspace', 'flow', 'step', 'scriptPath', 'tag', 'language'];

export const QUERY_TYPES: QueryTypeInfo[] = [
  {
    value: 'flow-runs',
    label: 'Runs',
    description: 'The runs of flows in the time range, one row each',
    filters: SPAN_FILTERS,
    idFilters: ID_FILTERS,
    runId: false,
    minDuration: true,
    limit: true,
    quantiles: false,
    baselineWindow: true,
    alertable: false,
  },
  {
    value: 'flow-steps',
    label: 'Steps of a run',
    description: 'Every step of one run, with what it usually takes',
    filters: SPAN_FILTERS,
    idFilters: ID_FILTERS,
    runId: true,
    minDuration: true,
    limit: false,
    quantiles: false,
    baselineWindow: true,
    alertable: false,
  },
  {
    value: 'step-stats',
    label: 'Step statistics',
    description: 'Calls, errors and latency of each step over the time range',
    filters: METRIC_FILTERS,
    idFilters: [],
    runId: false,
    minDuration: false,
    limit: false,
    quantiles: false,
    baselineWindow: false,
    alertable: false,
  },
  {
    value: 'step-latency',
    label: 'Step latency',
    description: 'Latency of each step over time, for graphs and alert rules',
    filters: METRIC_FILTERS,
    idFilters: [],
    runId: false,
    minDuration: false,
    limit: false,
    quantiles: true,
    baselineWindow: false,
    alertable: true,
  },
];

/** Filters to show: those of the type, and those set before it was changed, so that they can be seen and removed. */
export function shownFilters(info: QueryTypeInfo, filters: WindmillQuery['filters']) {
  const set = normaliseFilters(filters);
  return {
    filters: SPAN_FILTERS.filter((key) => info.filters.includes(key) || set[key]),
    idFilters: ID_FILTERS.filter((key) => info.idFilters.includes(key) || set[key]),
  };
}

/** Undefined for a type this version does not know, for example from a dashboard made with a later one. */
export function queryTypeInfo(type: string | undefined): QueryTypeInfo | undefined {
  return QUERY_TYPES.find((info) => info.value === type);
}

export function isAlerting(app: CoreApp | string | undefined): boolean {
  return app === CoreApp.UnifiedAlerting || app === CoreApp.CloudAlerting;
}

/** What a new query asks for: something that draws well in the place it was added to. */
export function defaultQuery(app: CoreApp | string | undefined): Partial<WindmillQuery> {
  if (isAlerting(app)) {
    return { queryType: 'step-latency', quantiles: [0.95], filters: {} };
  }
  if (app === CoreApp.Explore) {
    return { queryType: 'flow-runs', filters: {} };
  }
  // A new panel is a time series.
  return { queryType: 'step-latency', quantiles: DEFAULT_QUANTILES, filters: {} };
}
