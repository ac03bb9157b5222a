import type { Field } from '@grafana/data';
import { StackingMode } from '@grafana/schema';

/** Values of series over one time axis, as uPlot takes them. */
export type Lines = Array<Array<number | null>>;

/** Whether a series asks to be drawn on top of the others. */
export function isStacked(field: Field): boolean {
  const mode: unknown = field.config.custom?.stacking?.mode;
  return mode === StackingMode.Normal;
}

/** Each series on top of those before it. What is unknown adds nothing; where no series has a value there is none. */
export function stackUp(lines: Lines): Lines {
  const length = lines[0]?.length ?? 0;
  const sums = new Array<number>(length).fill(0);
  const known = Array.from({ length }, (_, index) => lines.some((line) => typeof line[index] === 'number'));
  return lines.map((line) => known.map((any, index) => (any ? (sums[index] += line[index] ?? 0) : null)));
}
