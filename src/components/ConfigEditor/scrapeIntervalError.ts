import { durationError } from '../../query/validation';

const SECONDS: Record<string, number> = { ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1, m: 60 };
const LONGEST = 5 * 60; // seconds: Prometheus forgets a series after so long without a sample

/** What is wrong with a scrape interval, or undefined. Empty is right: it is measured then. */
export function scrapeIntervalError(text: string): string | undefined {
  const value = text.trim();
  const seconds = durationError(value) ? 0 : secondsOf(value);
  return value === '' || (seconds >= 1 && seconds <= LONGEST)
    ? undefined
    : 'Write a duration from 1s to 5m, such as 15s.';
}

/** Longer units than minutes are too long anyway. */
function secondsOf(duration: string): number {
  const parts = [...duration.matchAll(/([\d.]+)([a-zµ]+)/g)];
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (SECONDS[unit] ?? Infinity), 0);
}
