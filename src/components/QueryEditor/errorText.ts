import { isFetchError } from '@grafana/runtime';

/** The backend's own sentence if there is one. */
export function errorText(cause: unknown): string {
  if (isFetchError<{ message?: string } | undefined>(cause)) {
    return cause.data?.message || cause.statusText || `the plugin's backend answered with status ${cause.status}`;
  }
  return cause instanceof Error ? cause.message : "the plugin's backend did not answer";
}
