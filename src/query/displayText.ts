import { FILTER_KEYS, type WindmillQuery } from '../types';
import { FILTERS, normaliseFilters } from './filters';
import { queryTypeInfo } from './queryTypes';

/** One line that tells queries apart in Grafana's collapsed rows and history. */
export function queryDisplayText(query: WindmillQuery): string {
  const info = queryTypeInfo(query.queryType);
  if (!info) {
    return query.queryType ?? '';
  }
  const parts = [info.label];
  if (info.runId) {
    parts.push(query.runId ? `run ${query.runId}` : 'latest run');
  }
  const filters = normaliseFilters(query.filters);
  for (const key of FILTER_KEYS) {
    const values = filters[key];
    if (values) {
      parts.push(`${FILTERS[key].label.toLowerCase()} ${values.join(' or ')}`);
    }
  }
  if (info.minDuration && query.minDuration) {
    parts.push(`at least ${query.minDuration}`);
  }
  return parts.join(', ');
}
