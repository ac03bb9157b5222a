import { MAX_LIMIT, MAX_SEARCH_BYTES, MAX_THRESHOLD, MAX_TIMEOUT_SECONDS, type NumberOrText } from '../types';

// As Go writes durations (1.5s, 1h30m), or as Prometheus does (7d, 1w2d).
const DURATION = /^((\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+|(\d+(y|w|d|h|m|s|ms))+)$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Any Grafana variable form: $name, ${name}, ${name:format}, [[name]]. Its value is known only when the query runs. */
export function hasVariable(text: string): boolean {
  return /\$\w|\$\{|\[\[/.test(text);
}

/** What is wrong with a duration, or undefined. Empty is right: it means none. */
export function durationError(text: string): string | undefined {
  const value = text.trim();
  if (value === '' || hasVariable(value) || DURATION.test(value)) {
    return undefined;
  }
  return 'Write a number and a unit: 200ms, 1.5s, 24h or 7d.';
}

/** What is wrong with a timeout in seconds, or undefined. */
export function timeoutError(seconds: number | undefined): string | undefined {
  if (seconds === undefined || (seconds >= 1 && seconds <= MAX_TIMEOUT_SECONDS)) {
    return undefined;
  }
  return `Write a number of seconds from 1 to ${MAX_TIMEOUT_SECONDS}.`;
}

/** Reports whether a text is the id of a job. */
export function isJobId(text: unknown): text is string {
  return typeof text === 'string' && UUID.test(text);
}

/** What is wrong with a job id, or undefined. Empty is right: it means any, or the latest. */
export function jobIdError(text: string): string | undefined {
  const value = text.trim();
  if (value === '' || hasVariable(value) || UUID.test(value)) {
    return undefined;
  }
  return 'Job ids look like 0199c3a2-5d1e-7f00-8a4b-1c2d3e4f5a6b.';
}

/** What is wrong with a regular expression, or undefined. The servers know some less than the browser does. */
export function patternError(text: string): string | undefined {
  if (hasVariable(text)) {
    return undefined;
  }
  try {
    new RegExp(text, 'u');
    return undefined;
  } catch {
    return `"${text}" is not a regular expression: write for example f/team/.*`;
  }
}

/** What is wrong with a row limit, or undefined. */
export function limitError(text: string): string | undefined {
  const value = Number(text);
  if (hasVariable(text) || text.trim() === '' || (Number.isInteger(value) && value >= 1 && value <= MAX_LIMIT)) {
    return undefined;
  }
  return `Write a whole number from 1 to ${MAX_LIMIT}.`;
}

/** What is wrong with a change in percent, or undefined. Empty is right: it means the default, as 0 would. */
export function percentError(text: string): string | undefined {
  const value = Number(text);
  if (hasVariable(text) || text.trim() === '' || (value > 0 && value <= MAX_THRESHOLD * 100)) {
    return undefined;
  }
  return `Write a change in percent, above 0 and up to ${MAX_THRESHOLD * 100}, such as 50.`;
}

/** What is wrong with a least number of calls, or undefined. Empty is right: it means the default, as 0 would. */
export function minCallsError(text: string): string | undefined {
  const value = Number(text);
  if (hasVariable(text) || text.trim() === '' || (Number.isInteger(value) && value >= 1 && value <= 1e9)) {
    return undefined;
  }
  return 'Write a whole number of calls from 1 on, such as 20.';
}

/** What is wrong with a text to search for, or undefined. */
export function searchError(text: string): string | undefined {
  if (new TextEncoder().encode(text).length <= MAX_SEARCH_BYTES) {
    return undefined;
  }
  return `Shorten the text to at most ${MAX_SEARCH_BYTES} bytes.`;
}

/** Quantile from "0.95", "p95" or "p99.9"; undefined if it is none. */
export function parseQuantile(text: string): number | undefined {
  const percentile = /^p(\d+(\.\d+)?)$/i.exec(text.trim());
  const value = percentile ? shareOf(Number(percentile[1])) : Number(text.trim() || NaN);
  return value > 0 && value < 1 ? value : undefined;
}

/** Share from percent, through a decimal text: 99.9 / 100 is 0.9990000000000001 in binary. */
export function shareOf(percent: number): number {
  return Number((percent / 100).toPrecision(12));
}

/** "50" for 0.5; a text is in percent already. */
export function percentText(share: NumberOrText): string {
  return typeof share === 'string' ? share : String(Number((share * 100).toPrecision(12)));
}

/** "p95" for 0.95; a text with variables is its own label. */
export function quantileLabel(quantile: NumberOrText): string {
  if (typeof quantile === 'string') {
    return quantile;
  }
  return `p${Number((quantile * 100).toPrecision(12))}`;
}

/** What is wrong with an address, or undefined. Empty is right: it means not configured. */
export function urlError(text: string): string | undefined {
  const value = text.trim();
  if (value === '' || /^https?:\/\/[^\s/]+/.test(value)) {
    return undefined;
  }
  return 'Write the whole address, starting with http:// or https://.';
}
