import { type Row, etlRows, flowStepsFrame, loopRows, without } from '../testing/fixture';
import { readSteps } from './frame';
import { stepName } from './labels';
import { buildTree } from './tree';
import { type StepNode } from './types';
import { LARGE_GROUP, containerIds, defaultCollapsed, visibleNodes } from './visible';

const NONE: ReadonlySet<string> = new Set();

function treeOf(rows: Row[], ...lost: string[]): StepNode[] {
  return buildTree(readSteps(without(flowStepsFrame(rows), ...lost)).map(({ step }) => step));
}

function outline(roots: StepNode[], collapsed = NONE): string[] {
  return visibleNodes(roots, collapsed).map((node) => '  '.repeat(node.level) + stepName(node.step));
}

describe('buildTree', () => {
  it('puts jobs below their parents and groups iterations and branches', () => {
    const roots = treeOf(etlRows());
    expect(outline(roots, defaultCollapsed(roots, 0))).toEqual([
      'nightly_orders',
      '  a',
      '  b',
      '  e',
      '  e',
      '  f',
      '  g',
      '    a',
      '    b',
      '  h',
      '  i',
      '    i[0]',
      '      archive',
      '    i[1]',
      '      mail',
    ]);
  });

  it('makes the same tree from the depth alone', () => {
    expect(outline(treeOf(etlRows(), 'parent_job'))).toEqual(outline(treeOf(etlRows())));
  });

  it('sums a loop up', () => {
    const loop = treeOf(etlRows())[0].children[1];
    expect(loop.group).toMatchObject({ count: 24, failed: 1 });
    expect(loop.group?.slowest?.iteration).toBe(5);
    expect(loop.step).toMatchObject({ kind: 'loop', outcome: 'error', index: -1, wait: null, baselineP50: null });
    expect(loop.step.start).toBe(Math.min(...loop.children.map((child) => child.step.start!)));
    expect(loop.descendants).toBe(72);
    expect(loop.failedDescendants).toBe(2);
  });

  it('leaves a single iteration where it is', () => {
    const roots = treeOf([etlRows()[0], ...loopRows(1, 1)]);
    expect(outline(roots)).toEqual(['nightly_orders', '  b[0]', '    c', '    d']);
  });

  it('numbers siblings for screen readers', () => {
    const root = treeOf(etlRows())[0];
    expect(root.children.map((node) => [node.position, node.siblings])[2]).toEqual([3, 8]);
    expect(root.children[1].children[3]).toMatchObject({ level: 2, position: 4, siblings: 24 });
  });

  it('shows rows without a known parent, rows that name themselves, and repeated job ids', () => {
    const row: Row = { job: 'x', parent: 'nobody', depth: 0, path: 'x', kind: 'step', start: 0, duration: 1 };
    const rows = [row, { ...row, job: 'y', parent: 'y', path: 'y' }, { ...row, path: 'z' }];
    const nodes = visibleNodes(treeOf(rows), NONE);
    expect(nodes.map((node) => node.step.path)).toEqual(['x', 'y', 'z']);
    expect(new Set(nodes.map((node) => node.id)).size).toBe(3);
  });

  it('survives a nesting of 5,000 levels', () => {
    const rows = Array.from({ length: 5000 }, (_, n): Row => ({
      job: `j${n}`,
      parent: n === 0 ? null : `j${n - 1}`,
      depth: n,
      path: `p${n}`,
      kind: 'subflow',
      start: n,
      duration: 1,
    }));
    expect(visibleNodes(treeOf(rows), NONE)).toHaveLength(5000);
  });
});

describe('collapsing', () => {
  it('starts with large loops collapsed and small ones open', () => {
    const small = treeOf([etlRows()[0], ...loopRows(LARGE_GROUP, 1)]);
    const large = treeOf([etlRows()[0], ...loopRows(LARGE_GROUP + 1, 1)]);
    expect(defaultCollapsed(small, 0).size).toBe(0);
    expect([...defaultCollapsed(large, 0)]).toEqual([large[0].children[0].id]);
  });

  it('collapses every container from a level on', () => {
    const roots = treeOf(etlRows());
    expect(outline(roots, defaultCollapsed(roots, 1))).toEqual(outline(roots, containerIds(roots, false)));
    expect(visibleNodes(roots, defaultCollapsed(roots, 1)).every((node) => node.level <= 1)).toBe(true);
  });

  it('handles 10,000 rows', () => {
    const roots = treeOf([etlRows()[0], ...loopRows(3333, 1)]);
    expect(visibleNodes(roots, NONE)).toHaveLength(10_001);
    expect(visibleNodes(roots, defaultCollapsed(roots, 0))).toHaveLength(2);
  });
});
