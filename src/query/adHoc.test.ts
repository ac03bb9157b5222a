import { type AdHocVariableFilter, type DataQueryRequest } from '@grafana/data';
import { DataSourceWithBackend } from '@grafana/runtime';
import { lastValueFrom, of } from 'rxjs';

import { testDatasource } from '../testing/datasource';
import { FILTER_KEYS, type WindmillQuery } from '../types';

const flowIs = (value: string): AdHocVariableFilter => ({ key: 'flow', operator: '=', value });
const { datasource, getResource } = testDatasource(() => ({ values: ['a'], truncated: false }));

function filtersWith(own: WindmillQuery['filters'], adHoc: AdHocVariableFilter[]) {
  return datasource.applyTemplateVariables({ refId: 'A', queryType: 'flow-runs', filters: own }, {}, adHoc).filters;
}

it('offers every filter', async () => {
  expect((await datasource.getTagKeys()).map(({ value }) => value)).toEqual([...FILTER_KEYS]);
});

it('lists values that go with the other filters', async () => {
  expect(await datasource.getTagValues({ key: 'step', filters: [flowIs('f/a')] })).toEqual([{ text: 'a', value: 'a' }]);
  expect(getResource).toHaveBeenLastCalledWith(
    'tag-values',
    expect.objectContaining({ tag: 'step', filters: JSON.stringify({ flow: ['f/a'] }) })
  );
});

it('adds filters to those of the query, of which both must hold', () => {
  const several = { key: 'tag', operator: '=|', value: 'x', values: ['x', 'y'] };
  expect(filtersWith({ step: ['a'] }, [flowIs('f/a'), several])).toEqual({
    step: ['a'],
    flow: ['f/a'],
    tag: ['x', 'y'],
  });
  expect(filtersWith({ flow: ['f/a', 'f/b'] }, [flowIs('f/b')])).toEqual({ flow: ['f/b'] });
});

describe('on the way of expressions, alert rules and Explore', () => {
  it('a filter that contradicts the query leaves no job, not every job', () => {
    expect(filtersWith({ flow: ['f/a'] }, [flowIs('f/b')])).toEqual({ flow: { op: '=', values: [] } });
    expect(filtersWith({}, [flowIs('f/a'), flowIs('f/b')])).toEqual({ flow: { op: '=', values: [] } });
    const excluded = { key: 'flow', operator: '!=', value: 'f/a' };
    expect(filtersWith({ flow: ['f/a'] }, [excluded])).toEqual({ flow: { op: '=', values: [] } });
  });

  it.each<[string, WindmillQuery['filters'], AdHocVariableFilter[], unknown]>([
    ['!=', {}, [{ key: 'flow', operator: '!=', value: 'f/a' }], { flow: { op: '!=', values: ['f/a'] } }],
    [
      '!=|',
      { flow: { op: '!=', values: ['f/c'] } },
      [{ key: 'flow', operator: '!=|', value: 'f/a', values: ['f/a', 'f/b'] }],
      { flow: { op: '!=', values: ['f/c', 'f/a', 'f/b'] } },
    ],
    ['=~', {}, [{ key: 'worker', operator: '=~', value: 'wk-.*' }], { worker: { op: '=~', values: ['wk-.*'] } }],
    ['!~', {}, [{ key: 'tag', operator: '!~', value: 'x.*' }], { tag: { op: '!~', values: ['x.*'] } }],
    [
      '!= of one of several',
      { flow: ['f/a', 'f/b'] },
      [{ key: 'flow', operator: '!=', value: 'f/a' }],
      { flow: ['f/b'] },
    ],
    [
      '=~ beside values',
      { flow: ['f/a', 'f/b'] },
      [{ key: 'flow', operator: '=~', value: '.*a' }],
      {
        flow: [
          { op: '=', values: ['f/a', 'f/b'] },
          { op: '=~', values: ['.*a'] },
        ],
      },
    ],
  ])('%s is passed on as it is meant', (_operator, own, adHoc, filters) => {
    expect(filtersWith(own, adHoc)).toEqual(filters);
  });

  it('what cannot be asked for is refused', () => {
    expect(() => filtersWith({}, [{ key: 'flow', operator: '>', value: 'x' }])).toThrow(
      'The dashboard\'s filter "flow >" cannot be asked for: use =, !=, =~ or !~.'
    );
  });

  it('all of that holds for queries on their way to an expression', () => {
    const query: WindmillQuery = { refId: 'A', queryType: 'step-latency', filters: { flow: ['f/a'] } };
    const [sent] = datasource.interpolateVariablesInQueries([query], {}, [flowIs('f/b')]);
    expect(sent.filters).toEqual({ flow: { op: '=', values: [] } });
  });
});

describe('a request', () => {
  const ask = async (filters: AdHocVariableFilter[]) => {
    const asked = jest.spyOn(DataSourceWithBackend.prototype, 'query').mockReturnValue(of({ data: [] }));
    const targets: WindmillQuery[] = [
      { refId: 'A', queryType: 'flow-runs', filters: { flow: ['f/a'] } },
      { refId: 'B', queryType: 'flow-runs' },
    ];
    const request = { targets, filters, scopedVars: {} } as unknown as DataQueryRequest<WindmillQuery>;
    const answer = await lastValueFrom(datasource.query(request));
    const refIds = asked.mock.calls.flatMap(([{ targets }]) => targets.map(({ refId }) => refId));
    asked.mockRestore();
    return { answer, refIds };
  };

  it('leaves out a query that no job can match', async () => {
    expect((await ask([flowIs('f/a')])).refIds).toEqual(['A', 'B']);
    expect((await ask([flowIs('f/b')])).refIds).toEqual(['B']);
    expect((await ask([flowIs('f/b'), flowIs('f/c')])).refIds).toEqual([]);
    expect((await ask([{ key: 'flow', operator: '!=', value: 'f/a' }])).refIds).toEqual(['B']);
  });

  it.each([
    ['flow', '<', /"flow <" cannot be asked for: use =, !=, =~ or !~/],
    ['cluster', '=', /"cluster" is unknown to Windmill Flow Steps: use one of workspace, flow/],
  ])('with the filter %s %s fails and says why', async (key, operator, message) => {
    const { answer, refIds } = await ask([{ key, operator, value: 'x' }]);
    expect(refIds).toEqual([]);
    expect(answer.errors).toEqual(['A', 'B'].map((refId) => ({ refId, message: expect.stringMatching(message) })));
  });
});
