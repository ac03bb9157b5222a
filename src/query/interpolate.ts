import { type ScopedVars } from '@grafana/data';
import { type TemplateSrv } from '@grafana/runtime';

import { FILTER_KEYS, type Filters, type WindmillQuery } from '../types';
import { normaliseFilters } from './filters';

const ALL = '$__all';
const ONLY_A_VARIABLE = /^(?:\$(\w+)|\$\{(\w+)\}|\[\[(\w+)\]\])$/;

/** The query with every variable replaced by its value. A variable with several values becomes several list items. */
export function interpolateQuery(
  query: WindmillQuery,
  templateSrv: TemplateSrv,
  scopedVars: ScopedVars
): WindmillQuery & { filters: Filters } {
  const replaced: Record<string, string> = {};
  for (const field of TEXT_FIELDS) {
    const text = query[field];
    if (text !== undefined) {
      replaced[field] = templateSrv.replace(text, scopedVars).trim();
    }
  }
  return {
    ...query,
    ...replaced,
    // A space at the end of a text to search for may be meant.
    ...(query.search === undefined ? {} : { search: templateSrv.replace(query.search, scopedVars) }),
    filters: interpolateFilters(query.filters, templateSrv, scopedVars),
  };
}

/** Every text of a query beside the filters and the search. Those with a few fixed values can be variables too, in JSON. */
const TEXT_FIELDS = [
  'runId',
  'compareRunId',
  'minDuration',
  'baselineWindow',
  'measure',
  'compareWith',
  'source',
  'direction',
] as const;

/** Every filter as a list of plain values; filters that match everything are left out. */
export function interpolateFilters(
  filters: WindmillQuery['filters'],
  templateSrv: TemplateSrv,
  scopedVars: ScopedVars
): Filters {
  const lists = normaliseFilters(filters);
  for (const key of FILTER_KEYS) {
    const items = lists[key] ?? [];
    const matchesAll = items.some((item) => isAllVariable(item, templateSrv, scopedVars));
    lists[key] = matchesAll ? [] : items.flatMap((item) => expand(item, templateSrv, scopedVars));
  }
  return normaliseFilters(lists);
}

/**
 * "All" of a variable means "any": listing its options instead would drop what the options do not name,
 * such as steps without that tag.
 */
function isAllVariable(item: string, templateSrv: TemplateSrv, scopedVars: ScopedVars): boolean {
  const match = ONLY_A_VARIABLE.exec(item);
  const name = match?.[1] ?? match?.[2] ?? match?.[3];
  if (name === undefined || scopedVars[name] !== undefined) {
    return false;
  }
  const variable = templateSrv.getVariables().find((candidate) => candidate.name === name);
  const current = variable && 'current' in variable ? variable.current : undefined;
  const value: unknown = current && 'value' in current ? current.value : undefined;
  return Array.isArray(value) ? value.includes(ALL) : value === ALL;
}

/** One string per combination of the values of the variables in it. */
function expand(item: string, templateSrv: TemplateSrv, scopedVars: ScopedVars): string[] {
  const valuesOf: string[][] = [];
  const plain = templateSrv.replace(item, scopedVars, (value: string | string[]) => {
    valuesOf.push(Array.isArray(value) ? value.map(String) : [String(value)]);
    return String(value);
  });
  if (!valuesOf.some((values) => values.length !== 1)) {
    return [plain];
  }
  return combinations(valuesOf).map((choice) => {
    let occurrence = 0;
    return templateSrv.replace(item, scopedVars, () => choice[occurrence++]);
  });
}

function combinations(lists: string[][]): string[][] {
  return lists.reduce<string[][]>(
    (chosen, values) => chosen.flatMap((head) => values.map((value) => [...head, value])),
    [[]]
  );
}
