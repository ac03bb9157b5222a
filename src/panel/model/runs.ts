import { type DataFrame, LoadingState, type PanelData } from '@grafana/data';

import { noticesOf } from '../../notices';
import { OUTCOMES, isFlowStepsFrame, missingFields, readSteps } from './frame';
import { partHandlers } from './handlers';
import { type Run, type RunFigures, type Step } from './types';

/** What the panel can draw from its data: runs, or a sentence that says why there are none. */
export interface PanelContent {
  runs: Run[];
  message: string | null;
  loading: boolean;
}

/** Finds the flow-steps frames among the panel's frames; other frames are left alone. */
export function readContent(data: Pick<PanelData, 'series' | 'state' | 'errors'>): PanelContent {
  const frames = data.series.filter(isFlowStepsFrame);
  const runs = frames.flatMap((frame, index) => readRuns(frame, index));
  const loading = data.state === LoadingState.Loading;
  if (runs.length > 0) {
    return { runs, message: null, loading };
  }
  return { runs, message: explainNothing(data, frames, loading), loading };
}

/** The runs of one frame, in the order of their first rows. */
function readRuns(frame: DataFrame, frameIndex: number): Run[] {
  if (missingFields(frame).length > 0) {
    return [];
  }
  const byRun = new Map<string | null, Step[]>();
  for (const { runId, step } of readSteps(frame)) {
    const steps = byRun.get(runId);
    if (steps) {
      steps.push(step);
    } else {
      byRun.set(runId, [step]);
    }
  }
  return [...byRun].map(([runId, rows]) => {
    const { steps, handlers } = partHandlers(rows);
    const root = findRoot(steps);
    return {
      key: `${frame.refId ?? ''}/${frameIndex}/${runId ?? ''}`,
      runId,
      frame,
      steps,
      handlers,
      root,
      whole: (byRun.size === 1 && figuresOf(frame)) || root,
      baselineSource: textOf(frame.meta?.custom?.baselineSource),
      notices: noticesOf(frame),
    };
  });
}

/** What the frame says of its run, where the run's own row is that of the first attempt only. */
function figuresOf(frame: DataFrame): RunFigures | null {
  const { outcome, duration }: Record<string, unknown> = frame.meta?.custom ?? {};
  const known = OUTCOMES.find((candidate) => candidate === outcome);
  return known ? { outcome: known, duration: typeof duration === 'number' ? duration : null } : null;
}

/** The run's own row: depth 0 where there is a depth, else a flow that has no parent. */
function findRoot(steps: Step[]): Step | null {
  const first = steps[0];
  if (!first) {
    return null;
  }
  if (first.depth === 0 || (first.depth === null && first.kind === 'flow' && first.parentJob === null)) {
    return first;
  }
  return null;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function explainNothing(data: Pick<PanelData, 'series' | 'errors'>, frames: DataFrame[], loading: boolean): string {
  const error = data.errors?.find((candidate) => candidate.message || candidate.data?.message);
  if (error) {
    return `The query failed: ${error.message ?? error.data?.message}`;
  }
  const incomplete = frames.find((frame) => missingFields(frame).length > 0);
  if (incomplete) {
    return `The flow-steps frame lacks ${missingFields(incomplete).join(', ')}. Remove transformations that drop these fields.`;
  }
  if (frames.length > 0) {
    return 'No steps were found for this run. Check the run id, the filters and the time range.';
  }
  if (loading) {
    return 'Loading the steps of the run.';
  }
  if (data.series.length > 0) {
    return 'This panel draws the steps of a Windmill run. Choose the query type Steps of a run of the Windmill Flow Steps data source.';
  }
  return 'No data. Choose the query type Steps of a run of the Windmill Flow Steps data source, and a run or a time range with runs.';
}
