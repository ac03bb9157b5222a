import { LoadingState, type PanelData } from '@grafana/data';

/** Something is still to come, so that it can be cancelled. */
export function isUnderWay({ state }: PanelData): boolean {
  return state === LoadingState.Loading || state === LoadingState.Streaming;
}

/** The answer is not complete yet. A query that follows has complete answers all the time. */
export function isIncomplete({ state, request }: PanelData): boolean {
  const follows = request?.targets.some((target) => 'follow' in target && target.follow);
  return state === LoadingState.Loading || (state === LoadingState.Streaming && !follows);
}
