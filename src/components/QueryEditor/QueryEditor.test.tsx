import { CoreApp, dateTime, LoadingState, type PanelData, type TimeRange } from '@grafana/data';
import { act, render, screen, waitFor, within } from '@testing-library/react';
import React, { useState } from 'react';

import { QUERY_TYPES } from '../../query/queryTypes';
import { accessibilityProblems } from '../../testing/accessibility';
import { testDatasource } from '../../testing/datasource';
import { giveElementsASize } from '../../testing/layout';
import { fakeTemplateSrv } from '../../testing/templateSrv';
import { testUser } from '../../testing/user';
import { type CompareWith, type TagValues, type WindmillQuery } from '../../types';
import { QueryEditor } from './QueryEditor';

const RUN = '0199c3a2-5d1e-7f00-8a4b-1c2d3e4f5a6b';
const RANGE: TimeRange = {
  from: dateTime(1_700_000_000_000),
  to: dateTime(1_700_003_600_000),
  raw: { from: 'now-1h', to: 'now' },
};

interface Setup {
  app?: CoreApp;
  /** What the panel shows. */
  data?: PanelData;
  values?: (tag: string) => Promise<TagValues> | TagValues;
}

/** The editor as Grafana hosts it: what it changes comes back as its query. */
async function setup(initial: Partial<WindmillQuery>, { app = CoreApp.Explore, values, data }: Setup = {}) {
  const { datasource, getResource } = testDatasource(values, fakeTemplateSrv({ flow: { value: 'f/a' } }));
  const onChange = jest.fn();
  const onRunQuery = jest.fn();
  let replace: (query: WindmillQuery) => void = () => {};

  function Host() {
    const [query, setQuery] = useState<WindmillQuery>({ refId: 'A', ...initial });
    replace = setQuery;
    return (
      <QueryEditor
        datasource={datasource}
        query={query}
        range={RANGE}
        app={app}
        data={data}
        onRunQuery={onRunQuery}
        onChange={(next) => {
          onChange(next);
          setQuery(next);
        }}
      />
    );
  }
  const view = render(<Host />);
  // The menus find their place a moment later.
  await act(async () => {});
  const last = (): WindmillQuery => onChange.mock.lastCall?.[0];
  const user = testUser();
  const unfold = () => user.click(screen.getByRole('button', { name: /^Options/ }));
  const offeredFilters = async () => {
    await user.click(screen.getByRole('button', { name: 'Filter' }));
    const items = await screen.findAllByRole('menuitem');
    return items.map((item) => item.querySelector('span')?.textContent ?? '');
  };
  /** Adds a filter and opens its values. */
  const addFilter = async (label: string) => {
    await user.click(screen.getByRole('button', { name: 'Filter' }));
    await user.click(await screen.findByRole('menuitem', { name: new RegExp(`^${label}`) }));
    const field = await screen.findByLabelText(label);
    await user.click(field);
    return field;
  };
  return {
    ...view,
    user,
    unfold,
    offeredFilters,
    addFilter,
    onChange,
    onRunQuery,
    getResource,
    last,
    replace: (q: WindmillQuery) => replace(q),
  };
}

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

