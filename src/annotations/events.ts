import { type AnnotationEvent, type DataFrame } from '@grafana/data';

import { columns, numberOf, textOf } from '../query/columns';

/** The annotations in a frame; `to` is the end of the time range, for facts without a time of their own. */
export function eventsOf(frame: DataFrame, to: number): AnnotationEvent[] {
  const kind: unknown = frame.meta?.custom?.frame ?? frame.name;
  switch (kind) {
    case 'flow-runs':
      return runEvents(frame);
    case 'deployments':
      return deploymentEvents(frame);
    case 'step-regressions':
      return Number.isFinite(to) ? regressionEvents(frame, to) : [];
    default:
      return [];
  }
}

/** A run is a region from its start to its end. */
function runEvents(frame: DataFrame): AnnotationEvent[] {
  const [starts, durations, flows, outcomes, failedSteps, errors, ids, workspaces] = columns(
    frame,
    ...['start', 'duration', 'flow', 'outcome', 'failed_step', 'error', 'run_id', 'workspace']
  );
  return starts.flatMap((value, row) => {
    const time = numberOf(value);
    if (time === undefined) {
      return [];
    }
    const duration = numberOf(durations[row]);
    const outcome = textOf(outcomes[row]) ?? 'unknown';
    const end = duration === undefined ? {} : { timeEnd: time + duration * 1000, isRegion: true };
    const failed = [textOf(failedSteps[row]), textOf(errors[row])].filter(Boolean).join(': ');
    return [
      {
        time,
        ...end,
        title: `${textOf(flows[row]) ?? 'Run'} ${outcome === 'error' ? 'failed' : outcome}`,
        text: [failed, textOf(ids[row]) && `Run ${textOf(ids[row])}`].filter(Boolean).join('\n'),
        tags: tagList(workspaces[row], flows[row], outcome),
      },
    ];
  });
}

function deploymentEvents(frame: DataFrame): AnnotationEvent[] {
  const [times, titles, texts, tags] = columns(frame, 'time', 'title', 'text', 'tags');
  return times.flatMap((value, row) => {
    const time = numberOf(value);
    return time === undefined
      ? []
      : [
          {
            time,
            title: textOf(titles[row]) ?? 'Deployment',
            text: textOf(texts[row]) ?? '',
            tags: tagList(...(textOf(tags[row])?.split(',') ?? [])),
          },
        ];
  });
}

function regressionEvents(frame: DataFrame, time: number): AnnotationEvent[] {
  const [steps, flows, changes, p95s, before, workspaces] = columns(
    frame,
    ...['step', 'flow', 'change', 'p95', 'previous_p95', 'workspace']
  );
  return steps.map((value, row) => {
    const change = numberOf(changes[row]);
    const [now, then] = [p95s[row], before[row]].map((seconds) => secondsText(numberOf(seconds)));
    const place = [textOf(flows[row]), textOf(value)].filter(Boolean).join(' / ');
    return {
      time,
      title: `${place || 'A step'} became slower${change === undefined ? '' : ` by ${Math.round(change * 100)} %`}`,
      text: `p95 ${now}, before ${then}`,
      tags: tagList(workspaces[row], flows[row], value, 'regression'),
    };
  });
}

function secondsText(seconds: number | undefined): string {
  return seconds === undefined ? 'unknown' : `${Number(seconds.toPrecision(3))} s`;
}

function tagList(...values: unknown[]): string[] {
  const texts = values.map((value) => textOf(value)?.trim()).filter((text) => text !== undefined && text !== '');
  return [...new Set(texts as string[])];
}
