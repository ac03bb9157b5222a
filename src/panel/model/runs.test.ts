import { type DataFrame, FieldType, LoadingState } from '@grafana/data';

import { RUN_START, etlRows, flowStepsFrame, panelData, without } from '../testing/fixture';
import { readSteps } from './frame';
import { readContent } from './runs';

const other: DataFrame = {
  name: 'metrics',
  length: 1,
  fields: [{ name: 'Time', type: FieldType.time, config: {}, values: [RUN_START] }],
};

describe('readContent', () => {
  it('finds the run among other frames by the marker in its meta', () => {
    const { runs, message } = readContent(panelData([other, flowStepsFrame(etlRows())]));
    expect(runs).toHaveLength(1);
    expect(message).toBeNull();
    expect(runs[0].steps).toHaveLength(etlRows().length);
    expect(runs[0].root).toMatchObject({ kind: 'flow', scriptPath: 'f/etl/nightly_orders', duration: 151.2 });
    expect(runs[0].baselineSource).toBe('span-metrics');
  });

  it('takes the outcome and the duration of a retried script from the meta, if they are known', () => {
    const frame = flowStepsFrame(etlRows());
    const wholeOf = (more: object) => {
      const custom = { ...frame.meta?.custom, ...more };
      return readContent(panelData([{ ...frame, meta: { ...frame.meta, custom } }])).runs[0].whole;
    };
    expect(wholeOf({ outcome: 'ok', duration: 200 })).toEqual({ outcome: 'ok', duration: 200 });
    expect(wholeOf({ outcome: 'running' })).toEqual({ outcome: 'running', duration: null });
    expect(wholeOf({ outcome: 'odd', duration: 200 })).toMatchObject({ duration: 151.2 });
  });

  it('finds it by its fields when the meta is gone', () => {
    const frame = { ...flowStepsFrame(etlRows()), meta: undefined };
    expect(readContent(panelData([frame])).runs).toHaveLength(1);
  });

  it('leaves a frame alone that says it is something else', () => {
    const frame = flowStepsFrame(etlRows());
    const runs = readContent(panelData([{ ...frame, meta: { custom: { frame: 'flow-runs' } } }])).runs;
    expect(runs).toEqual([]);
  });

  it('reads missing optional fields as unknown', () => {
    const keep = ['job_id', 'start', 'duration', 'depth'];
    const full = flowStepsFrame(etlRows());
    const names = full.fields.map((field) => field.name).filter((name) => !keep.includes(name));
    const { runs } = readContent(panelData([without(full, ...names)]));
    expect(runs[0].steps[1]).toMatchObject({
      step: null,
      kind: 'unknown',
      outcome: 'unknown',
      verdict: 'unknown',
      wait: null,
      critical: false,
      duration: 23.9,
    });
  });

  it('separates several runs in one frame and in several frames, each with a key of its own', () => {
    const one = flowStepsFrame(etlRows(), 'run-1');
    const two = flowStepsFrame(etlRows(), 'run-2');
    const both: DataFrame = {
      ...one,
      length: one.length * 2,
      fields: one.fields.map((field, i) => ({ ...field, values: [...field.values, ...two.fields[i].values] })),
    };
    const { runs } = readContent(panelData([both, one]));
    expect(runs.map((run) => run.runId)).toEqual(['run-1', 'run-2', 'run-1']);
    expect(new Set(runs.map((run) => run.key)).size).toBe(3);
    expect(runs[1].root?.index).toBe(one.length);
  });

  it.each([
    ['no data', panelData([]), /^No data/],
    ['loading', panelData([], LoadingState.Loading), /^Loading/],
    ['other data', panelData([other]), /Choose the query type Steps of a run/],
    ['no rows', panelData([flowStepsFrame([])]), /No steps were found/],
    ['a lost field', panelData([without(flowStepsFrame(etlRows()), 'start')]), /lacks start/],
    ['an error', { ...panelData([]), errors: [{ message: 'Tempo is down.' }] }, /failed: Tempo is down\./],
  ])('explains %s in a sentence', (_, data, sentence) => {
    const { runs, message } = readContent(data);
    expect(runs).toEqual([]);
    expect(message).toMatch(sentence);
  });
});

describe('readSteps', () => {
  it('keeps the nanoseconds of a time', () => {
    const frame = flowStepsFrame(etlRows());
    const start = frame.fields.find((field) => field.name === 'start');
    start!.nanos = frame.fields[0].values.map(() => 250_000);
    expect(readSteps(frame)[0].step.start).toBe(RUN_START + 0.25);
  });

  it('takes words it does not know, and numbers that cannot be, as unknown', () => {
    const frame = flowStepsFrame([{ ...etlRows()[0], outcome: 'exploded', kind: 'rocket', duration: -1, wait: NaN }]);
    expect(readSteps(frame)[0].step).toMatchObject({ outcome: 'unknown', kind: 'unknown', duration: null, wait: null });
  });
});
