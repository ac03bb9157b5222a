import { type TimeScale, percent } from './geometry';
import { type Range } from './view';

/** What a drag over the overview moves: an edge of the view, all of it, or nothing yet: it chooses a new one. */
export type Grip = 'from' | 'to' | 'window' | 'new';

/** No view is shorter than this part of the run. */
const SHORTEST = 0.001;

/** The axis of a stretch of the run; all of it without one. */
export function zoomed(scale: TimeScale, range: Range | null): TimeScale {
  return range ? { ...scale, ...range } : scale;
}

/** A view kept within the run and not too short; null if it is all of the run, or none of it. */
export function limited(range: Range | null, scale: TimeScale): Range | null {
  if (range === null || range.to <= scale.from || range.from >= scale.to) {
    return null;
  }
  const shortest = (scale.to - scale.from) * SHORTEST;
  let from = Math.max(scale.from, range.from);
  const to = Math.min(scale.to, Math.max(range.to, from + shortest));
  from = Math.min(from, to - shortest);
  return from <= scale.from && to >= scale.to ? null : { from, to };
}

/** What a press at a second of the run takes hold of; edges are as wide as the tolerance. */
export function gripAt(seconds: number, range: Range | null, tolerance: number): Grip {
  if (!range) {
    return 'new';
  }
  const [left, right] = [Math.abs(seconds - range.from), Math.abs(seconds - range.to)];
  if (Math.min(left, right) <= tolerance) {
    return left < right ? 'from' : 'to';
  }
  return seconds > range.from && seconds < range.to ? 'window' : 'new';
}

/** The view after an edge or all of it moved by some seconds. */
export function moved(range: Range | null, grip: 'from' | 'to' | 'window', by: number, scale: TimeScale): Range | null {
  const { from, to } = range ?? scale;
  if (grip === 'window') {
    const kept = Math.min(scale.to - to, Math.max(scale.from - from, by));
    return limited({ from: from + kept, to: to + kept }, scale);
  }
  const shortest = (scale.to - scale.from) * SHORTEST;
  return limited(
    grip === 'from'
      ? { from: Math.min(from + by, to - shortest), to }
      : { from, to: Math.max(to + by, from + shortest) },
    scale
  );
}

/** The view between two points, in whichever order they were chosen. */
export function between(one: number, other: number, scale: TimeScale): Range | null {
  return limited({ from: Math.min(one, other), to: Math.max(one, other) }, scale);
}

/** The keys of an edge of the view: arrows move it, with Shift all of the view, Home and End go to the ends of the run. */
export function edgeKey(
  key: string,
  shift: boolean,
  edge: 'from' | 'to',
  range: Range | null,
  scale: TimeScale
): Range | null | undefined {
  const { from, to } = range ?? scale;
  const step = (to - from) / 20;
  const grip = shift ? 'window' : edge;
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return moved(range, grip, -step, scale);
    case 'ArrowRight':
    case 'ArrowUp':
      return moved(range, grip, step, scale);
    case 'PageDown':
      return moved(range, grip, -4 * step, scale);
    case 'PageUp':
      return moved(range, grip, 4 * step, scale);
    case 'Home':
      return moved(range, grip, scale.from - (grip === 'to' ? to : from), scale);
    case 'End':
      return moved(range, grip, scale.to - (grip === 'from' ? from : to), scale);
    case 'Escape':
      return range ? null : undefined;
    default:
      return undefined;
  }
}

/** Where the view lies on the overview, in percent. */
export function viewExtent(range: Range | null, scale: TimeScale): { left: number; right: number } {
  const { from, to } = range ?? scale;
  return { left: percent(from, scale), right: percent(to, scale) };
}
