import { RUN_START, type Row, etlRows, flowStepsFrame } from '../testing/fixture';
import { axisTicks, tickStep } from './axis';
import { barLabel, placeLabel } from './barLabel';
import { readSteps } from './frame';
import { barOf, percent, timeScale, waitedSeconds } from './geometry';
import { buildTree } from './tree';
import { type Step } from './types';

const base: Row = { job: 'j', parent: null, depth: 0, path: 'j', kind: 'step', start: 0, duration: 10 };

function stepsOf(...rows: Row[]): Step[] {
  return readSteps(flowStepsFrame(rows)).map(({ step }) => step);
}

/** An axis from 0 to 100 s: percent are seconds. */
const scale = { origin: RUN_START, from: 0, to: 100 };

describe('timeScale', () => {
  it('goes from the first wait to the last end, with 0 at the start of the run', () => {
    const steps = stepsOf({ ...base, wait: 2 }, { ...base, job: 'k', start: 8, duration: 4, transition: 0.5 });
    expect(timeScale(steps, steps[0], true)).toEqual({ origin: RUN_START, from: -2, to: 12.5 });
  });

  it('makes room for baselines, but only so much', () => {
    const near = stepsOf({ ...base, baseline: [9, 11, 50] });
    const far = stepsOf({ ...base, baseline: [9, 1000, 50] });
    expect(timeScale(near, near[0], true)?.to).toBe(11);
    expect(timeScale(far, far[0], true)?.to).toBe(11.5);
    expect(timeScale(far, far[0], false)?.to).toBe(10);
  });

  it('is null without any start, and never empty', () => {
    expect(timeScale(stepsOf({ ...base, start: null }), null, true)).toBeNull();
    const instant = timeScale(stepsOf({ ...base, duration: 0 }), null, true);
    expect(instant!.to).toBeGreaterThan(instant!.from);
  });
});

describe('barOf', () => {
  it('draws the wait before the start, set-up within, the transition after the end, the baseline from the start', () => {
    const [step] = stepsOf({
      ...base,
      start: 20,
      duration: 30,
      wait: 5,
      waitKind: 'queue',
      transition: 2,
      setup: 4,
      baseline: [10, 40, 9],
    });
    expect(barOf(step, scale, true)).toEqual({
      wait: { left: 15, width: 5 },
      execution: { left: 20, width: 30 },
      transition: { left: 50, width: 2 },
      setup: { left: 20, width: 4 },
      bracket: { left: 20, width: 40 },
      tick: 30,
      bracketCut: false,
      open: false,
      outside: null,
    });
  });

  it('leaves out what is not known or not wanted', () => {
    const [step] = stepsOf({ ...base, baseline: [10, 40, 9] });
    expect(barOf(step, scale, false)).toMatchObject({
      wait: null,
      transition: null,
      setup: null,
      bracket: null,
      tick: null,
    });
    expect(barOf({ ...step, start: null }, scale, true)).toBeNull();
  });

  it('cuts a bracket at the end of the axis, and ends it at p50 where there is no p95', () => {
    const [step] = stepsOf({ ...base, start: 90, baseline: [20, 40, 9] });
    expect(barOf(step, scale, true)).toMatchObject({ bracket: { left: 90, width: 10 }, tick: null, bracketCut: true });
    const half = { ...step, start: RUN_START, baselineP95: null };
    expect(barOf(half, scale, true)).toMatchObject({ bracket: { left: 0, width: 20 }, tick: 20, bracketCut: false });
  });

  it('draws no set-up that is not known, and none that is longer than its execution', () => {
    const [none, zero, long] = stepsOf(base, { ...base, setup: 0 }, { ...base, setup: 30 });
    expect(barOf(none, scale, true)?.setup).toBeNull();
    expect(barOf(zero, scale, true)?.setup).toBeNull();
    expect(barOf(long, scale, true)?.setup).toEqual({ left: 0, width: 10 });
  });

  it('leaves the end open of what still runs', () => {
    const [unknown] = stepsOf({ ...base, start: 40, duration: null });
    expect(barOf(unknown, scale, true)).toMatchObject({ execution: { left: 40, width: 60 }, open: true });
    const [running] = stepsOf({ ...base, start: 40, outcome: 'running' });
    expect(barOf(running, scale, true)).toMatchObject({ execution: { left: 40, width: 10 }, open: true });
  });

  it("does not draw a container's transition, which its duration holds already", () => {
    const [step] = stepsOf({ ...base, kind: 'iteration', transition: 3 });
    expect(barOf(step, scale, true)?.transition).toBeNull();
  });
});

