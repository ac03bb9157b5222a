import { type Condition, type FilterOperator } from '../types';

/** Matches no job at all: what is left of conditions that contradict each other. */
export const NOTHING: Condition = { op: '=', values: [] };

export function isNothing({ op, values }: Condition): boolean {
  return values.length === 0 && !isNegative(op);
}

export function isNegative(op: FilterOperator): boolean {
  return op === '!=' || op === '!~';
}

export function isPattern(op: FilterOperator): boolean {
  return op === '=~' || op === '!~';
}

/** The conditions of a saved filter, in any of its forms. Blanks, duplicates and conditions that match all are left out. */
export function conditionsOf(filter: unknown): Condition[] {
  if (filter === undefined || filter === null) {
    return [];
  }
  const parts: unknown[] = Array.isArray(filter) ? filter : [filter];
  const plain = clean(parts.filter((part) => !isObject(part)));
  const written = parts.filter(isObject).map(conditionOf);
  const list: Condition[] = plain.length > 0 ? [{ op: '=', values: plain }, ...written] : written;
  return list.filter(({ op, values }) => values.length > 0 || !isNegative(op));
}

/** The shortest form that says the same; undefined when nothing is asked for. */
export function writeConditions(conditions: Condition[]): string[] | Condition | Condition[] | undefined {
  if (conditions.length !== 1) {
    return conditions.length === 0 ? undefined : conditions;
  }
  const [only] = conditions;
  return only.op === '=' && only.values.length > 0 ? only.values : only;
}

/** Operators of which several conditions make one. */
const MERGED: FilterOperator[] = ['=', '!=', '!~'];

/** All of the conditions as few: lists of values are intersected, exclusions put together, regular expressions kept. */
export function allOf(conditions: Condition[]): Condition[] {
  if (conditions.some(isNothing)) {
    return [NOTHING];
  }
  const excluded = valuesWith(conditions, '!=');
  const excludedPatterns = valuesWith(conditions, '!~');
  // With those whose operator is not known: the backend refuses it by name.
  const kept = conditions.filter(({ op }) => !MERGED.includes(op));
  const refused: Condition[] = excludedPatterns.length > 0 ? [{ op: '!~', values: excludedPatterns }] : [];
  const lists = conditions.filter(({ op }) => op === '=');
  if (lists.length === 0) {
    const others: Condition[] = excluded.length > 0 ? [{ op: '!=', values: excluded }] : [];
    return [...others, ...kept, ...refused];
  }
  const left = lists
    .map(({ values }) => values)
    .reduce((common, values) => common.filter((value) => values.includes(value)))
    .filter((value) => !excluded.includes(value));
  return left.length === 0 ? [NOTHING] : [{ op: '=', values: left }, ...kept, ...refused];
}

function valuesWith(conditions: Condition[], op: FilterOperator): string[] {
  return [...new Set(conditions.filter((condition) => condition.op === op).flatMap(({ values }) => values))];
}

/** An operator that is none of ours is kept, so that the backend refuses it by name. */
function conditionOf(object: { op?: unknown; values?: unknown }): Condition {
  const values = Array.isArray(object.values) ? object.values : [object.values];
  return { op: (object.op ?? '=') as FilterOperator, values: clean(values) };
}

function isObject(part: unknown): part is { op?: unknown; values?: unknown } {
  return typeof part === 'object' && part !== null;
}

/** Texts and numbers; anything else is no value. */
function clean(values: unknown[]): string[] {
  const texts = values
    .filter((value) => ['string', 'number', 'boolean'].includes(typeof value))
    .map((value) => String(value).trim())
    .filter((value) => value !== '');
  return [...new Set(texts)];
}
