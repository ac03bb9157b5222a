import { type DataFrame, type DataQueryError, type QueryResultMetaNotice } from '@grafana/data';

import { noticesOf } from '../../notices';

/** One thing to know about an answer, and the query that it is about. */
export interface InspectedNotice {
  refId?: string;
  severity: QueryResultMetaNotice['severity'];
  text: string;
}

const ORDER: Array<QueryResultMetaNotice['severity']> = ['error', 'warning', 'info'];

/** Every error and notice once, the gravest first. Panels show one of each severity only. */
export function inspectedNotices(frames: DataFrame[], errors: DataQueryError[] = []): InspectedNotice[] {
  const failed = errors.map<InspectedNotice>(({ refId, data, message }) => ({
    refId,
    severity: 'error',
    text: data?.message ?? message ?? 'The query failed without saying why.',
  }));
  const said = frames.flatMap((frame) =>
    noticesOf(frame).map<InspectedNotice>(({ severity, text }) => ({ refId: frame.refId, severity, text }))
  );
  const all = [...failed, ...said];
  const unique = all.filter(
    (notice, index) =>
      all.findIndex(
        ({ refId, severity, text }) => refId === notice.refId && severity === notice.severity && text === notice.text
      ) === index
  );
  return ORDER.flatMap((severity) => unique.filter((notice) => notice.severity === severity));
}
