import { type Row, etlRows, flowStepsFrame, loopRows } from '../testing/fixture';
import { readSteps } from './frame';
import { findJumps } from './jumps';
import { buildTree } from './tree';

function jumpsOf(rows: Row[]) {
  const steps = readSteps(flowStepsFrame(rows)).map(({ step }) => step);
  return findJumps(buildTree(steps)).map(({ text, node }) => `${text} @ ${node.step.path}`);
}

test('the slow step that lost most and the longest wait of a run that went well', () => {
  expect(jumpsOf(etlRows())).toEqual(['Slowest: a 23.9 s (+144 %) @ a', expect.stringMatching(/^Longest wait: /)]);
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
  expect(jumpsOf([run, { ...a, baseline: [24, 30, 100] }])).toEqual([]);
});
