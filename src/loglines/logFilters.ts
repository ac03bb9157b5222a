import { type QueryFixAction, type ToggleFilterAction } from '@grafana/data';

import { conditionsOf, writeConditions } from '../query/conditions';
import { normaliseFilters, operatorsOf } from '../query/filters';
import { type Condition, type FilterKey, type FilterOperator, type WindmillQuery } from '../types';

/** Filters by what log lines call them: labels of the line, and fields of the frame. */
const FILTER_OF_LABEL: Record<string, FilterKey | undefined> = {
  workspace_id: 'workspace',
  workspace: 'workspace',
  flow: 'flow',
  flow_step_id: 'step',
  step: 'step',
  script_path: 'scriptPath',
  worker: 'worker',
  worker_id: 'worker',
  tag: 'tag',
  language: 'language',
  outcome: 'outcome',
  job_id: 'jobId',
  root_job: 'rootJob',
  root_id: 'rootJob',
  parent_job: 'parentJob',
};

/** The filter that a label of a log line, or a column of a table, can be filtered by. */
export function filterOfLabel(label: string | undefined): FilterKey | undefined {
  return FILTER_OF_LABEL[label ?? ''];
}

/** Reports whether the query asks for that value. */
export function hasFilterFor(query: WindmillQuery, label: string, value: string): boolean {
  const key = filterOfLabel(label);
  return (
    key !== undefined && conditionsOf(query.filters?.[key]).some((set) => set.op === '=' && set.values.includes(value))
  );
}

/**
 * The query with a filter for or without a value. The same filter once more is taken away, the opposite one replaced.
 * Undefined: the label is none that can be filtered by.
 */
export function toggleFilter(query: WindmillQuery, { type, options }: ToggleFilterAction): WindmillQuery | undefined {
  const key = filterOfLabel(options.key);
  const { value } = options;
  const op: FilterOperator = type === 'FILTER_FOR' ? '=' : '!=';
  if (key === undefined || !value || !operatorsOf(key).includes(op)) {
    return undefined;
  }
  const set = conditionsOf(query.filters?.[key]);
  const wasSet = set.some((condition) => condition.op === op && condition.values.includes(value));
  const others = set.map((condition) => without(condition, value)).filter(({ values }) => values.length > 0);
  const next = wasSet ? others : withValue(others, op, value);
  return { ...query, filters: normaliseFilters({ ...query.filters, [key]: writeConditions(next) }) };
}

/** A change that Explore asks for. Undefined: it cannot be made. */
export function modifiedQuery(query: WindmillQuery, { type, options }: QueryFixAction): WindmillQuery | undefined {
  switch (type) {
    case 'ADD_FILTER':
      return toggleFilter(query, { type: 'FILTER_FOR', options: options ?? {} });
    case 'ADD_FILTER_OUT':
      return toggleFilter(query, { type: 'FILTER_OUT', options: options ?? {} });
    case 'ADD_STRING_FILTER':
      return query.queryType === 'step-logs' && options?.value ? { ...query, search: options.value } : undefined;
    default:
      return undefined;
  }
}

function without({ op, values }: Condition, value: string): Condition {
  return { op, values: op === '=' || op === '!=' ? values.filter((other) => other !== value) : values };
}

function withValue(conditions: Condition[], op: FilterOperator, value: string): Condition[] {
  const same = conditions.find((condition) => condition.op === op);
  return same
    ? conditions.map((condition) => (condition === same ? { op, values: [...same.values, value] } : condition))
    : [...conditions, { op, values: [value] }];
}
