import { CoreApp, dateTime, type TimeRange } from '@grafana/data';

import { testDatasource } from './testing/datasource';
import { fakeTemplateSrv } from './testing/templateSrv';
import { type FigureSource, type Measure, type WindmillQuery } from './types';

const RANGE: TimeRange = {
  from: dateTime(1_700_000_000_000),
  to: dateTime(1_700_003_600_000),
  raw: { from: 'now-1h', to: 'now' },
};

function query(changes: Partial<WindmillQuery> = {}): WindmillQuery {
  return { refId: 'A', queryType: 'flow-runs', ...changes };
}

describe('default query', () => {
  const { datasource } = testDatasource();

  it('lists runs in Explore', () => {
    expect(datasource.getDefaultQuery(CoreApp.Explore).queryType).toBe('flow-runs');
  });

  it('gives one alertable quantile in alert rules', () => {
    expect(datasource.getDefaultQuery(CoreApp.UnifiedAlerting)).toMatchObject({
      queryType: 'step-latency',
      quantiles: [0.95],
    });
  });

  it('draws a graph in a new panel', () => {
    expect(datasource.getDefaultQuery(CoreApp.PanelEditor).queryType).toBe('step-latency');
  });
});

describe('filterQuery', () => {
  const { datasource } = testDatasource();

  it.each([
    ['a query with a type', query(), true],
    ['the latest run, with nothing filled in', query({ queryType: 'flow-steps' }), true],
    ['a query that was not filled in yet', query({ queryType: undefined }), false],
    ['a hidden query', query({ hide: true }), false],
  ])('%s', (_name, value, runs) => {
    expect(datasource.filterQuery(value)).toBe(runs);
  });
});

