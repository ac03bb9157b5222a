import { act, configure, fireEvent, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';

import { locationService } from '@grafana/runtime';

import '../testing/jsdom';
import { accessibilityProblems } from '../../testing/accessibility';
import { type Row, etlRows, flowStepsFrame, loopRows, panelData } from '../testing/fixture';
import { FlowStepsPanel } from './FlowStepsPanel';

// Finding out for every element whether it is hidden takes jsdom seconds.
configure({ defaultHidden: true });
jest.setTimeout(60_000);
beforeEach(() => locationService.push('/'));

function panel(rows: Row[]) {
  return (
    <FlowStepsPanel
      data={panelData([flowStepsFrame(rows)])}
      width={1280}
      height={640}
      timeZone="utc"
      replaceVariables={(text) => text}
    />
  );
}

const root = etlRows()[0];
const step = (job: string, changes: Partial<Row> = {}): Row => ({
  job,
  parent: root.job,
  depth: 1,
  path: job,
  kind: 'step',
  step: job,
  start: 1,
  duration: 2,
  ...changes,
});
const many = (count: number) => Array.from({ length: count }, (_, index) => step(`s${index}`));
const grid = () => screen.getByRole('treegrid');
const rowOf = (job: string) =>
  screen.getAllByTestId('flow-steps-row').find((row) => row.textContent?.includes(job)) ?? null;

describe('a step that runs', () => {
  const running = [
    { ...root, outcome: 'running' },
    step('busy', { outcome: 'running', duration: 3.2 }),
    step('lost', { outcome: 'running', duration: null }),
  ];

  it('says how long it has run so far, as far as that is known', () => {
    render(panel(running));
    expect(rowOf('busy')).toHaveTextContent('running, 3.20 s so far');
    expect(rowOf('lost')).not.toHaveTextContent('so far');
    expect(screen.getByRole('group', { name: 'Run' })).toHaveTextContent('2 min 31 s so far');
    expect(screen.getByRole('list', { name: 'Legend' })).toHaveTextContent('Running: its end is not known yet');
  });

  it('is marked when only log lines tell of it', () => {
    render(panel([...running, step('new', { outcome: 'running', duration: null, fromLogs: true })]));
    expect(rowOf('new')).toHaveTextContent('From log lines: it has no span yet');
    expect(rowOf('busy')).not.toHaveTextContent('From log lines');
  });

  it('moves only for readers who do not mind motion', () => {
    render(panel(running));
    const bar = rowOf('busy')!.querySelector('[data-part="execution"]')!;
    const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]);
    const animated = rules.filter((rule) => rule.cssText.includes('animation:'));
    const own = animated.filter((rule) => [...bar.classList].some((name) => rule.cssText.includes(`.${name}`)));
    expect(own).toHaveLength(1);
    expect(own[0].cssText).toContain('@media (prefers-reduced-motion: no-preference)');
  });

  it('has nothing that axe finds wrong', async () => {
    const { container } = render(panel(running));
    expect(await accessibilityProblems(container)).toEqual([]);
  });
});

describe('while rows come', () => {
  it('open details show the latest facts, and close when their row is gone', async () => {
    const { rerender } = render(panel([root, step('busy', { outcome: 'running', duration: 3.2 })]));
    await userEvent.click(rowOf('busy')!);
    expect(screen.getByRole('dialog')).toHaveTextContent('3.20 s so far');
    rerender(panel([root, step('new'), step('busy', { duration: 7 })]));
    expect(screen.getByRole('dialog')).toHaveTextContent('7.00 s');
    expect(screen.getByRole('dialog')).not.toHaveTextContent('so far');
    rerender(panel([root, step('new')]));
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
  });

  it('the focus stays on its row, and what was closed stays closed', async () => {
    const rows = [root, ...loopRows(3, 1), step('last')];
    const { rerender } = render(panel(rows));
    await userEvent.click(screen.getByRole('button', { name: 'Collapse all' }));
    const before = grid().getAttribute('aria-rowcount');
    act(() => rowOf('last')!.focus());
    rerender(panel([root, step('new'), ...rows.slice(1)]));
    expect(rowOf('last')).toHaveFocus();
    expect(rowOf('last')).toHaveAttribute('tabindex', '0');
    expect(grid()).toHaveAttribute('aria-rowcount', String(Number(before) + 1));
  });

  it('the rows in view stay in view', () => {
    const { rerender } = render(panel([root, ...many(500)]));
    fireEvent.scroll(grid(), { target: { scrollTop: 28 * 100 } });
    rerender(panel([root, step('new1'), step('new2'), ...many(500)]));
    expect(grid().scrollTop).toBe(28 * 102);
    rerender(panel([root, step('new1'), step('new2'), ...many(501)]));
    expect(grid().scrollTop).toBe(28 * 102);
  });

  it('the top stays the top', () => {
    const { rerender } = render(panel([root, ...many(500)]));
    rerender(panel([root, step('new1'), ...many(500)]));
    expect(grid().scrollTop).toBe(0);
    expect(rowOf('new1')).toBeInTheDocument();
  });
});
