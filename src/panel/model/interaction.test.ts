import { type DataFrame, type Field, type LinkModel } from '@grafana/data';

import '../testing/jsdom';
import { etlRows, flowStepsFrame } from '../testing/fixture';
import { COLUMNS, layoutColumns } from './columns';
import { readSteps } from './frame';
import { findingKey, gridAction } from './keyboard';
import { rowLinks } from './links';
import { placeBeside } from './placement';
import { buildTree } from './tree';
import { visibleNodes } from './visible';
import { drawnRows, scrollTopFor } from './window';

describe('layoutColumns', () => {
  const all = COLUMNS.map((column) => column.id);

  it.each([
    [1280, ['duration', 'verdict', 'baseline', 'contribution']],
    [640, ['duration', 'verdict', 'contribution']],
    [600, ['duration', 'verdict']],
    [300, ['duration']],
    [240, []],
  ])('at %d px keeps the important columns', (width, ids) => {
    const layout = layoutColumns(width, all);
    expect(layout.columns.map((column) => column.id)).toEqual(ids);
    const taken = layout.columns.reduce((sum, column) => sum + column.width, layout.nameWidth + layout.timelineWidth);
    expect(taken).toBeLessThanOrEqual(width);
  });

  it('takes only the columns asked for', () => {
    expect(layoutColumns(1280, ['baseline']).columns.map((column) => column.id)).toEqual(['baseline']);
  });
});

describe('drawnRows', () => {
  it('draws the view and a little more, and the row with the focus wherever it is', () => {
    expect(drawnRows(0, 280, 28, 10_000, 0)).toHaveLength(18);
    const rows = drawnRows(28 * 5000, 280, 28, 10_000, 3);
    expect(rows[0]).toBe(3);
    expect(rows).toHaveLength(27);
    expect(drawnRows(0, 280, 28, 10_000, 9999).pop()).toBe(9999);
    expect(drawnRows(0, 280, 28, 0, 0)).toEqual([]);
  });

  it('scrolls as little as it takes', () => {
    expect(scrollTopFor(3, 0, 280, 28)).toBe(0);
    expect(scrollTopFor(10, 0, 280, 28)).toBe(28);
    expect(scrollTopFor(3, 280, 280, 28)).toBe(84);
  });
});

describe('gridAction', () => {
  const roots = buildTree(readSteps(flowStepsFrame(etlRows())).map(({ step }) => step));
  const loop = roots[0].children[1];
  const collapsed = new Set([loop.id]);
  const rows = visibleNodes(roots, collapsed);
  const act = (key: string, active: number) => gridAction(key, { rows, active, collapsed, page: 5 });

  it.each([
    ['ArrowDown', 0, { type: 'move', index: 1 }],
    ['ArrowUp', 0, { type: 'move', index: 0 }],
    ['End', 0, { type: 'move', index: rows.length - 1 }],
    ['Home', 7, { type: 'move', index: 0 }],
    ['PageDown', 1, { type: 'move', index: 6 }],
    ['PageUp', 3, { type: 'move', index: 0 }],
    ['ArrowRight', 2, { type: 'toggle', id: loop.id }],
    ['ArrowRight', 0, { type: 'move', index: 1 }],
    ['ArrowRight', 1, null],
    ['ArrowLeft', 0, { type: 'toggle', id: roots[0].id }],
    ['ArrowLeft', 2, { type: 'move', index: 0 }],
    [' ', 2, { type: 'toggle', id: loop.id }],
    [' ', 1, null],
    ['Enter', 1, { type: 'details' }],
    ['Escape', 1, { type: 'dismiss' }],
    ['x', 1, null],
  ])('%s on row %d', (key, active, action) => {
    expect(act(key, active)).toEqual(action);
  });
});

describe('findingKey', () => {
  const none = { ctrlKey: false, altKey: false, metaKey: false };

  it.each([
    [{ key: ']' }, 'next'],
    [{ key: '[' }, 'previous'],
    [{ key: ']', ctrlKey: true, altKey: true }, 'next'], // AltGr
    [{ key: '[', altKey: true }, 'previous'],
    [{ key: '[', ctrlKey: true }, null],
    [{ key: '[', metaKey: true }, null],
    [{ key: 'x' }, null],
  ])('%j is %s', (pressed, direction) => {
    expect(findingKey({ ...none, ...pressed })).toBe(direction);
  });
});

describe('placeBeside', () => {
  const view = { width: 1000, height: 600 };

  it('stays inside the window', () => {
    const box = { width: 400, height: 300 };
    expect(placeBeside({ x: 100, y: 100 }, box, view)).toEqual({ x: 112, y: 112 });
    expect(placeBeside({ x: 900, y: 500 }, box, view)).toEqual({ x: 488, y: 188 });
    expect(placeBeside({ x: 500, y: 300 }, { width: 600, height: 500 }, view)).toEqual({ x: 392, y: 92 });
    expect(placeBeside({ x: 10, y: 10 }, { width: 2000, height: 2000 }, view)).toEqual({ x: 8, y: 8 });
  });
});

describe('rowLinks', () => {
  const identity = (text: string) => text;

  it('collects the links of all fields, with icons, and skips fields without a value', () => {
    const links = rowLinks(flowStepsFrame(etlRows()), 1, identity);
    expect(links.map(({ title, icon, newTab }) => [title, icon, newTab])).toEqual([
      ['Windmill job', 'external-link-alt', true],
      ['Logs', 'gf-logs', false],
      ['Baseline', 'graph-bar', false],
      ['Trace', 'gf-traces', false],
    ]);
    const noBaseline = etlRows().findIndex((row) => row.job === 'gb');
    expect(rowLinks(flowStepsFrame(etlRows()), noBaseline, identity).map((link) => link.title)).not.toContain(
      'Baseline'
    );
  });

  it('prefers the links that Grafana prepared, each once', () => {
    const link = (title: string, href: string): LinkModel<Field> => ({
      title,
      href,
      target: '_self',
      origin: frame.fields[0],
    });
    const frame: DataFrame = flowStepsFrame(etlRows());
    frame.fields = frame.fields.map((field) => ({ ...field, config: {}, getLinks: () => [link('Same', '/a')] }));
    expect(rowLinks(frame, 0, identity).map((found) => found.href)).toEqual(['/a']);
    frame.fields[0].getLinks = () => [link('Bad', 'javascript:alert(1)')];
    expect(rowLinks(frame, 0, identity).map((found) => found.title)).toEqual(['Same']);
  });

  it("has the run's links last, and first on the run's own row", () => {
    const frame: DataFrame = flowStepsFrame(etlRows());
    frame.fields = frame.fields.map((field) => {
      const own = field.name === 'run_id' || field.name === 'job_id';
      const links = own ? [{ title: `Of ${field.name}`, url: `/${field.name}` }] : [];
      return { ...field, config: { links } };
    });
    const titles = (row: number) => rowLinks(frame, row, identity).map(({ title }) => title);
    expect(titles(0)).toEqual(['Of run_id', 'Of job_id']);
    expect(titles(1)).toEqual(['Of job_id', 'Of run_id']);
  });

  it('has none for a row that the panel added', () => {
    expect(rowLinks(flowStepsFrame(etlRows()), -1, identity)).toEqual([]);
  });
});
