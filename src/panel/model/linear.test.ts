import { type Row, etlRows, flowStepsFrame, loopRows } from '../testing/fixture';
import { readSteps } from './frame';
import { buildTree } from './tree';
import { type Step } from './types';
import { defaultCollapsed, visibleNodes } from './visible';

/** Counts how often anything of a step is read: the work of the tree model, whatever the machine. */
function counted(steps: Step[]): { steps: Step[]; reads: () => number } {
  let reads = 0;
  const watched = steps.map(
    (step) =>
      new Proxy(step, {
        get(target, property) {
          reads++;
          return Reflect.get(target, property);
        },
      })
  );
  return { steps: watched, reads: () => reads };
}

function work(rows: Row[]): number {
  const { steps, reads } = counted(readSteps(flowStepsFrame(rows)).map(({ step }) => step));
  const roots = buildTree(steps);
  defaultCollapsed(roots, 0);
  expect(visibleNodes(roots, new Set()).length).toBeGreaterThanOrEqual(rows.length);
  return reads() / rows.length;
}

const root = etlRows()[0];
const below = (count: number, place: (index: number) => Partial<Row>): Row[] => [
  root,
  ...Array.from({ length: count }, (_, n): Row => ({
    ...{ job: `j${n}`, parent: root.job, depth: 1, path: `s${n}`, step: `s${n}`, kind: 'step', start: n, duration: 1 },
    ...place(n),
  })),
];

const SHAPES: Array<[string, (size: number) => Row[]]> = [
  ['a loop', (size) => [root, ...loopRows(size, 1)]],
  ['steps side by side', (size) => below(size, () => ({}))],
  ['sub-flows, one in the other', (size) => below(size, (n) => ({ kind: 'subflow', depth: n + 1, parent: n ? `j${n - 1}` : root.job }))],
  ['jobs whose parents are unknown', (size) => below(size, (n) => ({ parent: null, depth: 1 + (n % 50) }))],
  ['loops of two iterations', (size) => below(size, (n) => ({ kind: 'iteration', step: `l${n >> 1}`, iteration: n % 2 }))],
]; // prettier-ignore

describe('the work for a row of the tree', () => {
  it.each(SHAPES)('does not grow with the number of rows: %s', (_name, rows) => {
    const [few, many] = [work(rows(100)), work(rows(4000))];
    expect(few).toBeGreaterThan(1);
    expect(many).toBeLessThanOrEqual(few * 1.1);
  });
});
