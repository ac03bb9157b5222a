import { type TimeScale, barOf } from './geometry';
import { isContainer } from './launched';
import { type StepNode } from './types';

export type OverviewLook = 'wait' | 'execution' | 'slow' | 'error';

/** Lines of the overview, in its own units. */
export const LANES = 16;
/** In percent: what is shorter would not be seen. */
const NARROWEST = 0.25;

/** The shapes of each look, as the data of one SVG path over 100 by LANES units, whatever the number of rows. */
export function overviewPaths(nodes: StepNode[], scale: TimeScale): Record<OverviewLook, string> {
  const leaves = nodes.filter((node) => !isContainer(node) && node.step.start !== null);
  const lanes = Math.min(LANES, leaves.length);
  const height = LANES / Math.max(1, lanes);
  const shapes: Record<OverviewLook, Set<string>> = {
    wait: new Set(),
    execution: new Set(),
    slow: new Set(),
    error: new Set(),
  };
  leaves.forEach(({ step }, index) => {
    const bar = barOf(step, scale, false);
    const top = Math.floor((index * lanes) / leaves.length) * height;
    const draw = (look: OverviewLook, extent: { left: number; width: number } | null | undefined) => {
      if (extent) {
        const width = Math.max(NARROWEST, extent.width);
        const left = Math.min(extent.left, 100 - width);
        // Rounded, so that what would lie in the same place is one shape.
        shapes[look].add(
          `M${left.toFixed(1)} ${top.toFixed(2)}h${width.toFixed(2)}v${(height * 0.8).toFixed(2)}h-${width.toFixed(2)}z`
        );
      }
    };
    draw('wait', bar?.wait);
    draw(step.outcome === 'error' ? 'error' : step.verdict === 'slow' ? 'slow' : 'execution', bar?.execution);
  });
  const path = (look: OverviewLook) => [...shapes[look]].join('');
  return { wait: path('wait'), execution: path('execution'), slow: path('slow'), error: path('error') };
}
