import {
  type AdHocVariableFilter,
  type DataQueryRequest,
  type DataQueryResponse,
  LoadingState,
  type MetricFindValue,
} from '@grafana/data';
import { type Observable, of } from 'rxjs';

import { FILTER_KEYS, type FilterKey, type FilterOperator, type Filters, type WindmillQuery } from '../types';
import { allFilters, conditionList, FILTERS, type KeyedCondition, matchNothing } from './filters';

/** Operators of a dashboard's filters, and what they ask. =| and !=| carry several values. */
const OPERATORS: Record<string, FilterOperator | undefined> = {
  '=': '=',
  '=|': '=',
  '!=': '!=',
  '!=|': '!=',
  '=~': '=~',
  '!~': '!~',
};

/** The keys of a dashboard's ad-hoc filters. */
export function adHocKeys(): MetricFindValue[] {
  return FILTER_KEYS.map((key) => ({ value: key, text: FILTERS[key].label }));
}

/** The query's filters and the dashboard's together: both must hold. Fails on a filter that cannot be asked for. */
export function withAdHocFilters(own: Filters, adHoc: AdHocVariableFilter[] | undefined): Filters {
  const problem = adHocProblem(adHoc);
  if (problem) {
    throw new Error(problem);
  }
  return allFilters(conditionList(own), (adHoc ?? []).map(conditionOf));
}

/** What is wrong with the dashboard's filters, or undefined. */
export function adHocProblem(adHoc: AdHocVariableFilter[] | undefined): string | undefined {
  for (const { key, operator } of adHoc ?? []) {
    if (!isFilterKey(key)) {
      return `The dashboard's filter "${key}" is unknown to Windmill Flow Steps: use one of ${FILTER_KEYS.join(', ')}.`;
    }
    if (!OPERATORS[operator]) {
      return `The dashboard's filter "${key} ${operator}" cannot be asked for: use =, !=, =~ or !~.`;
    }
  }
  return undefined;
}

/**
 * Runs a request under the dashboard's filters. A filter that cannot be asked for fails each query; queries that no job
 * can match are left out.
 */
export function underAdHocFilters(
  request: DataQueryRequest<WindmillQuery>,
  filtersOf: (query: WindmillQuery) => Filters,
  run: (request: DataQueryRequest<WindmillQuery>) => Observable<DataQueryResponse>
): Observable<DataQueryResponse> {
  const message = adHocProblem(request.filters);
  if (message) {
    const errors = request.targets.map(({ refId }) => ({ refId, message }));
    return of({ data: [], state: LoadingState.Error, errors });
  }
  const targets = request.targets.filter((query) => !matchNothing(withAdHocFilters(filtersOf(query), request.filters)));
  return run(targets.length === request.targets.length ? request : { ...request, targets });
}

function isFilterKey(key: string): key is FilterKey {
  return FILTER_KEYS.some((known) => known === key);
}

function conditionOf({ key, operator, value, values }: AdHocVariableFilter): KeyedCondition {
  const several = operator.endsWith('|') && values?.length;
  const list = (several ? values : [value]).map((item) => item.trim()).filter((item) => item !== '');
  return { key: key as FilterKey, condition: { op: OPERATORS[operator] ?? '=', values: list } };
}
