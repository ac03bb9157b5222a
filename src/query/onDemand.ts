import { type PanelData } from '@grafana/data';
import { type DataQuery } from '@grafana/schema';
import { isEqual, omit, omitBy } from 'lodash';

import { type QueryType, type WindmillQuery } from '../types';

/** Types that read many whole runs or samples of many traces: too much for each half-finished change. */
const ON_DEMAND: Array<QueryType | undefined> = ['run-grid', 'step-map', 'deployments'];

/** Reports whether a query is asked when the user says so, not at every change. */
export function isOnDemand({ queryType, measure }: WindmillQuery): boolean {
  return ON_DEMAND.includes(queryType) || (queryType === 'step-latency' && measure === 'queue');
}

/** The query that the result at hand answers; undefined when that is not known, as in alert rules. */
export function askedQuery(query: WindmillQuery, data: PanelData | undefined): DataQuery | undefined {
  return data?.request?.targets.find(({ refId }) => refId === query.refId);
}

/** Reports whether the result at hand is of another query than the one in the editor. */
export function isStale(query: WindmillQuery, data: PanelData | undefined): boolean {
  const asked = askedQuery(query, data);
  return asked !== undefined && !isEqual(meaningOf(asked), meaningOf(query));
}

/** What decides the answer. */
function meaningOf(query: DataQuery): Partial<DataQuery> {
  const rest = omit(query, 'datasource', 'hide', 'key');
  return omitBy(rest, (value) => value === undefined || value === '' || isEqual(value, {}));
}
