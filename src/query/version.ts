import { type WindmillQuery } from '../types';
import { conditionList, filtersOf } from './filters';

/** The version of the query model that the editor saves. Queries without one are of version 1. */
export const QUERY_VERSION = 2;

/**
 * A query in the words of today's version, as the backend reads it. In version 1 `recovered` were runs whose failure
 * module ran: now those that it made a success, and `handled` the others.
 */
export function upgraded<Q extends Pick<WindmillQuery, 'filters' | 'version'>>(query: Q): Q {
  if ((query.version ?? 1) >= QUERY_VERSION) {
    return query;
  }
  const list = conditionList(query.filters).map((item) => {
    const { key, condition } = item;
    const { op, values } = condition;
    const old = key === 'outcome' && op === '=' && values.includes('recovered') && !values.includes('handled');
    return old ? { key, condition: { op, values: [...values, 'handled'] } } : item;
  });
  const filters = query.filters && list.length > 0 ? { filters: filtersOf(list) } : {};
  return { ...query, ...filters, version: QUERY_VERSION };
}
