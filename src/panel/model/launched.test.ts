import { type Row, etlRows, flowStepsFrame } from '../testing/fixture';
import { barLabel } from './barLabel';
import { stepFacts } from './facts';
import { readSteps } from './frame';
import { timeScale } from './geometry';
import { findJumps } from './jumps';
import { summaryText } from './labels';
import { isContainer } from './launched';
import { findMatches } from './matches';
import { buildTree } from './tree';
import { defaultCollapsed, visibleNodes } from './visible';

const [run, script] = etlRows();

/** A script that launched jobs, of which the last runs on when the run is over. */
function treeOf(count: number, changes: Partial<Row> = {}, cause: Partial<Row> = {}) {
  const launched = Array.from({ length: count }, (_, index): Row => ({
    job: `l${index}`,
    parent: 'a',
    depth: 2,
    path: `a/f/jobs/report_${index}`,
    script: 'f/jobs/report',
    kind: 'launched',
    iteration: 3,
    start: 20 + index,
    duration: 200,
    ...changes,
  }));
  const steps = readSteps(flowStepsFrame([run, { ...script, ...cause }, ...launched])).map(({ step }) => step);
  return { steps, roots: buildTree(steps) };
}

describe('jobs that a script launched', () => {
  it('stand below it, one by one, and leave it a job that ran by itself', () => {
    const { roots } = treeOf(2);
    const [parent] = roots[0].children;
    expect(parent.children.map(({ step }) => step.jobId)).toEqual(['l0', 'l1']);
    expect([roots[0], parent].map(isContainer)).toEqual([true, false]);
    expect(summaryText(parent)).toBe('launched 2 jobs');
    expect(barLabel(parent, false)?.text).toBe('23.9 s');
    expect(stepFacts(parent.children[0], null, 'utc')).toContainEqual({
      label: 'Kind',
      value: 'Launched job, started by a script',
    });
  });

  it('may outlive the run: the axis holds them', () => {
    const { steps } = treeOf(1);
    expect(timeScale(steps, steps[0], false)?.to).toBe(220);
  });

  it('start closed when they are many', () => {
    expect(defaultCollapsed(treeOf(3).roots, 0).size).toBe(0);
    expect([...defaultCollapsed(treeOf(4).roots, 0)]).toEqual(['a']);
  });

  it('hide no finding of the job that launched them', () => {
    const { roots } = treeOf(2, { outcome: 'error' }, { outcome: 'error', error: 'ValueError: no orders' });
    const [parent] = roots[0].children;
    expect(barLabel(parent, true)?.text).toBe('23.9 s · launched 2 jobs, 2 failed');
    expect(barLabel(parent, false)?.text).toBe('23.9 s · error: ValueError: no orders');
    expect(findJumps(roots).map(({ text }) => text)).toContain('Slowest: a 23.9 s (+144 %)');
    const nodes = visibleNodes(roots, new Set());
    expect([...findMatches(nodes, { show: ['failed'], search: '' })!.own]).toEqual(['a', 'l0', 'l1']);
    expect([...findMatches(nodes, { show: ['critical'], search: '' })!.own]).toEqual(['a']);
  });
});
