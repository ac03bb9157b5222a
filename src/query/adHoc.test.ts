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
  });

  it.each([
    ['flow', '!=', /"flow !=" cannot be asked for: use the operator = or =\|/],
    ['flow', '=~', /cannot be asked for/],
    ['cluster', '=', /"cluster" is unknown to Windmill Flow Steps: use one of workspace, flow/],
  ])('with the filter %s %s fails and says why', async (key, operator, message) => {
    const { answer, refIds } = await ask([{ key, operator, value: 'x' }]);
    expect(refIds).toEqual([]);
    expect(answer.errors).toEqual(['A', 'B'].map((refId) => ({ refId, message: expect.stringMatching(message) })));
  });
});
