import { CoreApp } from '@grafana/data';
import { act, screen, within } from '@testing-library/react';

import { QUERY_TYPES } from '../../query/queryTypes';
import { accessibilityProblems } from '../../testing/accessibility';
import { giveElementsASize } from '../../testing/layout';
import { setup } from '../../testing/queryEditor';
import { type WindmillQuery } from '../../types';

const RUN = '0199c3a2-5d1e-7f00-8a4b-1c2d3e4f5a6b';

beforeAll(giveElementsASize);

const NOT_OF_METRICS = ['Worker', 'Outcome', 'Job id', 'Root job', 'Parent job'];
const ALL_FILTERS = ['Workspace', 'Flow', 'Step', 'Script path', 'Worker tag', 'Language', ...NOT_OF_METRICS];

const ALL_OPTIONS = [
  'Run id',
  'Compare with run',
  'Measure',
  'Quantiles',
  'Compare with',
  'Minimum duration',
  'Search',
  'Limit',
  'Slower by (%)',
  'Minimum calls',
  'Baseline window',
  'Source',
  'Order',
  'Follow',
];

describe('query type', () => {
  it.each([
    [CoreApp.PanelEditor, 'Step latency'],
    [CoreApp.Explore, 'Runs'],
  ])('is the default that Grafana asks in %s for a query without one', async (app, label) => {
    const { user, last } = await setup({}, { app });
    expect(screen.getByLabelText('Query type')).toHaveValue(label);
    await user.click(screen.getByLabelText('Query type'));
    await user.click(await screen.findByRole('option', { name: /^Step statistics/ }));
    expect(last()).toEqual(expect.objectContaining({ refId: 'A', queryType: 'step-stats' }));
  });

  it('is chosen from a list that says what each one gives', async () => {
    const { user, last, onRunQuery } = await setup({ queryType: 'flow-runs' });
    await user.click(screen.getByLabelText('Query type'));
    const options = await screen.findAllByRole('option');
    // The list draws those in view only.
    expect(options.slice(0, 3).map((option) => option.textContent)).toEqual([
      expect.stringMatching(/^RunsThe runs/),
      expect.stringMatching(/^Steps of a runEvery step/),
      expect.stringMatching(/^Step statisticsCalls/),
    ]);
    await user.click(options[1]);
    expect(last().queryType).toBe('flow-steps');
    expect(onRunQuery).toHaveBeenCalledTimes(1);
    expect(screen.getByLabelText('Run id')).toBeInTheDocument();
  });

  it.each<[WindmillQuery['queryType'], string[]]>([
    ['flow-runs', ['Minimum duration', 'Limit', 'Baseline window', 'Follow']],
    ['flow-steps', ['Run id', 'Minimum duration', 'Baseline window', 'Follow']],
    ['step-stats', ['Compare with', 'Slower by (%)', 'Minimum calls', 'Source']],
    ['step-latency', ['Measure', 'Quantiles', 'Source']],
    ['step-contribution', ['Measure', 'Source']],
    ['step-heatmap', ['Source']],
    ['step-regressions', ['Measure', 'Compare with', 'Slower by (%)', 'Minimum calls', 'Source']],
    ['run-grid', ['Measure', 'Minimum duration', 'Limit', 'Baseline window']],
    ['run-compare', ['Run id', 'Compare with run', 'Baseline window']],
    ['step-map', ['Limit']],
    ['run-trace', ['Run id']],
    ['step-logs', ['Run id', 'Search', 'Limit', 'Order', 'Follow']],
    ['deployments', ['Limit']],
  ])('%s shows its options only', async (queryType, labels) => {
    const { offeredFilters, unfold } = await setup({ queryType });
    if (screen.queryByRole('button', { name: /^Options/ })) {
      await unfold();
    }
    const shown = ALL_OPTIONS.filter((label) => screen.queryByLabelText(label));
    expect(shown).toEqual(labels);
    const noJobs = queryType?.startsWith('step-') && queryType !== 'step-map' && queryType !== 'step-logs';
    const ofJobs = !noJobs && queryType !== 'deployments';
    const offered = await offeredFilters();
    expect(ALL_FILTERS.filter((label) => !offered.includes(label))).toEqual(ofJobs ? [] : [...NOT_OF_METRICS]);
  });

  it('keeps filters in view that were set for another type', async () => {
    await setup({ queryType: 'step-stats', filters: { worker: ['w1'], rootJob: [RUN] } });
    expect(screen.getByLabelText('Worker')).toBeInTheDocument();
    expect(screen.getByLabelText('Root job')).toBeInTheDocument();
    expect(screen.queryByLabelText('Job id')).not.toBeInTheDocument();
  });

  it('can be missing', async () => {
    await setup({});
    expect(screen.getByPlaceholderText('Choose what to ask for')).toBeInTheDocument();
    expect(screen.queryByLabelText('Flow')).not.toBeInTheDocument();
  });

  it('of a later version is named', async () => {
    await setup({ queryType: 'from-the-future' as WindmillQuery['queryType'] });
    expect(screen.getByText(/does not know the query type "from-the-future"/)).toBeInTheDocument();
  });
});

