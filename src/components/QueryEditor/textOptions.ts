import { type QueryOption, type QueryTypeInfo } from '../../query/queryTypes';
import {
  durationError,
  hasVariable,
  limitError,
  minCallsError,
  percentError,
  percentText,
  searchError,
  shareOf,
} from '../../query/validation';
import {
  DEFAULT_LIMIT,
  DEFAULT_MIN_CALLS,
  DEFAULT_THRESHOLD,
  MAX_LIMIT,
  type NumberOrText,
  type QueryType,
  type WindmillQuery,
} from '../../types';

/** An option that is typed. */
export interface TypedOption {
  option: QueryOption;
  label: string;
  tooltip: (info: QueryTypeInfo) => string;
  placeholder: string;
  /** In units of Grafana's grid (8 px). */
  width?: number;
  validate: (text: string) => string | undefined;
  read: (query: WindmillQuery) => string;
  /** From a valid text. */
  write: (text: string) => Partial<WindmillQuery>;
}

const LIMITED: Partial<Record<QueryType, string>> = {
  'step-logs': 'log lines',
  'step-map': 'runs, from which the order of the steps is learned,',
  deployments: 'deployments',
};

/** In the order in which they are shown. */
export const TYPED_OPTIONS: TypedOption[] = [
  {
    option: 'minDuration',
    label: 'Minimum duration',
    tooltip: (info) =>
      info.options.includes('runId')
        ? 'With a run id: only steps that took at least this long. Without one: the latest run that did.'
        : 'Only runs that took at least this long',
    placeholder: 'None, or 1.5s',
    validate: durationError,
    read: ({ minDuration }) => minDuration ?? '',
    write: (text) => ({ minDuration: text || undefined }),
  },
  {
    option: 'search',
    label: 'Search',
    tooltip: () => 'Only lines that contain this text, upper and lower case as written',
    placeholder: 'Any text',
    width: 32,
    validate: searchError,
    read: ({ search }) => search ?? '',
    write: (text) => ({ search: text || undefined }),
  },
  {
    option: 'limit',
    label: 'Limit',
    tooltip: (info) => `How many ${LIMITED[info.value] ?? 'runs'} at most; up to ${MAX_LIMIT}`,
    placeholder: String(DEFAULT_LIMIT),
    validate: limitError,
    read: ({ limit }) => numberText(limit),
    write: (text) => ({ limit: numberOf(text) }),
  },
  {
    option: 'threshold',
    label: 'Slower by (%)',
    tooltip: () => 'How much the p95 of a step must have grown to count: 50 is +50 %',
    placeholder: String(DEFAULT_THRESHOLD * 100),
    validate: percentError,
    read: ({ threshold }) => (threshold === undefined ? '' : percentText(threshold)),
    write: (text) => ({ threshold: numberOf(text, (percent) => shareOf(Number(percent))) }),
  },
  {
    option: 'minCalls',
    label: 'Minimum calls',
    tooltip: () => 'A step with fewer executions in either window says nothing and is left out',
    placeholder: String(DEFAULT_MIN_CALLS),
    validate: minCallsError,
    read: ({ minCalls }) => numberText(minCalls),
    write: (text) => ({ minCalls: numberOf(text) }),
  },
  {
    option: 'baselineWindow',
    label: 'Baseline window',
    tooltip: () => 'The baseline is taken from this long before the run',
    placeholder: 'As in the settings',
    width: 20,
    validate: durationError,
    read: ({ baselineWindow }) => baselineWindow ?? '',
    write: (text) => ({ baselineWindow: text || undefined }),
  },
];

function numberText(value: NumberOrText | undefined): string {
  return value === undefined ? '' : String(value);
}

/** A text with variables stays one. */
export function numberOf(text: string, read: (text: string) => number = Number): NumberOrText | undefined {
  if (text === '') {
    return undefined;
  }
  return hasVariable(text) ? text : read(text);
}
