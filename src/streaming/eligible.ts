import { CoreApp, type DataQueryRequest } from '@grafana/data';

import { type QueryType, type WindmillOptions, type WindmillQuery } from '../types';

/** Types that search many runs, so that there is something to show on the way. */
const SEARCHES: ReadonlyArray<QueryType | undefined> = ['flow-runs', 'run-grid', 'step-map'];
const FOLLOWED: ReadonlyArray<QueryType | undefined> = ['flow-runs', 'flow-steps', 'step-logs'];
/** Where somebody looks at results while they come: not in alert rules, variables and annotations. */
const APPS: string[] = [CoreApp.Explore, CoreApp.Dashboard, CoreApp.PanelEditor, CoreApp.PanelViewer];

/** Reports whether a query of that type can go on while runs do. */
function canFollow(type: QueryType | undefined): boolean {
  return FOLLOWED.includes(type);
}

/** Reports whether the settings let Tempo stream its searches. */
export function isStreamingOn({ tempo }: WindmillOptions): boolean {
  const streaming = tempo?.streaming;
  return typeof streaming === 'object' ? Boolean(streaming.enabled) : Boolean(streaming);
}

/** Reports whether a query is answered bit by bit, over Grafana Live. */
export function isStreamed(
  query: WindmillQuery,
  { app, targets }: DataQueryRequest<WindmillQuery>,
  options: WindmillOptions
): boolean {
  // A stream does not carry the user's token, and expressions need all their queries in one request.
  if (query.whole || options.oauthPassThru || !APPS.includes(app) || targets.some(isExpression)) {
    return false;
  }
  if (query.follow && canFollow(query.queryType)) {
    return true;
  }
  return isStreamingOn(options) && SEARCHES.includes(query.queryType);
}

function isExpression({ datasource }: WindmillQuery): boolean {
  return datasource?.type === '__expr__' || datasource?.uid === '__expr__';
}
