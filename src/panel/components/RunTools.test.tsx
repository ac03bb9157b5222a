import { act, configure, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';

import { locationService } from '@grafana/runtime';

import '../testing/jsdom';
import { accessibilityProblems } from '../../testing/accessibility';
import { etlRows, flowStepsFrame, panelData } from '../testing/fixture';
import { FlowStepsPanel } from './FlowStepsPanel';

// Finding out for every element whether it is hidden takes jsdom seconds.
configure({ defaultHidden: true });
jest.setTimeout(60_000);

function panel(width = 1280, runs = ['run-1']) {
  return (
    <FlowStepsPanel
      id={3}
      data={panelData(runs.map((run) => flowStepsFrame(etlRows(), run)))}
      width={width}
      height={640}
      timeZone="utc"
      replaceVariables={(text) => text}
    />
  );
}

const rows = () => screen.getAllByTestId('flow-steps-row');
const dimmed = () => rows().filter((row) => row.dataset.dimmed !== undefined);
const pill = (name: RegExp | string) => screen.getByRole('button', { name });
const search = () => screen.getByRole('textbox', { name: 'Find a step, worker or path' });
const address = () => locationService.getSearchObject();

beforeEach(() => locationService.push('/d/x?from=1'));

describe('the filter of rows', () => {
  it('dims the rows that do not match, and hides them if asked to', async () => {
    render(panel());
    const all = rows().length;
    expect(dimmed()).toHaveLength(0);
    await userEvent.click(pill('Failed 2'));
    expect(pill('Failed 2')).toHaveAttribute('aria-pressed', 'true');
    expect(screen.getByRole('status')).toHaveTextContent('2 matches');
    expect(rows()).toHaveLength(all);
    // The run, the loop that holds a failed step, and the step that failed are not.
    expect(dimmed()).toHaveLength(all - 3);
    await userEvent.click(pill('Only matches'));
    expect(rows().map((row) => row.getAttribute('aria-level'))).toEqual(['1', '2', '3', '4', '2']);
    expect(dimmed()).toHaveLength(0);
    await userEvent.click(pill('Failed 2'));
    expect(rows()).toHaveLength(all);
  });

  it('finds by words, and Enter goes to the first match', async () => {
    render(panel());
    await userEvent.type(search(), 'notify #2{Enter}');
    expect(screen.getByRole('status')).toHaveTextContent('1 match');
    expect(document.activeElement).toHaveTextContent('retry #2');
  });

  it('does not keep a jump from its row', async () => {
    render(panel());
    await userEvent.type(search(), 'notify');
    await userEvent.click(pill('Only matches'));
    expect(rows()).toHaveLength(3);
    await userEvent.click(pill(/^Slowest: a /));
    expect(document.activeElement).toHaveTextContent('extract_orders');
    expect(pill('Only matches')).toHaveAttribute('aria-pressed', 'false');
  });

  it('opens what holds a match, whatever was closed before, and closes it if the reader does', async () => {
    render(panel());
    await userEvent.click(pill('Collapse all'));
    await userEvent.click(pill('Failed 2'));
    await userEvent.click(pill('Only matches'));
    expect(rows()).toHaveLength(5);
    await userEvent.click(rows()[1].querySelector('[data-toggle]')!);
    expect(rows()).toHaveLength(3);
    await userEvent.type(search(), 'load');
    expect(rows()).toHaveLength(4);
    await userEvent.click(pill('Collapse all'));
    expect(rows()).toHaveLength(2);
    await userEvent.click(pill('Expand all'));
    expect(rows()).toHaveLength(4);
    await userEvent.click(pill('Only matches'));
    // As it was without the filter: all closed but the run.
    expect(rows()).toHaveLength(9);
  });

  it('says so when nothing matches', async () => {
    const { container } = render(panel());
    await userEvent.type(search(), 'nothing has this');
    await userEvent.click(pill('Only matches'));
    expect(screen.getByRole('status')).toHaveTextContent('0 matches');
    expect(rows()).toHaveLength(1);
    expect(await accessibilityProblems(container)).toEqual([]);
  });

  it('is folded in a narrow panel, and leaves its letters to the search box', async () => {
    render(panel(360));
    expect(screen.queryByRole('textbox')).not.toBeInTheDocument();
    const button = pill('Filter rows');
    expect(button).toHaveAttribute('aria-expanded', 'false');
    await userEvent.click(button);
    await userEvent.type(search(), '[[]');
    expect(search()).toHaveValue('[]');
    expect(search()).toHaveFocus();
  });

  it('has nothing that axe finds wrong', async () => {
    const { container } = render(panel());
    await userEvent.click(pill('Failed 2'));
    expect(await accessibilityProblems(container)).toEqual([]);
  });
});

describe('the address', () => {
  it('keeps what the reader looks at, beside what else it says', async () => {
    render(panel());
    await userEvent.click(pill('Failed 2'));
    await userEvent.click(pill('Only matches'));
    await userEvent.click(rows()[4]);
    await waitFor(() =>
      expect(address()).toEqual({
        from: '1',
        'fs3-show': 'failed',
        'fs3-only': true,
        'fs3-run': 'A/0/run-1',
        'fs3-step': 'e1',
      })
    );
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(address()).not.toHaveProperty('fs3-step'));
  });

  it('opens a step wherever it is, of the run that it says', async () => {
    locationService.push('/d/x?fs3-step=b17d&fs3-run=A%2F1%2Frun-2&fs4-step=a');
    render(panel(1280, ['run-1', 'run-2']));
    const dialog = await screen.findByRole('dialog');
    expect(dialog).toHaveTextContent('UniqueViolation');
    expect(screen.getByRole('combobox', { name: 'Run to show' })).toHaveDisplayValue(/f\/etl\/nightly_orders/);
    await userEvent.keyboard('{Escape}');
    expect(document.activeElement).toHaveTextContent('load_rows');
  });

  it('is followed when a link changes it, and another step closes the first', async () => {
    render(panel());
    act(() => locationService.push('/d/x?fs3-step=a'));
    expect(await screen.findByRole('dialog')).toHaveTextContent('extract_orders');
    act(() => locationService.push('/d/x?fs3-step=e2'));
    await waitFor(() => expect(screen.getByRole('dialog')).toHaveTextContent('notify_erp'));
    act(() => locationService.push('/d/x'));
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
  });

  it('of a step that is not there opens nothing', () => {
    locationService.push('/d/x?fs3-step=gone');
    render(panel());
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
  });

  it('is not needed', async () => {
    const broken = () => {
      throw new Error('no router');
    };
    const spies = (['getSearchObject', 'partial', 'getHistory'] as const).map((name) =>
      jest.spyOn(locationService, name).mockImplementation(broken)
    );
    render(panel());
    await userEvent.click(pill('Failed 2'));
    await act(() => new Promise((resolve) => setTimeout(resolve, 400)));
    expect(spies[1]).toHaveBeenCalled();
    expect(screen.getByRole('status')).toHaveTextContent('2 matches');
    spies.forEach((spy) => spy.mockRestore());
  });
});
