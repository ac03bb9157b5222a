import { type DataQueryError, type DataQueryResponse, LoadingState } from '@grafana/data';
import { combineLatest, filter, map, type Observable, startWith } from 'rxjs';

/** Makes one response of those of several queries, anew whenever one of them has changed. */
export function mergeResponses(
  parts: Array<Observable<DataQueryResponse>>,
  key: string
): Observable<DataQueryResponse> {
  return combineLatest(parts.map((part) => part.pipe(startWith(undefined)))).pipe(
    filter((responses) => responses.some((response) => response !== undefined)),
    map((responses) => merge(responses, key))
  );
}

function merge(responses: Array<DataQueryResponse | undefined>, key: string): DataQueryResponse {
  const data = responses.flatMap((response) => response?.data ?? []);
  const errors = responses.flatMap(errorsOf);
  const merged: DataQueryResponse = { key, data, state: stateOf(responses, errors.length > 0) };
  return errors.length > 0 ? { ...merged, errors } : merged;
}

function errorsOf(response: DataQueryResponse | undefined): DataQueryError[] {
  // Deprecated, but all that there is when Grafana itself did not answer.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const single = response?.error;
  return response?.errors ?? (single ? [single] : []);
}

function stateOf(responses: Array<DataQueryResponse | undefined>, failed: boolean): LoadingState {
  const states = responses.map((response) => (response ? (response.state ?? LoadingState.Done) : LoadingState.Loading));
  if (states.includes(LoadingState.Streaming)) {
    return LoadingState.Streaming;
  }
  if (states.includes(LoadingState.Loading)) {
    return LoadingState.Loading;
  }
  return failed ? LoadingState.Error : LoadingState.Done;
}
