import {
  type AdHocVariableFilter,
  type DataQueryRequest,
  type DataQueryResponse,
  LoadingState,
  type MetricFindValue,
} from '@grafana/data';
import { type Observable, of } from 'rxjs';

import { FILTER_KEYS, type FilterKey, type Filters, type WindmillQuery } from '../types';
import { FILTERS, normaliseFilters } from './filters';

/** What a filter means: the value itself, or one of several. */
const EQUAL = '=';
const ONE_OF = '=|';

/** The keys of a dashboard's ad-hoc filters. */
export function adHocKeys(): MetricFindValue[] {
  return FILTER_KEYS.map((key) => ({ value: key, text: FILTERS[key].label }));
}

/** The query's filters and the dashboard's together. Both must hold; see contradicts for those that cannot. */
export function withAdHocFilters(own: Filters, adHoc: AdHocVariableFilter[] | undefined): Filters {
  const together: Filters = { ...own };
  for (const filter of adHoc ?? []) {
    if (isFilterKey(filter.key)) {
      const values = valuesOf(filter);
      const before = together[filter.key];
      together[filter.key] = before ? before.filter((value) => values.includes(value)) : values;
    }
  }
  return together;
}

/** Whether no job can match: the query asks for one flow and the dashboard for another. */
function contradicts(own: Filters, adHoc: AdHocVariableFilter[] | undefined): boolean {
  const together = withAdHocFilters(own, adHoc);
  return FILTER_KEYS.some((key) => together[key]?.length === 0);
}

/** What is wrong with the dashboard's filters, or undefined. Grafana offers operators that traces cannot be asked with. */
export function adHocProblem(adHoc: AdHocVariableFilter[] | undefined): string | undefined {
  for (const { key, operator } of adHoc ?? []) {
    if (!isFilterKey(key)) {
      return `The dashboard's filter "${key}" is unknown to Windmill Flow Steps: use one of ${FILTER_KEYS.join(', ')}.`;
    }
    if (operator !== EQUAL && operator !== ONE_OF) {
      return `The dashboard's filter "${key} ${operator}" cannot be asked for: use the operator = or =| (one of).`;
    }
  }
  return undefined;
}

/** Runs a request under the dashboard's filters. A filter that cannot be asked for fails each query; queries that no job can match are left out. */
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
  if (!request.filters?.length) {
    return run(request);
  }
  return run({
    ...request,
    targets: request.targets.filter((query) => !contradicts(filtersOf(query), request.filters)),
  });
}

function isFilterKey(key: string): key is FilterKey {
  return FILTER_KEYS.some((known) => known === key);
}

function valuesOf({ operator, value, values }: AdHocVariableFilter): string[] {
  const list = operator === ONE_OF && values?.length ? values : [value];
  return normaliseFilters({ flow: list }).flow ?? [];
}
