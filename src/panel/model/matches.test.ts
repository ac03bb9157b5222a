import { type Row, etlRows, flowStepsFrame } from '../testing/fixture';
import { readSteps } from './frame';
import { type RowFilter, countFindings, findMatches, matchingRows } from './matches';
import { buildTree } from './tree';
import { visibleNodes } from './visible';

function treeOf(rows: Row[]) {
  const roots = buildTree(readSteps(flowStepsFrame(rows)).map(({ step }) => step));
  return { roots, nodes: visibleNodes(roots, new Set()) };
}

const { roots, nodes } = treeOf(etlRows());
const none: RowFilter = { show: [], search: '' };
const own = (filter: Partial<RowFilter>) => [...findMatches(nodes, { ...none, ...filter })!.own];

describe('findMatches', () => {
  it('is null when nothing is asked for', () => {
    expect(findMatches(nodes, none)).toBeNull();
    expect(findMatches(nodes, { show: [], search: '  ' })).toBeNull();
  });

  it('finds what is slow, what failed by itself, what is critical, what waited', () => {
    expect(own({ show: ['slow'] })).toEqual(['a', 'b5c', 'b5d', 'e1']);
    expect(own({ show: ['failed'] })).toEqual(['b17d', 'e1']);
    expect(own({ show: ['critical'] })).toEqual(['a', 'e1', 'e2', 'f', 'ga', 'gb', 'i0x']);
    expect(own({ show: ['waited'] })).toEqual(['run', 'e1', 'e2', 'g']);
    expect(own({ show: ['failed', 'waited'] })).toEqual(['run', 'b17d', 'e1', 'e2', 'g']);
  });

  it('counts the same rows', () => {
    expect(countFindings(nodes)).toEqual({ slow: 4, failed: 2, critical: 7, waited: 4 });
  });

  it('finds all words in steps, paths, scripts, workers and job ids, whatever their case', () => {
    expect(own({ search: 'ERP' })).toEqual(['e1', 'e2']);
    expect(own({ search: 'erp e#2' })).toEqual(['e2']);
    expect(own({ search: 'b17d' })).toEqual(['b17d']);
    expect(own({ search: 'wk-default-worker-1' })).not.toContain('run');
    expect(own({ search: 'nothing has this' })).toEqual([]);
    expect(own({ search: 'erp', show: ['failed'] })).toEqual(['e1']);
  });

  it('knows the rows above the matches', () => {
    const matches = findMatches(nodes, { show: ['failed'], search: 'load' })!;
    expect([...matches.holding]).toEqual(['b17', 'run/loop:b', 'run']);
  });
});

describe('matchingRows', () => {
  const rowsFor = (search: string, choices = new Map<string, boolean>()) => {
    const found = matchingRows(roots, findMatches(nodes, { show: [], search })!, choices);
    return found.rows.map(({ id }) => (found.collapsed.has(id) ? `${id} closed` : id));
  };

  it('leaves the matches and what is above them, open', () => {
    expect(rowsFor('b17d')).toEqual(['run', 'run/loop:b', 'b17', 'b17d closed']);
    expect(rowsFor('b17d', new Map([['b17', true]]))).toEqual(['run', 'run/loop:b', 'b17 closed']);
  });

  it('keeps what is below a match for the reader to open, and the run in any case', () => {
    expect(rowsFor('etl/publish publish')).toContain('g');
    const iteration = findMatches(nodes, { show: [], search: 'forloop-3' })!;
    expect([...iteration.own]).toEqual(['b3']);
    expect(rowsFor('forloop-3')).toEqual(['run', 'run/loop:b', 'b3 closed']);
    expect(rowsFor('forloop-3', new Map([['b3', false]]))).toEqual([
      'run',
      'run/loop:b',
      'b3',
      'b3c closed',
      'b3d closed',
    ]);
    expect(rowsFor('nothing has this')).toEqual(['run closed']);
  });
});