describe('applyTemplateVariables', () => {
  const templateSrv = fakeTemplateSrv({
    run: { value: '0199c3a2-5d1e-7f00-8a4b-1c2d3e4f5a6b' },
    flow: { value: ['f/a/etl', 'f/b/report'] },
    team: { value: ['a', 'b'] },
    steps: { value: ['$__all'], options: ['a', 'b'] },
    min: { value: '2s' },
    word: { value: 'rate' },
    number: { value: '20' },
    quantiles: { value: ['0.9', 'p99.9'] },
    empty: { value: [] },
    failed: { value: '', type: 'query' },
    text: { value: '', type: 'textbox' },
  });
  const { datasource } = testDatasource(undefined, templateSrv);
  const apply = (changes: Partial<WindmillQuery>, scopedVars = {}) =>
    datasource.applyTemplateVariables(query(changes), scopedVars);

  it('fills in every plain text', () => {
    expect(apply({ runId: '$run', minDuration: '${min}', baselineWindow: '[[min]]' })).toMatchObject({
      runId: '0199c3a2-5d1e-7f00-8a4b-1c2d3e4f5a6b',
      minDuration: '2s',
      baselineWindow: '2s',
    });
  });

  it('fills in the texts of every type, and keeps the spaces of a search', () => {
    const all = { compareRunId: '$run', search: '$min ', measure: '$word' as Measure, source: '$word' as FigureSource };
    expect(apply(all)).toMatchObject({
      compareRunId: '0199c3a2-5d1e-7f00-8a4b-1c2d3e4f5a6b',
      search: '2s ',
      measure: 'rate',
      source: 'rate',
    });
    expect(Object.keys(apply({})).sort()).toEqual(['filters', 'queryType', 'refId']);
  });

  it('makes numbers of texts; the change that counts is in percent', () => {
    const numbers = { limit: '$number', minCalls: '${number}', threshold: '$number', quantiles: [0.5, '$quantiles'] };
    expect(apply(numbers)).toMatchObject({ limit: 20, minCalls: 20, threshold: 0.2, quantiles: [0.5, 0.9, 0.999] });
  });

  it('leaves the default where a number is empty, and to the backend what is none', () => {
    expect(apply({ limit: '$text', threshold: '$text' })).toMatchObject({ limit: undefined, threshold: undefined });
    expect(apply({ limit: '$word', threshold: '$word', quantiles: ['$word'] })).toMatchObject({
      limit: 'rate',
      threshold: 'rate',
      quantiles: ['rate'],
    });
  });

  it('makes one item of each value', () => {
    expect(apply({ filters: { flow: ['$flow', 'f/c/x'] } }).filters).toEqual({
      flow: ['f/a/etl', 'f/b/report', 'f/c/x'],
    });
  });

  it('combines the values of variables inside a longer text', () => {
    expect(apply({ filters: { scriptPath: ['f/${team}/$team'] } }).filters).toEqual({
      scriptPath: ['f/a/a', 'f/a/b', 'f/b/a', 'f/b/b'],
    });
  });

  it('leaves a format that the user wrote to the variable service', () => {
    expect(apply({ filters: { flow: ['${flow:csv}'] } }).filters).toEqual({ flow: ['f/a/etl,f/b/report'] });
  });

  it('takes All as any', () => {
    expect(apply({ filters: { step: ['$steps', 'c'], tag: ['x'] } }).filters).toEqual({ tag: ['x'] });
  });

  it('prefers the value of a repeated panel', () => {
    const scopedVars = { steps: { text: 'b', value: 'b' } };
    expect(apply({ filters: { step: ['$steps'] } }, scopedVars).filters).toEqual({ step: ['b'] });
  });

  it('keeps unknown variables as written, so that the mistake is seen', () => {
    expect(apply({ filters: { step: ['$nope'] } }).filters).toEqual({ step: ['$nope'] });
  });

  it.each([
    ['a list without values', ['$empty']],
    ['part of a longer text', ['f/$empty/x']],
    ['a query that found nothing', ['$failed']],
  ])('takes a variable that has no value (%s) as nothing, never as everything', (_name, flow) => {
    expect(apply({ filters: { flow, tag: ['x'] } }).filters).toEqual({ flow: { op: '=', values: [] }, tag: ['x'] });
    expect(apply({ filters: { flow: { op: '=~', values: flow } } }).filters).toEqual({ flow: { op: '=', values: [] } });
  });

  it('takes a text that was left empty as any', () => {
    expect(apply({ filters: { flow: ['$text'] } }).filters).toEqual({});
    expect(apply({ filters: { flow: ['$text', 'f/a'] } }).filters).toEqual({ flow: ['f/a'] });
  });

  it('keeps operators, and excludes nothing where a variable is empty', () => {
    const without = (values: string[]) => apply({ filters: { flow: { op: '!=', values } } }).filters;
    expect(without(['$flow'])).toEqual({ flow: { op: '!=', values: ['f/a/etl', 'f/b/report'] } });
    expect(without(['$empty'])).toEqual({});
    expect(without(['$steps'])).toEqual({ flow: { op: '=', values: [] } });
  });

  it('passes an operator that it does not know on, for the backend to refuse', () => {
    const flow = { op: '>', values: ['f/a'] } as unknown as string[];
    expect(apply({ filters: { flow } }).filters).toEqual({ flow: { op: '>', values: ['f/a'] } });
  });

  it('accepts a bare string as a list of one, and removes blanks and duplicates', () => {
    expect(apply({ filters: { step: 'a', tag: ['x', ' x ', ''] } }).filters).toEqual({ step: ['a'], tag: ['x'] });
  });

  it('keeps what it does not know of and does not change the saved query', () => {
    const saved = query({ filters: { flow: ['$flow'] }, limit: 5, quantiles: [0.9] });
    expect(datasource.applyTemplateVariables(saved, {})).toMatchObject({ refId: 'A', limit: 5, quantiles: [0.9] });
    expect(saved.filters).toEqual({ flow: ['$flow'] });
  });

  it('works for every query on the way to Explore', () => {
    const queries = datasource.interpolateVariablesInQueries(
      [query({ runId: '$run' }), query({ filters: { flow: ['$flow'] } })],
      {}
    );
    expect(queries[0].runId).toBe('0199c3a2-5d1e-7f00-8a4b-1c2d3e4f5a6b');
    expect(queries[1].filters).toEqual({ flow: ['f/a/etl', 'f/b/report'] });
  });
});

