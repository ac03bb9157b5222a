import { type DataQueryRequest, type SupplementaryQueryOptions, SupplementaryQueryType } from '@grafana/data';

import { type WindmillQuery } from '../types';

/** Grafana finds the query that a volume belongs to by this. */
const PREFIX = 'log-volume-';

/** The query for how many lines there are, by level and over time; undefined for one that asks for no lines. */
export function volumeQuery({ type }: SupplementaryQueryOptions, query: WindmillQuery): WindmillQuery | undefined {
  if (type !== SupplementaryQueryType.LogsVolume || query.queryType !== 'step-logs' || query.hide) {
    return undefined;
  }
  const { follow: _follow, limit: _limit, direction: _direction, ...rest } = query;
  return { ...rest, refId: PREFIX + query.refId, volume: true };
}

/** The request for the volumes of all queries; undefined when none asks for lines. */
export function volumeRequest(
  options: SupplementaryQueryOptions,
  request: DataQueryRequest<WindmillQuery>
): DataQueryRequest<WindmillQuery> | undefined {
  const targets = request.targets.map((query) => volumeQuery(options, query)).filter((query) => query !== undefined);
  // Grafana adds to the scoped variables, which are those of the request itself.
  return targets.length > 0 ? { ...request, scopedVars: { ...request.scopedVars }, targets } : undefined;
}
