import {
  CoreApp,
  type DataFrame,
  type DataQueryRequest,
  dateTime,
  type LogRowContextOptions,
  LogRowContextQueryDirection,
  type LogRowModel,
} from '@grafana/data';

import { isJobId } from '../query/validation';
import { type WindmillQuery } from '../types';

/** Milliseconds to look at before and after a line; Grafana offers others. */
const WINDOW = 2 * 60 * 60 * 1000;
const LINES = 100;
const REF_ID = 'log-context';

/** The query for the lines of the same run around a line; undefined for a line that names no job. */
export function contextQuery(row: LogRowModel, options: LogRowContextOptions = {}): WindmillQuery | undefined {
  const root = rootOf(row);
  if (!root) {
    return undefined;
  }
  const newer = options.direction === LogRowContextQueryDirection.Forward;
  return {
    refId: REF_ID,
    queryType: 'step-logs',
    filters: { rootJob: [root] },
    limit: options.limit ?? LINES,
    // The lines nearest to the one that is looked at come first.
    direction: newer ? 'forward' : 'backward',
  };
}

/** The request for the time before or after the line: what names the run's own job as its root, and that job itself. */
export function contextRequest(
  row: LogRowModel,
  options: LogRowContextOptions = {}
): DataQueryRequest<WindmillQuery> | undefined {
  const target = contextQuery(row, options);
  if (!target) {
    return undefined;
  }
  const ownJob: WindmillQuery = { ...target, refId: `${REF_ID}-own`, filters: { jobId: target.filters?.rootJob } };
  const newer = target.direction === 'forward';
  const width = options.timeWindowMs ?? WINDOW;
  const at = row.timeEpochMs;
  // Lines of the same millisecond count on both sides; Grafana leaves out those that it has.
  const from = dateTime(newer ? at : at - width);
  const to = dateTime(newer ? at + width : at + 1);
  return {
    app: CoreApp.Unknown,
    requestId: `${REF_ID}-${target.direction}`,
    targets: [target, ownJob],
    range: { from, to, raw: { from, to } },
    interval: '1s',
    intervalMs: 1000,
    timezone: 'browser',
    startTime: Date.now(),
    scopedVars: options.scopedVars ?? {},
    hideFromInspector: true,
  };
}

/** Lines that name their job as its own root are found by both queries: each once. */
export function eachOnce(frames: DataFrame[]): DataFrame[] {
  const seen = new Set<unknown>();
  return frames.map((frame) => {
    const ids = frame.fields.find(({ name }) => name === 'id')?.values ?? [];
    const kept = ids.flatMap((id, row) => (seen.has(id) ? [] : [row]));
    ids.forEach((id) => seen.add(id));
    const fields = frame.fields.map((field) => ({ ...field, values: kept.map((row) => field.values[row]) }));
    return { ...frame, fields, length: kept.length };
  });
}

/** The job at the top of the line's run, as far as the line says it: itself where it names no other. */
function rootOf({ labels, dataFrame, rowIndex }: LogRowModel): string | undefined {
  const field = dataFrame.fields.find(({ name }) => name === 'job_id');
  const own: unknown = labels.job_id ?? field?.values[rowIndex];
  // The first line of a run says that its root is "none".
  return [labels.root_job, labels.root_id, own].find(isJobId);
}
