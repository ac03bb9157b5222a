import { createDataFrame, dateTime, type DataQueryRequest, FieldType, type MetricFindValue } from '@grafana/data';
import { lastValueFrom, of } from 'rxjs';

import { testDatasource } from '../testing/datasource';
import { fakeTemplateSrv } from '../testing/templateSrv';
import { type WindmillVariableQuery } from '../types';
import { WindmillVariableSupport } from './variableSupport';
import { variableText } from './variableValues';

const RANGE = {
  from: dateTime(1_700_000_000_000),
  to: dateTime(1_700_003_600_000),
  raw: { from: 'now-1h', to: 'now' },
};

const RUNS = createDataFrame({
  name: 'flow-runs',
  fields: [
    { name: 'run_id', type: FieldType.string, values: ['r1', 'r2', null] },
    { name: 'start', type: FieldType.time, values: [1_700_000_000_000, null, null] },
    { name: 'flow', type: FieldType.string, values: ['f/a', null, null] },
    { name: 'outcome', type: FieldType.string, values: ['error', null, null] },
  ],
});

function setup() {
  const templateSrv = fakeTemplateSrv({ flow: { value: ['f/a', 'f/b'] } });
  const { datasource, getResource } = testDatasource(() => ({ values: ['a', 'b'], truncated: false }), templateSrv);
  const support = new WindmillVariableSupport(datasource);
  const ask = async (query: Partial<WindmillVariableQuery>): Promise<MetricFindValue[]> => {
    const request = {
      targets: [{ refId: 'A', ...query }],
      range: RANGE,
      scopedVars: {},
      timezone: 'utc',
    } as unknown as DataQueryRequest<WindmillVariableQuery>;
    return (await lastValueFrom(support.query(request))).data;
  };
  return { datasource, getResource, ask };
}

it('is what the data source offers for variables', () => {
  expect(setup().datasource.variables).toBeInstanceOf(WindmillVariableSupport);
});

it('gives a new variable what the editor shows', () => {
  expect(setup().datasource.variables?.getDefaultQuery?.()).toEqual({ refId: 'variable', values: 'flow' });
});

it('lists the values of a filter, chained to other variables', async () => {
  const { ask, getResource } = setup();
  expect(await ask({ values: 'step', filters: { flow: ['$flow'] } })).toEqual([
    { text: 'a', value: 'a' },
    { text: 'b', value: 'b' },
  ]);
  expect(getResource).toHaveBeenCalledWith('tag-values', {
    tag: 'step',
    from: RANGE.from.valueOf(),
    to: RANGE.to.valueOf(),
    filters: JSON.stringify({ flow: ['f/a', 'f/b'] }),
  });
});

it('lists flows when the query says nothing', async () => {
  const { ask, getResource } = setup();
  await ask({});
  expect(getResource).toHaveBeenCalledWith('tag-values', expect.objectContaining({ tag: 'flow' }));
});

it('lists runs by id, with what tells them apart', async () => {
  const { ask, datasource } = setup();
  const query = jest.spyOn(datasource, 'query').mockReturnValue(of({ data: [RUNS] }));
  expect(await ask({ values: 'run', filters: { flow: ['$flow'] }, limit: 20 })).toEqual([
    { text: 'f/a, 2023-11-14 22:13:20, error', value: 'r1' },
    { text: 'r2', value: 'r2' },
  ]);
  // The variables are filled in by the data source itself, as in any query.
  expect(query.mock.calls[0][0].targets).toEqual([
    { refId: 'A', datasource: undefined, queryType: 'flow-runs', filters: { flow: ['$flow'] }, limit: 20 },
  ]);
});

it('fails with what the backend says', async () => {
  const { ask, datasource } = setup();
  jest.spyOn(datasource, 'query').mockReturnValue(of({ data: [], errors: [{ message: 'Tempo is down.' }] }));
  await expect(ask({ values: 'run' })).rejects.toThrow('Tempo is down.');
});

it.each<[Partial<WindmillVariableQuery>, string]>([
  [{}, 'Flows'],
  [{ values: 'step', filters: { flow: ['a', 'b'], tag: [] } }, 'Steps, flow a or b'],
  [{ values: 'from-the-future' as 'run' }, 'from-the-future'],
])('%j is described as "%s"', (query, text) => {
  expect(variableText({ refId: 'A', ...query })).toBe(text);
});
