import type { TimeRange } from '@grafana/data';
import type { DataQuery } from '@grafana/schema';

import { parseRange, rawText } from '../query/timeRange';

/** What Explore shows. It lives in the address, under the name that Grafana's data links use. */
export interface ExploreState {
  /** uid or name; empty: the default data source. */
  datasource: string;
  queries: DataQuery[];
  range: { from: string; to: string };
}

/** Reads ?left={...}. What is missing or no JSON is left at its default. */
export function parseState(search: string): ExploreState {
  const left = parseObject(new URLSearchParams(search).get('left'));
  const range = isObject(left.range) ? left.range : {};
  const parsed = parseRange(range.from, range.to);
  return {
    datasource: typeof left.datasource === 'string' ? left.datasource : '',
    queries: (Array.isArray(left.queries) ? left.queries : []).filter(isObject).map(withRefId),
    range: { from: rawText(parsed.raw.from), to: rawText(parsed.raw.to) },
  };
}

/** The address of a state. */
export function exploreUrl({ datasource, queries, range }: ExploreState): string {
  return `/explore?left=${encodeURIComponent(JSON.stringify({ datasource, queries, range }))}`;
}

/** The part of an address's search that is Explore's own, as exploreUrl writes it. Panels keep theirs beside it. */
export function ownSearch(search: string): string {
  const left = new URLSearchParams(search).get('left');
  return left === null ? '' : `?left=${encodeURIComponent(left)}`;
}

/** The rest of it, to go on after what exploreUrl writes. */
export function foreignSearch(search: string): string {
  const params = new URLSearchParams(search);
  params.delete('left');
  return params.size > 0 ? `&${params.toString()}` : '';
}

export function rangeState(range: TimeRange): ExploreState['range'] {
  return { from: rawText(range.raw.from), to: rawText(range.raw.to) };
}

/** The first letter that no query has. */
export function nextRefId(queries: DataQuery[]): string {
  const letters = Array.from({ length: 26 }, (_, index) => String.fromCharCode(65 + index));
  return letters.find((letter) => queries.every(({ refId }) => refId !== letter)) ?? `Q${queries.length}`;
}

function withRefId(query: Record<string, unknown>, index: number): DataQuery {
  const refId = typeof query.refId === 'string' && query.refId !== '' ? query.refId : String.fromCharCode(65 + index);
  return { ...query, refId };
}

function parseObject(text: string | null): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