describe('run id', () => {
  it('is the latest run when empty, and runs when Enter is pressed', async () => {
    const { user, last, onRunQuery } = await setup({ queryType: 'flow-steps' });
    const input = screen.getByPlaceholderText('Latest run that matches');
    await user.click(input);
    await user.paste(` ${RUN} `);
    await user.keyboard('{Enter}');
    expect(last().runId).toBe(RUN);
    expect(onRunQuery).toHaveBeenCalledTimes(1);
  });

  it('runs on blur, and only when it changed', async () => {
    const { user, onRunQuery } = await setup({ queryType: 'flow-steps', runId: RUN });
    await user.click(screen.getByLabelText('Run id'));
    await user.tab();
    expect(onRunQuery).not.toHaveBeenCalled();
    await user.clear(screen.getByLabelText('Run id'));
    await user.tab();
    expect(onRunQuery).toHaveBeenCalledTimes(1);
  });

  it('that is no job id is explained and not sent', async () => {
    const { user, onChange } = await setup({ queryType: 'flow-steps' });
    const input = screen.getByLabelText('Run id');
    await user.type(input, 'nonsense{Enter}');
    expect(screen.getByText(/Job ids look like/)).toBeInTheDocument();
    expect(input).toHaveAccessibleDescription(/Job ids look like/);
    expect(onChange).not.toHaveBeenCalled();
  });

  it('follows a change from outside', async () => {
    const { replace } = await setup({ queryType: 'flow-steps' });
    act(() => replace({ refId: 'A', queryType: 'flow-steps', runId: RUN }));
    expect(screen.getByLabelText('Run id')).toHaveValue(RUN);
  });
});

describe('in alert rules', () => {
  it('only what can be alerted on is offered, with a hint', async () => {
    const { user } = await setup({ queryType: 'step-latency' }, { app: CoreApp.UnifiedAlerting });
    expect(screen.getByText('One alert per step and quantile')).toBeInTheDocument();
    await user.click(screen.getByLabelText('Query type'));
    expect((await screen.findAllByRole('option')).map((option) => option.textContent)).toEqual([
      expect.stringMatching(/^Step latency/),
      expect.stringMatching(/^Step contribution/),
      expect.stringMatching(/^Step regressions/),
    ]);
  });

  it.each([
    ['step-contribution', 'One alert per step'],
    ['step-regressions', 'One alert per step that became slower'],
  ] as const)('%s says what an alert is made of', async (queryType, title) => {
    await setup({ queryType }, { app: CoreApp.UnifiedAlerting });
    expect(screen.getByText(title)).toBeInTheDocument();
  });

  it('another type is kept, and said to be of no use', async () => {
    const { user } = await setup({ queryType: 'flow-steps' }, { app: CoreApp.UnifiedAlerting });
    expect(screen.getByText('Alert rules cannot use "Steps of a run"')).toBeInTheDocument();
    await user.click(screen.getByLabelText('Query type'));
    const options = await screen.findAllByRole('option');
    expect(options).toHaveLength(4);
    expect(within(options[0]).getByText('Steps of a run')).toBeInTheDocument();
  });
});

it.each(QUERY_TYPES.map((type) => type.value))('%s is accessible', async (queryType) => {
  const { container } = await setup({ queryType, filters: { step: ['a'], jobId: ['nonsense'] } });
  expect(await accessibilityProblems(container)).toEqual([]);
});
