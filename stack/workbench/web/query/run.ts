import {
  CoreApp,
  type DataQueryError,
  type DataQueryRequest,
  type DataQueryResponse,
  type DataSourceApi,
  DataTopic,
  LoadingState,
  type PanelData,
  rangeUtil,
  type ScopedVars,
  type TimeRange,
  toDataFrame,
} from '@grafana/data';
import type { DataQuery } from '@grafana/schema';
import { partition } from 'lodash';
import { catchError, from, map, type Observable, of, startWith } from 'rxjs';

/** What is asked, and from where. */
export interface RunRequest {
  datasource: DataSourceApi;
  queries: DataQuery[];
  range: TimeRange;
  app: CoreApp;
  maxDataPoints: number;
  /** The least distance of points in time, such as "3m". */
  minInterval?: string;
  panelId?: number;
  dashboardUID?: string;
}

let requests = 0;

/** Asks the data source as Grafana would and answers what a panel gets, loading first. */
export function runQueries(run: RunRequest): Observable<PanelData> {
  const request = toRequest(run);
  const begin: PanelData = { state: LoadingState.Loading, series: [], timeRange: run.range, request };
  if (request.targets.length === 0) {
    return of({ ...begin, state: LoadingState.NotStarted });
  }
  return from(run.datasource.query(request)).pipe(
    map((response) => toPanelData(response, begin)),
    catchError((reason: unknown) => of<PanelData>(failure(begin, [toError(reason)]))),
    startWith(begin)
  );
}

function toRequest({ datasource, queries, range, app, maxDataPoints, minInterval, panelId, dashboardUID }: RunRequest) {
  const { interval, intervalMs } = rangeUtil.calculateInterval(range, maxDataPoints, minInterval ?? '1s');
  const scopedVars: ScopedVars = {
    __interval: { text: interval, value: interval },
    __interval_ms: { text: String(intervalMs), value: intervalMs },
  };
  const request: DataQueryRequest = {
    requestId: `workbench-${++requests}`,
    app,
    interval,
    intervalMs,
    maxDataPoints,
    range,
    rangeRaw: range.raw,
    scopedVars,
    targets: queries.filter((query) => !query.hide && (datasource.filterQuery?.(query) ?? true)),
    timezone: 'browser',
    startTime: Date.now(),
    panelId,
    dashboardUID,
  };
  return request;
}

function toPanelData(response: DataQueryResponse, begin: PanelData): PanelData {
  // Grafana takes frames of this topic, exemplars above all, out of what panels draw.
  const [annotations, series] = partition(
    response.data.map((frame) => toDataFrame(frame)),
    (frame) => frame.meta?.dataTopic === DataTopic.Annotations
  );
  const errors = response.errors ?? (response.error ? [response.error] : []);
  const request = begin.request && { ...begin.request, endTime: Date.now() };
  if (errors.length > 0) {
    return { ...failure(begin, errors), series, annotations, request };
  }
  return { ...begin, state: response.state ?? LoadingState.Done, series, annotations, request };
}

function failure(begin: PanelData, errors: DataQueryError[]): PanelData {
  return { ...begin, state: LoadingState.Error, errors, error: errors[0] };
}

function toError(reason: unknown): DataQueryError {
  return { message: reason instanceof Error ? reason.message : String(reason) };
}
