import { type UrlQueryMap, type UrlQueryValue } from '@grafana/data';

import { FINDINGS, type Finding, type RowFilter } from './matches';

/** A stretch of a run, in seconds from its start. */
export interface Range {
  from: number;
  to: number;
}

/** What the reader looks at, as an address can keep it. */
export interface View extends RowFilter {
  /** Hides the rows that do not match, instead of dimming them. */
  only: boolean;
  /** Key of the run that `range` and `step` are of, and that was chosen; null: the first. */
  run: string | null;
  range: Range | null;
  /** Id of the row whose details are open. */
  step: string | null;
}

export const WHOLE_VIEW: View = { show: [], search: '', only: false, run: null, range: null, step: null };

/** Reads what the address says of the panel whose parameters start with the prefix. What makes no sense is left out. */
export function readView(query: UrlQueryMap, prefix: string): View {
  const text = (name: string) => textOf(query[prefix + name]);
  const shown = text('show')?.split(',') ?? [];
  return {
    show: FINDINGS.filter((finding) => shown.includes(finding)),
    search: text('search') ?? '',
    only: text('only') === 'true',
    run: text('run'),
    range: readRange(text('range')),
    step: text('step'),
  };
}

/** The parameters of a view; null takes one out of the address. */
export function writeView(view: View, prefix: string): Record<string, string | null> {
  const { show, search, only, run, range, step } = view;
  return {
    [`${prefix}show`]: show.length > 0 ? show.join(',') : null,
    [`${prefix}search`]: search === '' ? null : search,
    [`${prefix}only`]: only ? 'true' : null,
    [`${prefix}run`]: run,
    [`${prefix}range`]: range ? `${round(range.from)}~${round(range.to)}` : null,
    [`${prefix}step`]: step,
  };
}

/** The findings asked for with one of them added or taken out. */
export function toggled(show: readonly Finding[], finding: Finding): Finding[] {
  return FINDINGS.filter((candidate) => (candidate === finding) !== show.includes(candidate));
}

function textOf(value: UrlQueryValue): string | null {
  const first = Array.isArray(value) ? value[value.length - 1] : value;
  return first === undefined || first === null || first === '' ? null : String(first);
}

function readRange(text: string | null): Range | null {
  const [from, to, ...more] = (text ?? '').split('~').map((part) => (part === '' ? NaN : Number(part)));
  return more.length === 0 && Number.isFinite(from) && to > from && Number.isFinite(to) ? { from, to } : null;
}

/** Microseconds are more than a pixel shows. */
function round(seconds: number): number {
  return Number(seconds.toFixed(6));
}
