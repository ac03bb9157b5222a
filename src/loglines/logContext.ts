import {
  CoreApp,
  type DataQueryRequest,
  dateTime,
  type LogRowContextOptions,
  LogRowContextQueryDirection,
  type LogRowModel,
} from '@grafana/data';

import { type WindmillQuery } from '../types';

/** Milliseconds to look at before and after a line; Grafana offers others. */
const WINDOW = 2 * 60 * 60 * 1000;
const LINES = 100;

/** The query for the lines of the same job around a line; undefined for a line that names no job. */
export function contextQuery(row: LogRowModel, options: LogRowContextOptions = {}): WindmillQuery | undefined {
  const job = jobOf(row);
  if (!job) {
    return undefined;
  }
  const newer = options.direction === LogRowContextQueryDirection.Forward;
  return {
    refId: `log-context-${row.dataFrame.refId ?? ''}`,
    queryType: 'step-logs',
    filters: { jobId: [job] },
    limit: options.limit ?? LINES,
    // The lines nearest to the one that is looked at come first.
    direction: newer ? 'forward' : 'backward',
  };
}

/** The same as a request, for the time before or after the line. */
export function contextRequest(
  row: LogRowModel,
  options: LogRowContextOptions = {}
): DataQueryRequest<WindmillQuery> | undefined {
  const target = contextQuery(row, options);
  if (!target) {
    return undefined;
  }
  const newer = target.direction === 'forward';
  const width = options.timeWindowMs ?? WINDOW;
  const at = row.timeEpochMs;
  // Lines of the same millisecond count on both sides; Grafana leaves out those that it has.
  const from = dateTime(newer ? at : at - width);
  const to = dateTime(newer ? at + width : at + 1);
  return {
    app: CoreApp.Unknown,
    requestId: `${target.refId}-${target.direction}`,
    targets: [target],
    range: { from, to, raw: { from, to } },
    interval: '1s',
    intervalMs: 1000,
    timezone: 'browser',
    startTime: Date.now(),
    scopedVars: options.scopedVars ?? {},
    hideFromInspector: true,
  };
}

function jobOf({ labels, dataFrame, rowIndex }: LogRowModel): string | undefined {
  const field = dataFrame.fields.find(({ name }) => name === 'job_id');
  const value: unknown = labels.job_id ?? field?.values[rowIndex];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
