import { type LimitOptions } from '../../types';

/** One limit of a query, as the backend checks it (pkg/settings/limits.go). */
export interface Limit {
  key: keyof LimitOptions;
  /** Notices name the setting by this. */
  label: string;
  description: string;
  /** In use when nothing is set. */
  fallback: number;
  min: number;
  max: number;
}

export const LIMITS: readonly Limit[] = [
  {
    key: 'jobs',
    label: 'Jobs per run',
    description: 'Beyond so many, no further loop iterations, branches and sub-flows of a run are read.',
    fallback: 20_000,
    min: 1,
    max: 1_000_000,
  },
  {
    key: 'requests',
    label: 'Requests per query',
    description: 'To Tempo. A run takes one for each level of nesting and 400 jobs.',
    fallback: 40,
    min: 2,
    max: 10_000,
  },
  {
    key: 'megabytes',
    label: 'Megabytes per query',
    description: 'Received from one server. A run of 10,000 jobs is about 30.',
    fallback: 256,
    min: 1,
    max: 8192,
  },
  {
    key: 'seconds',
    label: 'Seconds per query',
    description: 'For reading from all servers. Each single request has its own timeout besides.',
    fallback: 120,
    min: 1,
    max: 3600,
  },
];

/** What is wrong with a limit; undefined when it is fine or not set. */
export function limitError({ label, min, max }: Limit, value: number | undefined): string | undefined {
  if (value === undefined || (Number.isInteger(value) && value >= min && value <= max)) {
    return undefined;
  }
  return `${label} must be a whole number from ${min} to ${max}.`;
}
