import { RUN_START, etlRows, flowStepsFrame, loopRows } from '../testing/fixture';
import { readSteps } from './frame';
import { barOf, timeScale } from './geometry';
import { overviewPaths } from './overview';
import { buildTree } from './tree';
import { visibleNodes } from './visible';
import { between, edgeKey, gripAt, limited, moved, zoomed } from './zoom';

const scale = { origin: RUN_START, from: 0, to: 100 };
const range = { from: 20, to: 40 };

describe('a stretch of the run', () => {
  it('stays within it, is not too short, and is none when it is all', () => {
    expect(limited({ from: -5, to: 50 }, scale)).toEqual({ from: 0, to: 50 });
    expect(limited({ from: 99.99, to: 200 }, scale)).toEqual({ from: 99.9, to: 100 });
    expect(limited({ from: 10, to: 10 }, scale)).toEqual({ from: 10, to: 10.1 });
    expect(limited({ from: -5, to: 200 }, scale)).toBeNull();
    expect(limited({ from: 100, to: 200 }, scale)).toBeNull();
    expect(limited(null, scale)).toBeNull();
  });

  it('is chosen between two points, in any order', () => {
    expect(between(40, 20, scale)).toEqual(range);
    expect(between(-40, 20, scale)).toEqual({ from: 0, to: 20 });
  });

  it('is taken hold of at its edges, within, or not at all', () => {
    expect([10, 19, 21, 30, 39, 41, 60].map((at) => gripAt(at, range, 1.5))).toEqual([
      'new',
      'from',
      'from',
      'window',
      'to',
      'to',
      'new',
    ]);
    expect(gripAt(0, null, 1.5)).toBe('new');
  });

  it('moves as a whole without growing or shrinking, and by its edges', () => {
    expect(moved(range, 'window', 10, scale)).toEqual({ from: 30, to: 50 });
    expect(moved(range, 'window', 1000, scale)).toEqual({ from: 80, to: 100 });
    expect(moved(range, 'window', -1000, scale)).toEqual({ from: 0, to: 20 });
    expect(moved(range, 'from', 1000, scale)).toEqual({ from: 39.9, to: 40 });
    expect(moved(range, 'to', 1000, scale)).toEqual({ from: 20, to: 100 });
    expect(moved(null, 'from', 5, scale)).toEqual({ from: 5, to: 100 });
    expect(moved(null, 'window', 5, scale)).toBeNull();
  });

  it.each([
    ['ArrowRight', false, 'from', { from: 21, to: 40 }],
    ['ArrowLeft', false, 'to', { from: 20, to: 39 }],
    ['ArrowRight', true, 'to', { from: 21, to: 41 }],
    ['PageDown', false, 'from', { from: 16, to: 40 }],
    ['Home', false, 'from', { from: 0, to: 40 }],
    ['End', false, 'to', { from: 20, to: 100 }],
    ['Home', true, 'to', { from: 0, to: 20 }],
    ['End', true, 'from', { from: 80, to: 100 }],
    ['Escape', false, 'from', null],
    ['Tab', false, 'from', undefined],
  ] as const)('%s (Shift: %s) at the edge %s', (key, shift, edge, expected) => {
    expect(edgeKey(key, shift, edge, range, scale)).toEqual(expected);
  });
});

describe('bars on the axis of a stretch', () => {
  const steps = readSteps(flowStepsFrame(etlRows())).map(({ step }) => step);
  const byJob = (job: string) => steps.find((step) => step.jobId === job)!;
  const part = zoomed(timeScale(steps, steps[0], true)!, { from: 60, to: 80 });

  it('are cut at its edges, and known to lie outside', () => {
    expect(barOf(byJob('run'), part, true)).toMatchObject({
      execution: { left: 0, width: 100 },
      outside: null,
      wait: null,
    });
    expect(barOf(byJob('a'), part, true)).toMatchObject({
      execution: null,
      transition: null,
      tick: null,
      outside: 'before',
    });
    expect(barOf(byJob('h'), part, true)).toMatchObject({ execution: null, outside: 'after' });
    expect(barOf(byJob('g'), part, true)).toMatchObject({ execution: null, outside: null });
    expect(barOf(byJob('g'), part, true)?.wait?.width).toBeGreaterThan(0);
  });
});

describe('overviewPaths', () => {
  const shapes = (path: string) => path.split('M').length - 1;
  const pathsOf = (count: number) => {
    const steps = readSteps(flowStepsFrame([etlRows()[0], ...loopRows(count, 1)])).map(({ step }) => step);
    const nodes = visibleNodes(buildTree(steps), new Set());
    return overviewPaths(nodes, timeScale(steps, steps[0], false)!);
  };

  it('draws every step by its look', () => {
    const paths = pathsOf(24);
    expect(shapes(paths.error)).toBe(1);
    expect(shapes(paths.slow)).toBe(2);
    expect(shapes(paths.execution)).toBeGreaterThan(30);
  });

  it('stays small for a large run', () => {
    const paths = pathsOf(3333);
    expect(Object.values(paths).join('').length).toBeLessThan(400_000);
    expect(shapes(paths.error)).toBe(1);
  });
});
