import { type DataFrame, type QueryResultMetaNotice } from '@grafana/data';

function isNotice(value: unknown): value is QueryResultMetaNotice {
  return typeof value === 'object' && value !== null && 'text' in value && 'severity' in value;
}

/**
 * Every notice of a frame by itself. `meta.notices` has them joined, one of each severity, because a panel's header
 * keeps one; from version 2 on the whole list is in `meta.custom.notices`.
 */
export function noticesOf(frame: DataFrame): QueryResultMetaNotice[] {
  const whole: unknown = frame.meta?.custom?.notices;
  return Array.isArray(whole) ? whole.filter(isNotice) : (frame.meta?.notices ?? []);
}

/** The frame with one more notice of severity info. */
export function withNotice(frame: DataFrame, text: string): DataFrame {
  const notice: QueryResultMetaNotice = { severity: 'info', text };
  const whole = [...noticesOf(frame), notice];
  const notices = [...(frame.meta?.notices ?? [])];
  const joined = notices.findIndex(({ severity }) => severity === notice.severity);
  if (joined < 0) {
    notices.push(notice);
  } else {
    notices[joined] = { ...notices[joined], text: `${notices[joined].text}\n• ${text}` };
  }
  return { ...frame, meta: { ...frame.meta, notices, custom: { ...frame.meta?.custom, notices: whole } } };
}