describe('waitedSeconds', () => {
  it('adds up the waits on the critical path', () => {
    expect(waitedSeconds(stepsOf(...etlRows()))).toBeCloseTo(1.8 + 0.2 + 1.1 + 10 + 42.2 + 0.1 + 0.2, 6);
  });

  it('is unknown if no wait is known', () => {
    expect(waitedSeconds(stepsOf({ ...base, critical: true }))).toBeNull();
  });
});

describe('the axis', () => {
  it.each([
    [0.004, 5, 0.001],
    [2.4, 6, 0.5],
    [9, 6, 2],
    [50, 6, 10],
    [200, 6, 60],
    [5000, 6, 900],
    [90_000, 6, 21_600],
    [900_000, 6, 172_800],
  ])('cuts %d s into at most %d parts of %d s', (range, count, step) => {
    expect(tickStep(range, count)).toBeCloseTo(step, 9);
  });

  it('has ticks on round seconds, negative ones too', () => {
    const ticks = axisTicks({ origin: 0, from: -12, to: 31 }, 5);
    expect(ticks.map((tick) => tick.seconds)).toEqual([-10, 0, 10, 20, 30]);
    expect(ticks[1].left).toBeCloseTo(percent(0, { origin: 0, from: -12, to: 31 }), 9);
  });
});

describe('labels of bars', () => {
  const nodeOf = (row: Row) => buildTree(stepsOf(row))[0];

  it('says what went wrong in the first line of the error', () => {
    const node = nodeOf({ ...base, outcome: 'error', error: 'Timeout\nat main.py' });
    expect(barLabel(node, false)).toEqual({ text: '10.0 s · error: Timeout', withOutcome: true, optional: false });
    const traceback = 'Traceback (most recent call last):\n  File "main.py", line 4, in main\nValueError: no orders\n';
    expect(barLabel(nodeOf({ ...base, outcome: 'error', error: traceback }), false)?.text).toBe(
      '10.0 s · error: ValueError: no orders'
    );
    expect(barLabel(nodeOf({ ...base, duration: null, outcome: 'error' }), false)?.text).toBe('error');
  });

  it('is the duration of what went well, as far as it is known', () => {
    expect(barLabel(nodeOf(base), false)).toEqual({ text: '10.0 s', withOutcome: false, optional: true });
    expect(barLabel(nodeOf({ ...base, duration: null }), false)).toBeNull();
  });

  it('goes right of the bar if there is room, else left, else inside', () => {
    const label = { text: 'x'.repeat(20), withOutcome: false, optional: false };
    const at = (start: number, duration: number) => barOf(stepsOf({ ...base, start, duration })[0], scale, true)!;
    expect(placeLabel(label, at(10, 20), 500, true)).toEqual({ side: 'right', left: 30 });
    expect(placeLabel(label, at(60, 30), 500, true)).toEqual({ side: 'left', right: 40 });
    expect(placeLabel(label, at(5, 90), 500, true)).toEqual({ side: 'inside', left: 5 });
    expect(placeLabel(label, at(5, 90), 500, false)?.side).toBe('right');
    expect(placeLabel({ ...label, optional: true }, at(5, 90), 500, false)).toBeNull();
  });
});
