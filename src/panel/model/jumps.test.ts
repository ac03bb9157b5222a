import { type Row, etlRows, flowStepsFrame, loopRows } from '../testing/fixture';
import { readSteps } from './frame';
import { type Direction, findJumps, nextFinding } from './jumps';
import { buildTree } from './tree';

function jumpsOf(rows: Row[]) {
  const steps = readSteps(flowStepsFrame(rows)).map(({ step }) => step);
  return findJumps(buildTree(steps)).map(({ text, node }) => `${text} @ ${node.step.path}`);
}

test('the slow step that lost most and the longest wait of a run that went well', () => {
  expect(jumpsOf(etlRows())).toEqual(['Slowest: a 23.9 s (+144 %) @ a', 'Longest wait: g 42.2 s @ g']);
});

test('the failed step of a run that failed, also inside a loop, and none that was retried', () => {
  const [run, ...rest] = etlRows();
  const failed = [{ ...run, outcome: 'error' }, ...loopRows(20, 25)];
  expect(jumpsOf(failed)[0]).toBe('Failed: d @ b[17]/d');
  const withoutLoop = rest.filter(({ parent, job }) => !/^b/.test(job) && !/^b/.test(parent ?? ''));
  expect(jumpsOf([{ ...run, outcome: 'error' }, ...withoutLoop]).join()).not.toContain('Failed: e @ e');
});

test('nothing where nothing is worth it', () => {
  const [run, a] = etlRows();
  const calm = { ...a, baseline: [24, 30, 100] satisfies Row['baseline'] };
  expect(jumpsOf([{ ...run, wait: 0.4 }, calm])).toEqual([]);
  expect(jumpsOf([run, calm])).toEqual(['Longest wait: nightly_orders 1.80 s @ null']);
});

describe('nextFinding', () => {
  const roots = buildTree(readSteps(flowStepsFrame(etlRows())).map(({ step }) => step));
  const from = (id: string | null, direction: Direction) => nextFinding(roots, id, direction)?.step.path;

  it('goes through what is slow, what failed and the longest wait, around the ends', () => {
    const paths: Array<string | undefined> = [];
    for (let at = nextFinding(roots, null, 'next'); at && paths.length < 6; at = nextFinding(roots, at.id, 'next')) {
      paths.push(at.step.path ?? undefined);
    }
    expect(paths).toEqual(['a', 'b[5]/c', 'b[5]/d', 'b[17]/d', 'e', 'g']);
    expect(from('g', 'next')).toBe('a');
    expect(from('a', 'previous')).toBe('g');
    expect(from('e2', 'previous')).toBe('e');
    expect(from(null, 'previous')).toBe('g');
    expect(from('a row that is gone', 'next')).toBe('a');
  });

  it('finds nothing in a run without findings', () => {
    const [run, a] = etlRows();
    const quiet = flowStepsFrame([
      { ...run, wait: 0 },
      { ...a, baseline: [24, 30, 100] },
    ]);
    expect(nextFinding(buildTree(readSteps(quiet).map(({ step }) => step)), null, 'next')).toBeNull();
  });
});
