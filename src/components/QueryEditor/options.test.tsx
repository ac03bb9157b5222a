import { LoadingState, type PanelData } from '@grafana/data';
import { screen } from '@testing-library/react';

import { accessibilityProblems } from '../../testing/accessibility';
import { giveElementsASize } from '../../testing/layout';
import { RANGE, setup } from '../../testing/queryEditor';
import { type CompareWith, type WindmillQuery } from '../../types';

beforeAll(giveElementsASize);

describe('options', () => {
  it('take durations and limits when they are right', async () => {
    const { unfold, user, last } = await setup({ queryType: 'flow-runs' });
    await unfold();
    await user.type(screen.getByLabelText('Minimum duration'), '1.5s{Enter}');
    expect(last().minDuration).toBe('1.5s');
    await user.type(screen.getByLabelText('Limit'), '20{Enter}');
    expect(last()).toMatchObject({ minDuration: '1.5s', limit: 20 });
    await user.type(screen.getByLabelText('Baseline window'), '7d{Enter}');
    expect(last().baselineWindow).toBe('7d');
    await user.clear(screen.getByLabelText('Limit'));
    await user.tab();
    expect(last().limit).toBeUndefined();
  });

  it('explain what is wrong', async () => {
    const { unfold, user, onChange } = await setup({ queryType: 'flow-runs' });
    await unfold();
    await user.type(screen.getByLabelText('Minimum duration'), '5{Enter}');
    await user.type(screen.getByLabelText('Limit'), '5000{Enter}');
    expect(screen.getByText(/200ms, 1.5s, 24h or 7d/)).toBeInTheDocument();
    expect(screen.getByText(/from 1 to 1000/)).toBeInTheDocument();
    expect(onChange).not.toHaveBeenCalled();
  });

  it('take percent as a share, and numbers of calls', async () => {
    const { unfold, user, last } = await setup({ queryType: 'step-regressions' });
    await unfold();
    await user.type(screen.getByLabelText('Slower by (%)'), '12.5{Enter}');
    await user.type(screen.getByLabelText('Minimum calls'), '20{Enter}');
    expect(last()).toMatchObject({ threshold: 0.125, minCalls: 20 });
    expect(screen.getByLabelText('Slower by (%)')).toHaveValue('12.5');
    await user.clear(screen.getByLabelText('Slower by (%)'));
    await user.tab();
    expect(last().threshold).toBeUndefined();
  });

  it('take one of a few values; the first is the default and is not saved', async () => {
    const { user, last } = await setup({ queryType: 'step-regressions' });
    await user.click(screen.getByLabelText('Compare with'));
    await user.click(await screen.findByRole('option', { name: /A week ago/ }));
    expect(last().compareWith).toBe('week');
    await user.click(screen.getByLabelText('Compare with'));
    await user.click(await screen.findByRole('option', { name: /The window before/ }));
    expect(last().compareWith).toBeUndefined();
  });

  it('show a value from elsewhere as it is written', async () => {
    await setup({ queryType: 'step-stats', compareWith: '$window' as CompareWith });
    expect(screen.getByLabelText('Compare with')).toHaveValue('$window');
  });

  it('leave out quantiles where there are none, and a measure of another type', async () => {
    await setup({ queryType: 'step-latency', measure: 'errors' });
    expect(screen.queryByLabelText('Quantiles')).not.toBeInTheDocument();
    await setup({ queryType: 'run-grid', measure: 'errors' });
    expect(screen.getAllByLabelText('Measure')[1]).toHaveValue('Duration');
  });

  it('take variables where numbers are asked for', async () => {
    const { unfold, user, last } = await setup({ queryType: 'step-regressions' });
    await unfold();
    await user.type(screen.getByLabelText('Slower by (%)'), '$change{Enter}');
    await user.type(screen.getByLabelText('Minimum calls'), '$calls{Enter}');
    expect(last()).toMatchObject({ threshold: '$change', minCalls: '$calls' });
    expect(screen.getByLabelText('Slower by (%)')).toHaveValue('$change');
  });

  it('say in one line what they are set to while they are folded', async () => {
    await setup({ queryType: 'step-regressions', threshold: 0.2, minCalls: 10, compareWith: 'week' });
    expect(screen.getByRole('button', { name: 'Options: by 20 %, at least 10 calls' })).toBeInTheDocument();
    expect(screen.queryByLabelText('Minimum calls')).not.toBeInTheDocument();
  });

  it('search, follow and compare', async () => {
    const { user, last } = await setup({ queryType: 'step-logs' });
    await user.type(screen.getByLabelText('Search'), 'no such table{Enter}');
    await user.click(screen.getByLabelText('Follow'));
    expect(last()).toMatchObject({ search: 'no such table', follow: true });
    await user.click(screen.getByLabelText('Follow'));
    expect(last().follow).toBeUndefined();
  });

  it('take quantiles from the list or typed, in order', async () => {
    const { user, last } = await setup({ queryType: 'step-latency', quantiles: [0.95] });
    const quantiles = screen.getByLabelText('Quantiles');
    await user.click(quantiles);
    await user.click(await screen.findByRole('option', { name: 'p50' }));
    expect(last().quantiles).toEqual([0.5, 0.95]);
    await user.type(quantiles, 'p99.9');
    await user.click(await screen.findByRole('option', { name: /custom value/ }));
    expect(last().quantiles).toEqual([0.5, 0.95, 0.999]);
  });

  it('take a variable as a quantile', async () => {
    const { user, last } = await setup({ queryType: 'step-latency', quantiles: [0.95] });
    await user.type(screen.getByLabelText('Quantiles'), '$q');
    await user.click(await screen.findByRole('option', { name: /custom value/ }));
    expect(last().quantiles).toEqual([0.95, '$q']);
  });

  it('refuse what is no quantile', async () => {
    const { user, last } = await setup({ queryType: 'step-latency', quantiles: [0.95] });
    await user.type(screen.getByLabelText('Quantiles'), 'fast');
    await user.click(await screen.findByRole('option', { name: /custom value/ }));
    expect(screen.getByText(/"fast" is not a quantile/)).toBeInTheDocument();
    expect(last().quantiles).toEqual([0.95]);
  });
});

