import { type ScopedVars } from '@grafana/data';
import { type TemplateSrv } from '@grafana/runtime';

import { type Condition, type Filters, type NumberOrText, type SavedFilters, type WindmillQuery } from '../types';
import { isNegative, NOTHING } from './conditions';
import { allFilters, conditionList } from './filters';
import { parseQuantile, shareOf } from './validation';

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
    ...interpolateNumbers(query, templateSrv, scopedVars),
    // A space at the end of a text to search for may be meant.
    ...(query.search === undefined ? {} : { search: templateSrv.replace(query.search, scopedVars) }),
    filters: interpolateFilters(query.filters, templateSrv, scopedVars),
  };
}

/**
 * The numbers of a query that are written as text, in variables. What is no number then stays a text, which the backend
 * refuses; what is empty is the default.
 */
function interpolateNumbers(
  { limit, minCalls, threshold, quantiles }: WindmillQuery,
  templateSrv: TemplateSrv,
  scopedVars: ScopedVars
): Partial<WindmillQuery> {
  const fill = (value: string, read: (text: string) => number = Number): NumberOrText | undefined => {
    const text = templateSrv.replace(value, scopedVars).trim();
    const filled = read(text);
    return text === '' ? undefined : Number.isFinite(filled) ? filled : text;
  };
  const quantile = (text: string) => parseQuantile(text) ?? NaN;
  const result: Partial<WindmillQuery> = {};
  if (typeof limit === 'string') {
    result.limit = fill(limit);
  }
  if (typeof minCalls === 'string') {
    result.minCalls = fill(minCalls);
  }
  if (typeof threshold === 'string') {
    result.threshold = fill(threshold, (text) => shareOf(Number(text)));
  }
  if (quantiles?.some((value) => typeof value === 'string')) {
    result.quantiles = quantiles
      .flatMap<NumberOrText>((value) => (typeof value === 'string' ? expand(value, templateSrv, scopedVars) : value))
      .map((value) => (typeof value === 'string' ? fill(value, quantile) : value))
      .filter((value) => value !== undefined);
  }
  return result;
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

/**
 * The filters with plain values. Filters that match everything are left out; one whose variables have no value, for
 * example because they could not be loaded, matches nothing rather than everything.
 */
export function interpolateFilters(
  filters: SavedFilters | undefined,
  templateSrv: TemplateSrv,
  scopedVars: ScopedVars
): Filters {
  const fill = ({ op, values }: Condition): Condition[] => {
    if (values.some((item) => variableValue(item, templateSrv, scopedVars)?.all)) {
      return isNegative(op) ? [NOTHING] : [];
    }
    // A text that was left empty on purpose is no value.
    const meant = values.filter((item) => !variableValue(item, templateSrv, scopedVars)?.blank);
    const filled = meant
      .flatMap((item) => expand(item, templateSrv, scopedVars))
      .filter((value) => value.trim() !== '');
    return values.length > 0 && meant.length === 0 ? [] : [{ op, values: filled }];
  };
  return allFilters(
    conditionList(filters).flatMap(({ key, condition }) =>
      fill(condition).map((filled) => ({ key, condition: filled }))
    )
  );
}

/** Variables whose value people write or choose themselves, so that an empty one is meant. */
const WRITTEN_TYPES = ['textbox', 'constant', 'custom'];

/**
 * What is special about the value of an item that is a variable and nothing else. "All" means "any": listing its
 * options instead would drop what the options do not name, such as steps without that tag.
 */
function variableValue(
  item: string,
  templateSrv: TemplateSrv,
  scopedVars: ScopedVars
): { all: boolean; blank: boolean } | undefined {
  const match = ONLY_A_VARIABLE.exec(item);
  const name = match?.[1] ?? match?.[2] ?? match?.[3];
  const variable = templateSrv.getVariables().find((candidate) => candidate.name === name);
  if (name === undefined || scopedVars[name] !== undefined || !variable) {
    return undefined;
  }
  const current = 'current' in variable ? variable.current : undefined;
  const value: unknown = current && 'value' in current ? current.value : undefined;
  return {
    all: Array.isArray(value) ? value.includes(ALL) : value === ALL,
    blank: value === '' && WRITTEN_TYPES.includes(variable.type),
  };
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
