import { dateTime, type RawTimeRange, rangeUtil, type TimeRange } from '@grafana/data';

const DEFAULT_RANGE = { from: 'now-1h', to: 'now' };

/** A range of an address: relative like now-1h, epoch milliseconds or ISO 8601. */
export function parseRange(from: unknown, to: unknown): TimeRange {
  const raw: RawTimeRange = { from: parseTime(from) ?? DEFAULT_RANGE.from, to: parseTime(to) ?? DEFAULT_RANGE.to };
  return rangeUtil.convertRawToRange(raw);
}

function parseTime(text: unknown) {
  if (typeof text === 'number') {
    return dateTime(text);
  }
  if (typeof text !== 'string' || text === '') {
    return undefined;
  }
  if (text.startsWith('now')) {
    return text;
  }
  const time = /^\d+$/.test(text) ? dateTime(Number(text)) : dateTime(text);
  return time.isValid() ? time : undefined;
}

/** The same instant again for absolute ranges, a later one for relative ranges. */
export function refreshed(range: TimeRange): TimeRange {
  return rangeUtil.convertRawToRange(range.raw);
}

/** For an address: relative ends as they are, absolute ones as epoch milliseconds. */
export function rawText(end: RawTimeRange['from']): string {
  return typeof end === 'string' ? end : String(end.valueOf());
}

/** The range moved by half its length, as Grafana's arrows do. */
export function shifted(range: TimeRange, direction: -1 | 1): TimeRange {
  const half = (range.to.valueOf() - range.from.valueOf()) / 2;
  return absolute(range.from.valueOf() + direction * half, range.to.valueOf() + direction * half);
}

/** Twice as long around the same middle. */
export function zoomedOut(range: TimeRange): TimeRange {
  const half = (range.to.valueOf() - range.from.valueOf()) / 2;
  return absolute(range.from.valueOf() - half, range.to.valueOf() + half);
}

function absolute(from: number, to: number): TimeRange {
  const [start, end] = [dateTime(from), dateTime(to)];
  return { from: start, to: end, raw: { from: start, to: end } };
}
