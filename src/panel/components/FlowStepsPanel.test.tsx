import { act, configure, fireEvent, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';

import { type DataFrame } from '@grafana/data';
import { locationService } from '@grafana/runtime';

import '../testing/jsdom';
import { accessibilityProblems } from '../../testing/accessibility';
import { type FlowStepsOptions } from '../options';
import { RUN_START, type Row, etlRows, flowStepsFrame, loopRows, panelData, without } from '../testing/fixture';
import { FlowStepsPanel } from './FlowStepsPanel';

// Finding out for every element whether it is hidden takes jsdom seconds.
configure({ defaultHidden: true });
jest.setTimeout(60_000);
beforeEach(() => locationService.push('/'));

interface Setup {
  series?: DataFrame[];
  options?: Partial<FlowStepsOptions>;
  width?: number;
  height?: number;
}

function panel({ series = [flowStepsFrame(etlRows())], options, width = 1280, height = 640 }: Setup = {}) {
  return (
    <FlowStepsPanel
      data={panelData(series)}
      options={options}
      width={width}
      height={height}
      timeZone="utc"
      replaceVariables={(text) => text}
    />
  );
}

/** A row by its place among the visible ones. */
const row = (index: number) => screen.getAllByTestId('flow-steps-row')[index];
const parts = (element: HTMLElement) =>
  [...element.querySelectorAll('[data-part]')].map((part) => part.getAttribute('data-part'));

describe('FlowStepsPanel', () => {
  it('draws a run without any options', () => {
    render(panel());
    expect(screen.getByRole('treegrid', { name: 'Steps of f/etl/nightly_orders' })).toBeInTheDocument();
    expect(screen.getByRole('group', { name: 'Run' })).toHaveTextContent(
      'f/etl/nightly_orders' // the flow, then the facts of the run
    );
    expect(screen.getByRole('group', { name: 'Run' })).toHaveTextContent('2 min 31 s');
    expect(screen.getAllByTestId('flow-steps-row')).toHaveLength(15);
    expect(parts(row(1))).toEqual(['wait-queue', 'execution', 'transition', 'baseline', 'baseline-p50', 'critical']);
    expect(row(1)).toHaveTextContent('2.4x');
    expect(row(1)).toHaveTextContent('slow: 2.4x of the baseline p50');
    expect(row(1)).toHaveTextContent('9.80 s / 14.6 s');
    expect(row(1)).toHaveTextContent('16%');
  });

  it('leads to the slowest step, also where it is out of sight', async () => {
    const slow = loopRows(6, 1).map((row) => (row.job === 'b5c' ? { ...row, duration: 60 } : row));
    render(panel({ series: [flowStepsFrame([etlRows()[0], ...slow])] }));
    expect(screen.getAllByTestId('flow-steps-row')).toHaveLength(2);
    await userEvent.click(screen.getByRole('button', { name: /^Slowest: c 1 min/ }));
    const reached = document.activeElement as HTMLElement;
    expect(reached).toHaveAttribute('data-testid', 'flow-steps-row');
    expect(reached).toHaveTextContent('c');
    expect(reached).toHaveTextContent('slow: 29x of the baseline p50');
    await userEvent.click(screen.getByRole('button', { name: /^Slowest: c 1 min/ }));
    expect(document.activeElement).toBe(reached);
  });

  it('goes to the next and the previous finding with the keys ] and [', async () => {
    render(panel());
    act(() => row(0).focus());
    await userEvent.keyboard(']');
    expect(document.activeElement).toHaveTextContent('extract_orders');
    await userEvent.keyboard(']');
    expect(document.activeElement).toHaveAttribute('aria-level', '4'); // in an iteration of a loop that was closed
    expect(document.activeElement).toHaveTextContent('slow: ');
    fireEvent.keyDown(document.activeElement!, { key: '[', ctrlKey: true, altKey: true });
    expect(document.activeElement).toHaveTextContent('extract_orders');
    act(() => screen.getByRole('button', { name: /^Longest wait: g/ }).focus());
    await userEvent.keyboard('[[');
    expect(document.activeElement).toHaveTextContent('42.2 s waiting for an approval before');
  });

  it('tells waits, retries, errors and collapsed loops in words', () => {
    render(panel());
    expect(row(2)).toHaveTextContent('24 iterations, slowest [5] 15.3 s, 1 failed');
    expect(row(3)).toHaveTextContent('error: HTTPError: 503 Service Unavailable');
    expect(row(4)).toHaveTextContent('retry #2');
    expect(parts(row(4))).toContain('wait-retry');
    expect(parts(row(6))).toContain('wait-approval');
    expect(row(6)).toHaveTextContent('42.2 s waiting for an approval before');
    expect(row(9)).toHaveTextContent('skipped');
  });

  it('labels a job that a script launched, below the bar of that script', () => {
    const [run, a] = etlRows();
    const launched = { job: 'l', parent: 'a', depth: 2, path: 'a/report', kind: 'launched', start: 20, duration: 200 };
    const { unmount } = render(panel({ series: [flowStepsFrame([run, a, launched])] }));
    expect(row(2)).toHaveTextContent('reportlaunched');
    expect(row(2)).toHaveTextContent('Launched job, started by a script');
    expect(row(2)).toHaveAttribute('aria-level', '3');
    expect(row(1)).toHaveAttribute('aria-expanded', 'true');
    unmount();
    render(panel({ series: [flowStepsFrame([run, a, launched])], width: 300 }));
    expect(row(2)).not.toHaveTextContent('reportlaunched');
    expect(row(2)).toHaveTextContent('Launched job, started by a script');
  });

  it('tells the set-up of a step from its work, where the frame does', () => {
    const [run, a] = etlRows();
    render(panel({ series: [flowStepsFrame([run, { ...a, setup: 4.5, work: 19.2 }])] }));
    expect(parts(row(1))).toContain('setup');
    expect(row(1)).toHaveTextContent('4.50 s of set-up');
    expect(screen.getByRole('list', { name: 'Legend' })).toHaveTextContent('Set-up of an execution');
  });

  it('draws no set-up from a frame without the column', () => {
    render(panel({ series: [without(flowStepsFrame(etlRows()), 'setup', 'work')] }));
    expect(parts(row(1))).not.toContain('setup');
    expect(screen.getByRole('list', { name: 'Legend' })).not.toHaveTextContent('Set-up');
  });

  it('leaves out what the options switch off', () => {
    render(
      panel({ options: { showBaselines: false, showCriticalPath: false, showLegend: false, columns: ['duration'] } })
    );
    expect(parts(row(1))).toEqual(['wait-queue', 'execution', 'transition']);
    expect(screen.queryByRole('list', { name: 'Legend' })).not.toBeInTheDocument();
    expect(screen.getAllByRole('columnheader')).toHaveLength(3);
  });

  it('draws rows without times, and a frame of another origin with the least fields', () => {
    const bare: Row[] = [{ ...etlRows()[0], start: null, duration: null, wait: undefined, baseline: undefined }];
    render(panel({ series: [flowStepsFrame(bare)] }));
    expect(row(0)).toHaveTextContent('no times known');
  });

  it('says why there is nothing to draw', () => {
    render(panel({ series: [] }));
    expect(screen.getByRole('status')).toHaveTextContent('No data. Choose the query type Steps of a run');
  });

  it('draws the first of several runs and says so', () => {
    render(panel({ series: [flowStepsFrame(etlRows(), 'run-1'), flowStepsFrame(etlRows(), 'run-2')] }));
    expect(screen.getByText('2 runs in the data. Shown:')).toBeInTheDocument();
    expect(screen.getByRole('combobox', { name: 'Run to show' })).toBeInTheDocument();
  });

  it('keeps the number of rows in the document small for 10,000 rows', async () => {
    render(panel({ series: [flowStepsFrame([etlRows()[0], ...loopRows(3333, 1)])] }));
    await userEvent.click(screen.getByRole('button', { name: 'Expand all' }));
    expect(screen.getByRole('treegrid')).toHaveAttribute('aria-rowcount', '10002');
    expect(screen.getAllByTestId('flow-steps-row').length).toBeLessThan(50);
    fireEvent.scroll(screen.getByRole('treegrid'), { target: { scrollTop: 28 * 6000 } });
    expect(screen.getAllByTestId('flow-steps-row').length).toBeLessThan(50);
    expect(document.querySelector('[data-index="6010"]')).toBeInTheDocument();
  });

  it('has nothing that axe finds wrong', async () => {
    const { container } = render(panel());
    expect(await accessibilityProblems(container)).toEqual([]);
  });
});

describe('the tree', () => {
  it('opens and closes with its arrow and its buttons, and keeps that over a refresh', async () => {
    const { rerender } = render(panel());
    await userEvent.click(row(2).querySelector('[data-toggle]')!);
    expect(row(2)).toHaveAttribute('aria-expanded', 'true');
    expect(screen.getByRole('treegrid')).toHaveAttribute('aria-rowcount', String(16 + 72));
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
    rerender(panel());
    expect(row(2)).toHaveAttribute('aria-expanded', 'true');
    await userEvent.click(screen.getByRole('button', { name: 'Collapse all' }));
    expect(screen.getAllByTestId('flow-steps-row')).toHaveLength(9);
  });

  it('follows the keys of a tree grid', async () => {
    render(panel());
    act(() => row(0).focus());
    expect(row(0)).toHaveAttribute('tabindex', '0');
    await userEvent.keyboard('{ArrowDown}{ArrowDown}');
    expect(row(2)).toHaveFocus();
    await userEvent.keyboard('{ArrowRight}');
    expect(row(2)).toHaveAttribute('aria-expanded', 'true');
    await userEvent.keyboard('{ArrowRight}');
    expect(row(3)).toHaveFocus();
    expect(row(3)).toHaveAttribute('aria-level', '3');
    await userEvent.keyboard('{ArrowLeft}{ArrowLeft}{ArrowLeft}');
    expect(row(2)).toHaveFocus();
    expect(row(2)).toHaveAttribute('aria-expanded', 'false');
    await userEvent.keyboard('{End}');
    expect(row(14)).toHaveFocus();
    expect(screen.getAllByTestId('flow-steps-row').filter((element) => element.tabIndex === 0)).toHaveLength(1);
  });

  it('shows the facts of the row with the focus until Escape', async () => {
    render(panel());
    act(() => row(0).focus());
    await userEvent.keyboard('{ArrowDown}');
    const tooltip = screen.getByRole('tooltip');
    expect(tooltip).toHaveTextContent('f/etl/extract_orders');
    expect(tooltip).toHaveTextContent('wk-default-worker-1-x7Q2a');
    expect(row(1)).toHaveAttribute('aria-describedby', tooltip.id);
    await userEvent.keyboard('{Escape}');
    expect(screen.queryByRole('tooltip')).not.toBeInTheDocument();
    expect(row(1)).toHaveFocus();
  });

  it('shows them for the pointer too', async () => {
    render(panel());
    await userEvent.hover(row(3));
    expect(await screen.findByRole('tooltip')).toHaveTextContent('Traceback');
    await userEvent.unhover(row(3));
    expect(screen.queryByRole('tooltip')).not.toBeInTheDocument();
  });
});

describe('the details', () => {
  it('open with a click and hold facts and safe links', async () => {
    render(panel());
    await userEvent.click(row(1));
    const dialog = screen.getByRole('dialog');
    expect(dialog).toHaveTextContent('slow: 2.4x of the baseline p50');
    const job = within(dialog).getByRole('link', { name: 'Windmill job' });
    expect(job).toHaveAttribute('href', expect.stringContaining('https://windmill.example.com/run/'));
    expect(job).toHaveAttribute('target', '_blank');
    expect(job).toHaveAttribute('rel', 'noopener noreferrer');
    expect(within(dialog).getByRole('link', { name: 'Trace' })).toBeInTheDocument();
    expect(within(dialog).getByRole('link', { name: 'Logs' })).toBeInTheDocument();
    expect(within(dialog).getByRole('link', { name: 'Baseline' })).toBeInTheDocument();
    expect(await accessibilityProblems(dialog)).toEqual([]);
    await userEvent.click(document.body);
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
  });

  it('copy the id, a link, and all of a long error', async () => {
    const writeText = jest.fn((_: string) => Promise.resolve());
    const user = userEvent.setup();
    Object.defineProperty(window, 'isSecureContext', { value: true, configurable: true });
    Object.defineProperty(navigator, 'clipboard', { value: { writeText }, configurable: true });
    const error = Array.from({ length: 20 }, (_, line) => `line ${line}`).join('\n');
    const failed = etlRows().map((candidate) => (candidate.job === 'e1' ? { ...candidate, error } : candidate));
    window.history.replaceState(null, '', '/d/x?from=now-1h&to=now&var-flow=f');
    render(panel({ series: [flowStepsFrame(failed, 'run-1')] }));
    await user.click(row(3));
    const dialog = screen.getByRole('dialog');
    const text = within(dialog).getByRole('region', { name: 'Error' });
    expect(text).toHaveTextContent('line 19');
    expect(text).toHaveAttribute('tabindex', '0');
    const clamped = [...document.styleSheets]
      .flatMap((sheet) => [...sheet.cssRules])
      .filter((rule) => rule.cssText.includes('line-clamp'));
    const isClamped = (element: Element) =>
      clamped.some((rule) => [...element.classList].some((name) => rule.cssText.includes(`.${name} `)));
    expect([...text.querySelectorAll('span')].some(isClamped)).toBe(false);
    await user.click(within(dialog).getByRole('button', { name: 'Copy error' }));
    await user.click(within(dialog).getByRole('button', { name: 'Copy job id' }));
    await user.click(within(dialog).getByRole('button', { name: 'Copy link' }));
    const [[copiedError], [id], [link]] = writeText.mock.calls;
    expect(copiedError).toBe(error);
    expect(id).toBe('e1');
    const url = new URL(link);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      from: String(RUN_START),
      to: String(RUN_START + 3600_000),
      'var-flow': 'f',
      'fs0-run': 'A/0/run-1',
      'fs0-step': 'e1',
    });
    expect(await accessibilityProblems(dialog)).toEqual([]);
  });

  it('offer no id of a row that is no job, and leave the time range of Explore alone', async () => {
    const writeText = jest.fn((_: string) => Promise.resolve());
    const user = userEvent.setup();
    Object.defineProperty(window, 'isSecureContext', { value: true, configurable: true });
    Object.defineProperty(navigator, 'clipboard', { value: { writeText }, configurable: true });
    window.history.replaceState(null, '', '/explore?panes=1');
    render(panel());
    await user.click(row(2));
    expect(screen.queryByRole('button', { name: 'Copy job id' })).not.toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Copy link' }));
    const { searchParams } = new URL(writeText.mock.calls[0][0]);
    expect(searchParams.has('from')).toBe(false);
    expect(searchParams.get('fs0-step')).toBe('run/loop:b');
  });

  it('open with Enter, close with Escape and give the focus back', async () => {
    render(panel());
    act(() => row(0).focus());
    await userEvent.keyboard('{ArrowDown}{Enter}');
    expect(screen.getByRole('dialog')).toHaveFocus();
    expect(screen.queryByRole('tooltip')).not.toBeInTheDocument();
    await userEvent.keyboard('{Escape}');
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
    expect(row(1)).toHaveFocus();
    expect(screen.queryByRole('tooltip')).not.toBeInTheDocument();
  });

  it("hands a click to Grafana's own action, but not one with a modifier key", async () => {
    const onClick = jest.fn();
    const frame = flowStepsFrame(etlRows());
    const origin = frame.fields[0];
    origin.getLinks = () => [{ title: 'Split', href: '#split', target: undefined, origin, onClick }];
    render(panel({ series: [frame] }));
    await userEvent.click(row(1));
    const link = within(screen.getByRole('dialog')).getByRole('link', { name: 'Split' });
    fireEvent.click(link, { ctrlKey: true });
    expect(onClick).not.toHaveBeenCalled();
    await userEvent.click(row(2));
    await userEvent.keyboard('{Escape}');
    await userEvent.click(row(1));
    fireEvent.click(within(screen.getByRole('dialog')).getByRole('link', { name: 'Split' }));
    expect(onClick).toHaveBeenCalledTimes(1);
  });
});
