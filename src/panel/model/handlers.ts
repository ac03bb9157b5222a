import { type QueryResultMetaNotice } from '@grafana/data';

import { type Step } from './types';

/**
 * Parts the steps of a run from the handlers that Windmill started because the run was over. A handler may take longer
 * than the run and counts in none of its figures, so it is not drawn on the run's time axis but named in a notice.
 */
export function partHandlers(rows: Step[]): { steps: Step[]; notice: QueryResultMetaNotice | null } {
  const handlers = rows.filter(({ kind }) => kind === 'handler');
  if (handlers.length === 0) {
    return { steps: rows, notice: null };
  }
  const isBelow = ({ path }: Step) => handlers.some((handler) => handler.path && path?.startsWith(`${handler.path}/`));
  const steps = rows.filter((row) => row.kind !== 'handler' && !isBelow(row));
  const names = handlers.map(({ path, scriptPath, outcome }) => `${path ?? scriptPath ?? 'handler'} (${outcome})`);
  const text = `When the run was over, Windmill started ${names.join(', ')}. A table of this query shows more of it.`;
  return { steps, notice: { severity: 'info', text } };
}
