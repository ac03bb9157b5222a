import { type Step } from './types';

/**
 * Parts the steps of a run from the handlers that Windmill started because the run was over, and from what is below
 * those. A handler may take longer than the run and counts in none of its figures.
 */
export function partHandlers(rows: Step[]): { steps: Step[]; handlers: Step[] } {
  const handlers = rows.filter(({ kind }) => kind === 'handler');
  if (handlers.length === 0) {
    return { steps: rows, handlers };
  }
  const isBelow = ({ path }: Step) => handlers.some((handler) => handler.path && path?.startsWith(`${handler.path}/`));
  return { steps: rows.filter((row) => row.kind !== 'handler' && !isBelow(row)), handlers };
}
