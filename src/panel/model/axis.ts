import { type TimeScale, percent } from './geometry';

export interface Tick {
  seconds: number;
  /** Position in percent of the axis. */
  left: number;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Steps that read well as time above one second. */
const LONG_STEPS = [
  1,
  2,
  5,
  10,
  15,
  30,
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
];

/** The distance between ticks, in seconds, so that at most `count` of them fit. */
export function tickStep(range: number, count: number): number {
  const raw = range / Math.max(1, count);
  if (raw > DAY / 2) {
    return decimalStep(raw / DAY) * DAY;
  }
  if (raw <= 0.5) {
    return decimalStep(raw);
  }
  return LONG_STEPS.find((step) => step >= raw) ?? DAY;
}

/** The next of 1, 2, 5 times a power of ten. */
function decimalStep(raw: number): number {
  const power = Math.pow(10, Math.floor(Math.log10(raw)));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= raw * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** Ticks on round values of the seconds since the run's start. */
export function axisTicks(scale: TimeScale, count: number): Tick[] {
  const step = tickStep(scale.to - scale.from, count);
  const ticks: Tick[] = [];
  const last = Math.floor(scale.to / step + 1e-9);
  for (let n = Math.ceil(scale.from / step - 1e-9); n <= last; n++) {
    const seconds = Number((n * step).toPrecision(12));
    ticks.push({ seconds, left: percent(seconds, scale) });
  }
  return ticks;
}
