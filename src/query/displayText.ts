import { type WindmillQuery } from '../types';
import { type Choice, COMPARE_WITH, DIRECTIONS, MEASURES, SOURCES } from './choices';
import { conditionList, conditionText } from './filters';
import { hasOption, type QueryOption, queryTypeInfo } from './queryTypes';
import { percentText, quantileLabel } from './validation';

/** One line that tells queries apart in Grafana's collapsed rows and history. */
export function queryDisplayText(query: WindmillQuery): string {
  const info = queryTypeInfo(query.queryType);
  if (!info) {
    return query.queryType ?? '';
  }
  const parts = [info.label];
  for (const option of LEADING) {
    parts.push(...(hasOption(info, option, query) ? TEXTS[option](query) : []));
  }
  parts.push(...conditionList(query.filters).map(conditionText));
  for (const option of TRAILING) {
    parts.push(...(hasOption(info, option, query) ? TEXTS[option](query) : []));
  }
  return parts.join(', ');
}

/** What some of a query's options are set to, in the order of the line; nothing for those left to their default. */
export function optionTexts(query: WindmillQuery, options: QueryOption[]): string[] {
  return [...LEADING, ...TRAILING]
    .filter((option) => options.includes(option))
    .flatMap((option) => TEXTS[option](query));
}

/** What an option adds to the line. Nothing where it is left to its default. */
const TEXTS: Record<QueryOption, (query: WindmillQuery) => string[]> = {
  runId: ({ runId, queryType }) => [runId ? `run ${runId}` : queryType === 'step-logs' ? 'every run' : 'latest run'],
  compareRunId: ({ compareRunId }) => [compareRunId ? `against run ${compareRunId}` : 'against the baseline'],
  measure: ({ measure, queryType }) => chosen(queryType && MEASURES[queryType], measure),
  minDuration: ({ minDuration }) => (minDuration ? [`at least ${minDuration}`] : []),
  search: ({ search }) => (search ? [`with "${search}"`] : []),
  quantiles: ({ quantiles }) => (quantiles?.length ? [quantiles.map(quantileLabel).join(' and ')] : []),
  compareWith: ({ compareWith }) => chosen(COMPARE_WITH, compareWith, 'against '),
  threshold: ({ threshold }) => (threshold ? [`by ${percentText(threshold)} %`] : []),
  minCalls: ({ minCalls }) => (minCalls ? [`at least ${minCalls} calls`] : []),
  limit: ({ limit }) => (limit ? [`at most ${limit}`] : []),
  baselineWindow: ({ baselineWindow }) => (baselineWindow ? [`baseline of ${baselineWindow}`] : []),
  source: ({ source }) => chosen(SOURCES, source, 'from '),
  direction: ({ direction }) => chosen(DIRECTIONS, direction),
  follow: ({ follow }) => (follow ? ['followed'] : []),
};

const LEADING: QueryOption[] = ['runId', 'compareRunId', 'measure', 'quantiles'];
const TRAILING: QueryOption[] = [
  'minDuration',
  'search',
  'compareWith',
  'threshold',
  'minCalls',
  'limit',
  'baselineWindow',
  'source',
  'direction',
  'follow',
];

function chosen<T extends string>(choices: Array<Choice<T>> | undefined, value: T | undefined, before = ''): string[] {
  const label = choices?.find((choice) => choice.value === value)?.label ?? value;
  return label ? [`${before}${label.toLowerCase()}`] : [];
}
