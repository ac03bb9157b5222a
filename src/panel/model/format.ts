import { dateTimeFormat, formattedValueToString, getValueFormat } from '@grafana/data';

/** Stands for what is not known. */
export const UNKNOWN = '–';

const UNITS: Array<[string, number]> = [
  ['d', 86400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
];

/** Seconds as people read them: 350 ms, 1.24 s, 2 min 3 s, 1 h 5 min. */
export function formatDuration(seconds: number | null): string {
  if (seconds === null) {
    return UNKNOWN;
  }
  const value = Number(Math.abs(seconds).toPrecision(3));
  const sign = seconds < 0 && value > 0 ? '-' : '';
  if (value < 60) {
    return sign + formattedValueToString(getValueFormat('s')(value, decimals(value)));
  }
  return sign + twoUnits(Math.round(Math.abs(seconds)));
}

/** The same without zeros behind the point, for the axis. */
export function formatTick(seconds: number): string {
  return formatDuration(seconds)
    .replace(/(\.\d*?)0+(?= )/, '$1')
    .replace(/\.(?= )/, '')
    .replace(/ 0 (s|min|h)$/, '');
}

/** Digits behind the point that leave three digits, in the unit that Grafana picks for the value. */
function decimals(seconds: number): number {
  if (seconds === 0) {
    return 0;
  }
  const scale = seconds >= 1 ? 1 : seconds >= 1e-3 ? 1e3 : seconds >= 1e-6 ? 1e6 : 1e9;
  const shown = seconds * scale;
  return shown >= 99.95 ? 0 : shown >= 9.995 ? 1 : 2;
}

function twoUnits(seconds: number): string {
  const at = UNITS.findIndex(([, size]) => seconds >= size);
  const [unit, size] = UNITS[at];
  const [nextUnit, nextSize] = UNITS[at + 1];
  let whole = Math.floor(seconds / size);
  let rest = Math.round((seconds - whole * size) / nextSize);
  if (rest * nextSize === size) {
    whole += 1;
    rest = 0;
  }
  return `${whole} ${unit} ${rest} ${nextUnit}`;
}

/** How many times the baseline: 2.4x, 12x. */
export function formatRatio(ratio: number | null): string {
  if (ratio === null) {
    return UNKNOWN;
  }
  if (ratio > 0 && ratio < 0.05) {
    return '<0.1x';
  }
  return ratio >= 9.95 ? `${Math.round(ratio)}x` : `${ratio.toFixed(1)}x`;
}

/** A share from 0 to 1 as a percentage. */
export function formatShare(share: number | null): string {
  if (share === null) {
    return UNKNOWN;
  }
  if (share > 0 && share < 0.001) {
    return '<0.1%';
  }
  return formattedValueToString(getValueFormat('percentunit')(share, share >= 0.0995 ? 0 : 1));
}

/** A whole number with separators between the thousands. */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

/** "1 step", "3 steps". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** Date and time with milliseconds in the dashboard's time zone. */
export function formatTime(epochMs: number | null, timeZone: string): string {
  return epochMs === null ? UNKNOWN : dateTimeFormat(epochMs, { timeZone, defaultWithMS: true });
}
