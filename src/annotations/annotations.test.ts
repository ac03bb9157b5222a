import { type AnnotationEvent, createDataFrame, FieldType } from '@grafana/data';
import { lastValueFrom } from 'rxjs';

import { type WindmillQuery } from '../types';
import { annotationSupport } from './annotationSupport';

const NOON = 1_700_000_000_000;
const support = annotationSupport(() => NOON);

const text = (name: string, ...values: Array<string | null>) => ({ name, type: FieldType.string, values });
const number = (name: string, ...values: Array<number | null>) => ({ name, type: FieldType.number, values });
const time = (name: string, ...values: Array<number | null>) => ({ name, type: FieldType.time, values });

async function events(
  name: string,
  fields: Parameters<typeof createDataFrame>[0]['fields']
): Promise<AnnotationEvent[]> {
  const frame = createDataFrame({ fields, meta: { custom: { frame: name } } });
  const anno = { name: 'Failed', enable: true, iconColor: 'red' };
  return (await lastValueFrom(support.processEvents!(anno, [frame])))!;
}

describe('the query', () => {
  const prepare = (target?: Partial<WindmillQuery>) =>
    support.prepareQuery!({ name: 'Failed', enable: true, iconColor: 'red', target: target as WindmillQuery });

  it('asks for failed runs until something else is chosen', () => {
    expect(prepare()).toEqual({
      refId: 'Failed',
      queryType: 'flow-runs',
      filters: { outcome: ['error'] },
      whole: true,
    });
    expect(support.getDefaultQuery!()).toEqual({ queryType: 'flow-runs', filters: { outcome: ['error'] } });
  });

  it('keeps what was chosen', () => {
    const chosen = { refId: 'A', queryType: 'deployments', filters: { flow: ['$flow'] } } as const;
    expect(prepare({ ...chosen, filters: { flow: ['$flow'] } })).toEqual({ ...chosen, whole: true });
  });

  it('is not run for a type that cannot be drawn', () => {
    expect(prepare({ refId: 'A', queryType: 'step-heatmap' })).toBeUndefined();
  });
});

it('draws a run from its start to its end, with what failed', async () => {
  const fields = [
    text('run_id', 'r1', 'r2', 'r3'),
    time('start', NOON, NOON, null),
    number('duration', 2.5, null, 1),
    text('outcome', 'error', 'canceled', 'error'),
    text('workspace', 'sales', null, 'sales'),
    text('flow', 'f/a', null, 'f/a'),
    text('failed_step', 'load', null, null),
    text('error', 'TimeoutError', null, null),
  ];
  expect(await events('flow-runs', fields)).toEqual([
    {
      time: NOON,
      timeEnd: NOON + 2500,
      isRegion: true,
      title: 'f/a failed',
      text: 'load: TimeoutError\nRun r1',
      tags: ['sales', 'f/a', 'error'],
    },
    { time: NOON, title: 'Run canceled', text: 'Run r2', tags: ['canceled'] },
  ]);
});

it('draws deployments as the backend words them', async () => {
  const fields = [
    time('time', NOON, null),
    text('title', 'f/a was deployed', 'lost'),
    text('text', 'From 1 to 2', null),
    text('tags', 'sales, f/a', null),
  ];
  expect(await events('deployments', fields)).toEqual([
    { time: NOON, title: 'f/a was deployed', text: 'From 1 to 2', tags: ['sales', 'f/a'] },
  ]);
});

it('draws regressions at the end of the range', async () => {
  const fields = [
    text('workspace', 'sales'),
    text('flow', null),
    text('step', 'load'),
    number('change', 0.528),
    number('p95', 1.2345),
    number('previous_p95', null),
  ];
  expect(await events('step-regressions', fields)).toEqual([
    {
      time: NOON,
      title: 'load became slower by 53 %',
      text: 'p95 1.23 s, before unknown',
      tags: ['sales', 'load', 'regression'],
    },
  ]);
});

it('draws nothing of other frames', async () => {
  expect(await events('step-stats', [text('step', 'a')])).toEqual([]);
});