describe('getQueryDisplayText', () => {
  const { datasource } = testDatasource();

  it.each([
    [
      query({ filters: { flow: ['f/a', 'f/b'], outcome: ['error'] }, minDuration: '2s' }),
      'Runs, flow f/a or f/b, outcome error, at least 2s',
    ],
    [
      query({ filters: { flow: { op: '!=', values: ['f/a', 'f/b'] }, tag: { op: '=~', values: ['x.*'] } } }),
      'Runs, flow != f/a or f/b, worker tag =~ x.*',
    ],
    [query({ queryType: 'flow-steps' }), 'Steps of a run, latest run'],
    [query({ queryType: 'flow-steps', runId: '$run' }), 'Steps of a run, run $run'],
    [query({ queryType: 'run-compare', compareRunId: 'B' }), 'Compare runs, latest run, against run B'],
    [query({ queryType: 'run-compare' }), 'Compare runs, latest run, against the baseline'],
    [
      query({
        queryType: 'step-regressions',
        compareWith: 'week',
        threshold: 0.5,
        minCalls: 20,
        filters: { step: 'a' },
      }),
      'Step regressions, step a, against a week ago, by 50 %, at least 20 calls',
    ],
    [
      query({ queryType: 'step-latency', measure: 'queue', quantiles: [0.95], source: 'span-metrics' }),
      'Step latency, queue time, p95, from span metrics',
    ],
    [query({ queryType: 'step-latency', measure: 'rate', quantiles: [0.95], limit: 5 }), 'Step latency, call rate'],
    [
      query({ queryType: 'step-logs', runId: 'A', search: 'x', limit: 5, direction: 'forward', follow: true }),
      'Step logs, run A, with "x", at most 5, oldest first, followed',
    ],
    [query({ queryType: 'step-logs' }), 'Step logs, every run'],
    [query({ queryType: undefined }), ''],
    [query({ queryType: 'from-the-future' as WindmillQuery['queryType'] }), 'from-the-future'],
  ])('%j', (value, text) => {
    expect(datasource.getQueryDisplayText(value)).toBe(text);
  });
});

describe('filterValues', () => {
  it('asks the backend with the time range and the other filters, variables filled in', async () => {
    const templateSrv = fakeTemplateSrv({ flow: { value: ['f/a', 'f/b'] } });
    const { datasource, getResource } = testDatasource(() => ({ values: ['a'], truncated: true }), templateSrv);
    const answer = await datasource.filterValues('step', query({ filters: { step: ['x'], flow: ['$flow'] } }), RANGE);
    expect(answer).toEqual({ values: ['a'], truncated: true });
    expect(getResource).toHaveBeenCalledWith('tag-values', {
      tag: 'step',
      from: 1_700_000_000_000,
      to: 1_700_003_600_000,
      filters: JSON.stringify({ flow: ['f/a', 'f/b'] }),
    });
  });

  it('uses a default range where there is none, as in alert rules', async () => {
    const { datasource, getResource } = testDatasource();
    await datasource.filterValues('step', query());
    const [, params] = getResource.mock.calls[0] as unknown as [string, { from: number; to: number }];
    expect(params.to - params.from).toBeGreaterThan(0);
  });

  it('is nothing where a variable of another filter has no value', async () => {
    const { datasource, getResource } = testDatasource(
      () => ({ values: ['a'], truncated: false }),
      fakeTemplateSrv({ flow: { value: [] } })
    );
    const answer = await datasource.filterValues('step', query({ filters: { flow: ['$flow'] } }), RANGE);
    expect(answer).toEqual({ values: [], truncated: false });
    expect(getResource).not.toHaveBeenCalled();
  });

  it('passes failures on', async () => {
    const { datasource } = testDatasource(() => Promise.reject(new Error('Tempo did not answer')));
    await expect(datasource.filterValues('step', query(), RANGE)).rejects.toThrow('Tempo did not answer');
  });
});

it("offers the dashboard's variables by name", () => {
  const { datasource } = testDatasource(undefined, fakeTemplateSrv({ flow: { value: 'x' } }));
  expect(datasource.variableNames()).toEqual(['$flow']);
});