describe('types that read a lot', () => {
  const answered = (query: Partial<WindmillQuery>): PanelData => ({
    state: LoadingState.Done,
    series: [],
    timeRange: RANGE,
    request: {
      targets: [{ refId: 'A', datasource: { uid: 'x' }, filters: {}, ...query }],
    } as unknown as PanelData['request'],
  });

  it('run when the user says so, and say that the result is of an earlier query', async () => {
    const { user, onRunQuery, unfold, last } = await setup(
      { queryType: 'run-grid' },
      { data: answered({ queryType: 'run-grid' }) }
    );
    expect(screen.queryByRole('button', { name: 'Run query' })).not.toBeInTheDocument();
    await unfold();
    await user.type(screen.getByLabelText('Limit'), '20{Enter}');
    expect(last().limit).toBe(20);
    expect(onRunQuery).not.toHaveBeenCalled();
    expect(screen.getByText(/of the query before your changes/)).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Run query' }));
    expect(onRunQuery).toHaveBeenCalledTimes(1);
  });

  it('run at once where it is not known what was asked before', async () => {
    const { user, onRunQuery, unfold } = await setup({ queryType: 'run-grid' });
    await unfold();
    await user.type(screen.getByLabelText('Limit'), '20{Enter}');
    expect(onRunQuery).toHaveBeenCalledTimes(1);
  });

  it('of others every finished change runs', async () => {
    const { user, onRunQuery, unfold } = await setup(
      { queryType: 'flow-runs' },
      { data: answered({ queryType: 'flow-runs' }) }
    );
    await unfold();
    await user.type(screen.getByLabelText('Limit'), '20{Enter}');
    expect(onRunQuery).toHaveBeenCalledTimes(1);
    expect(screen.queryByRole('button', { name: 'Run query' })).not.toBeInTheDocument();
  });
});

it('shows the queries that an answer was made of, each once', async () => {
  const frame = (refId: string, executedQueryString: string) => ({
    refId,
    fields: [],
    length: 0,
    meta: { executedQueryString },
  });
  const series = [frame('A', '{ span.tag = "x" }\nup'), frame('A', 'up'), frame('B', 'down')];
  const data: PanelData = { state: LoadingState.Done, series, timeRange: RANGE };
  const { user, container } = await setup({ queryType: 'flow-runs' }, { data });
  await user.click(screen.getByRole('button', { name: 'Executed queries (2)' }));
  expect(screen.getByText('{ span.tag = "x" }')).toBeInTheDocument();
  expect(screen.getByText('up')).toBeInTheDocument();
  expect(screen.queryByText('down')).not.toBeInTheDocument();
  expect(await accessibilityProblems(container)).toEqual([]);
});