describe('filters', () => {
  const flows: Setup = { values: () => ({ values: ['f/team/etl', 'f/team/report'], truncated: false }) };

  it('are added one by one, and run the query when they have a value', async () => {
    const { addFilter, onChange, offeredFilters } = await setup({ queryType: 'flow-runs' });
    expect(screen.queryByLabelText('Flow')).not.toBeInTheDocument();
    await addFilter('Flow');
    expect(onChange).not.toHaveBeenCalled();
    expect(await offeredFilters()).not.toContain('Flow');
  });

  it('offer the variables and what Tempo has seen', async () => {
    const { user, last, getResource, onRunQuery, addFilter } = await setup(
      { queryType: 'flow-runs', filters: { tag: ['x'] } },
      flows
    );
    await addFilter('Flow');
    await user.click(await screen.findByRole('option', { name: /f\/team\/etl/ }));
    expect(last().filters).toEqual({ tag: ['x'], flow: ['f/team/etl'] });
    expect(onRunQuery).toHaveBeenCalledTimes(1);
    expect(screen.getByRole('option', { name: '$flow' })).toBeInTheDocument();
    expect(getResource).toHaveBeenCalledWith('tag-values', {
      tag: 'flow',
      from: RANGE.from.valueOf(),
      to: RANGE.to.valueOf(),
      filters: JSON.stringify({ tag: ['x'] }),
    });
  });

  it('narrow the list as one types, and take any other value', async () => {
    const { user, last, addFilter } = await setup({ queryType: 'flow-runs' }, flows);
    await user.type(await addFilter('Flow'), 'REPORT');
    await waitFor(() => expect(screen.queryByRole('option', { name: /etl/ })).not.toBeInTheDocument());
    await screen.findByRole('option', { name: /f\/team\/report/ });
    await user.click(await screen.findByRole('option', { name: /custom value/ }));
    expect(last().filters).toEqual({ flow: ['REPORT'] });
  });

  it('say when there are more values than shown', async () => {
    const { addFilter } = await setup(
      { queryType: 'flow-runs' },
      { values: () => ({ values: ['a'], truncated: true }) }
    );
    await addFilter('Step');
    expect(await screen.findByText('More values exist: type one in full')).toBeInTheDocument();
  });

  it('say why there are no values, and still take a typed one', async () => {
    const { user, last, addFilter } = await setup(
      { queryType: 'flow-runs' },
      { values: () => Promise.reject(fetchError()) }
    );
    const step = await addFilter('Step');
    expect(await screen.findByText('No values to choose from: Tempo refused the credentials.')).toBeInTheDocument();
    await user.type(step, 'a');
    await user.click(await screen.findByRole('option', { name: /custom value/ }));
    expect(last().filters).toEqual({ step: ['a'] });
  });

  it('have a fixed list of outcomes, without asking', async () => {
    const { user, last, getResource, addFilter } = await setup({ queryType: 'flow-runs' });
    await addFilter('Outcome');
    const options = await screen.findAllByRole('option');
    expect(options.map((option) => option.textContent)).toEqual([
      'ok',
      'error',
      'recovered',
      'skipped',
      'canceled',
      'running',
    ]);
    await user.click(options[1]);
    expect(last().filters).toEqual({ outcome: ['error'] });
    expect(getResource).not.toHaveBeenCalled();
  });

  it('have an operator', async () => {
    const { user, last } = await setup({ queryType: 'flow-runs', filters: { step: ['a'] } });
    await user.click(screen.getByLabelText('Step operator'));
    await user.click(await screen.findByRole('option', { name: /^!=/ }));
    expect(last().filters).toEqual({ step: { op: '!=', values: ['a'] } });
    expect(screen.getByLabelText('Step operator')).toHaveValue('!=');
    await user.click(screen.getByLabelText('Step operator'));
    await user.click(await screen.findByRole('option', { name: /^= ?One of these values/ }));
    expect(last().filters).toEqual({ step: ['a'] });
  });

  it('remember an operator that was chosen before the values', async () => {
    const { user, last, addFilter, onChange } = await setup({ queryType: 'flow-runs' }, flows);
    await addFilter('Flow');
    await user.click(screen.getByLabelText('Flow operator'));
    await user.click(await screen.findByRole('option', { name: /^=~/ }));
    expect(onChange).not.toHaveBeenCalled();
    await user.click(screen.getByLabelText('Flow'));
    await user.paste('f/team/.*');
    await user.click(await screen.findByRole('option', { name: /custom value/ }));
    expect(last().filters).toEqual({ flow: { op: '=~', values: ['f/team/.*'] } });
  });

  it('show several conditions on one tag, and what is no regular expression', async () => {
    const worker: WindmillQuery['filters'] = {
      worker: [
        { op: '=~', values: ['wk-('] },
        { op: '!=', values: ['wk-1'] },
      ],
    };
    const { user, last } = await setup({ queryType: 'flow-runs', filters: worker });
    expect(screen.getByText(/"wk-\(" is not a regular expression/)).toBeInTheDocument();
    await user.click(screen.getAllByRole('button', { name: 'Remove filter Worker' })[0]);
    expect(last().filters).toEqual({ worker: { op: '!=', values: ['wk-1'] } });
  });

  it('that no job can match are shown as such', async () => {
    await setup({ queryType: 'flow-runs', filters: { flow: { op: '=', values: [] } } });
    expect(screen.getByPlaceholderText('Nothing')).toBeInTheDocument();
  });

  it('are removed value by value, or whole', async () => {
    const filters = { step: ['a', 'b'], tag: 'x' };
    const { user, last, onRunQuery } = await setup({ queryType: 'flow-runs', filters });
    await user.click(screen.getByRole('button', { name: /Remove a$/ }));
    expect(last().filters).toEqual({ step: ['b'], tag: ['x'] });
    await user.click(screen.getByRole('button', { name: 'Remove filter Worker tag' }));
    expect(last().filters).toEqual({ step: ['b'] });
    expect(onRunQuery).toHaveBeenCalledTimes(2);
  });

  it('by id say what is wrong with them', async () => {
    await setup({ queryType: 'flow-runs', filters: { jobId: ['nonsense'] } });
    expect(screen.getByText(/Job ids look like/)).toBeInTheDocument();
  });
});

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

function fetchError() {
  return {
    status: 502,
    statusText: 'Bad Gateway',
    data: { message: 'Tempo refused the credentials.' },
    config: { url: '' },
  };
}

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
