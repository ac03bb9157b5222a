import {
  type DataFrame,
  type DataQueryRequest,
  type DataSourceApi,
  dateTime,
  type EventBusSrv,
  hasLogsContextSupport,
  hasQueryModificationSupport,
  hasSupplementaryQuerySupport,
  hasToggleableQueryFiltersSupport,
  LogRowContextQueryDirection,
  type LogRowModel,
  SupplementaryQueryType,
} from '@grafana/data';
import { DataSourceWithBackend, setAppEvents } from '@grafana/runtime';
import { of } from 'rxjs';

import { testDatasource } from '../testing/datasource';
import { type WindmillQuery } from '../types';

const JOB = '0199c3a2-5d1e-7f00-8a4b-1c2d3e4f5a6b';
const ROOT = '0199c3a2-5d1e-7f00-8a4b-1c2d3e4f5a6c';
const AT = 1_700_000_000_000;
const { datasource } = testDatasource();
const asked = jest.spyOn(DataSourceWithBackend.prototype, 'query');
const publish = jest.fn();

beforeAll(() => setAppEvents({ publish } as unknown as EventBusSrv));
beforeEach(() => {
  publish.mockClear();
  asked.mockReset().mockReturnValue(of({ data: [] }));
});

function logs(changes: Partial<WindmillQuery> = {}): WindmillQuery {
  return { refId: 'A', queryType: 'step-logs', filters: {}, ...changes };
}

it('is offered to Explore', () => {
  expect(hasSupplementaryQuerySupport(datasource as unknown as DataSourceApi, SupplementaryQueryType.LogsVolume)).toBe(
    true
  );
  expect(hasLogsContextSupport(datasource)).toBe(true);
  expect(hasToggleableQueryFiltersSupport(datasource)).toBe(true);
  expect(hasQueryModificationSupport(datasource)).toBe(true);
});

describe('volume', () => {
  const volume = (targets: WindmillQuery[]) =>
    datasource.getSupplementaryRequest(SupplementaryQueryType.LogsVolume, {
      targets,
      scopedVars: {},
    } as unknown as DataQueryRequest<WindmillQuery>)?.targets;

  it('counts the lines of the same query', () => {
    const query = logs({ filters: { step: ['a'] }, search: 'x', follow: true, limit: 5, direction: 'forward' });
    expect(volume([query, logs({ refId: 'B', queryType: 'flow-runs' }), logs({ refId: 'C', hide: true })])).toEqual([
      { refId: 'log-volume-A', queryType: 'step-logs', filters: { step: ['a'] }, search: 'x', volume: true },
    ]);
  });

  it('is none without lines', () => {
    expect(volume([logs({ queryType: 'flow-runs' })])).toBeUndefined();
    expect(datasource.getSupplementaryQuery({ type: SupplementaryQueryType.LogsSample }, logs())).toBeUndefined();
  });
});

describe('context', () => {
  const row = (labels: Record<string, string>, fields: DataFrame['fields'] = []) =>
    ({ labels, rowIndex: 0, timeEpochMs: AT, dataFrame: { refId: 'A', fields, length: 1 } }) as unknown as LogRowModel;
  const request = () => asked.mock.calls[0][0] as DataQueryRequest<WindmillQuery>;

  it('is the lines of the run before it, the nearest first', async () => {
    await datasource.getLogRowContext(row({ job_id: JOB, root_job: ROOT }), { limit: 50 });
    const common = { queryType: 'step-logs', limit: 50, direction: 'backward' };
    expect(request().targets).toEqual([
      { refId: 'log-context', ...common, filters: { rootJob: [ROOT] } },
      { refId: 'log-context-own', ...common, filters: { jobId: [ROOT] } },
    ]);
    expect(request().range.to.valueOf()).toBe(AT + 1);
    expect(request().range.from.valueOf()).toBe(AT - 2 * 60 * 60 * 1000);
  });

  it('is that of its own job for a line without a root', async () => {
    await datasource.getLogRowContext(row({ job_id: JOB, root_id: 'none' }));
    expect(request().targets[0].filters).toEqual({ rootJob: [JOB] });
  });

  it('has each line once', async () => {
    const frame = (...ids: string[]) => ({
      fields: [
        { name: 'id', values: ids },
        { name: 'body', values: ids },
      ],
      length: ids.length,
    });
    asked.mockReturnValue(of({ data: [frame('a', 'b'), frame('b', 'c')] as DataFrame[] }));
    const { data } = await datasource.getLogRowContext(row({ job_id: JOB }));
    expect(data).toEqual([frame('a', 'b'), frame('c')]);
  });

  it('and after it, in a window of choice', async () => {
    const options = { direction: LogRowContextQueryDirection.Forward, timeWindowMs: 1000 };
    await datasource.getLogRowContext(row({ job_id: JOB }), options);
    expect(request().targets[0].direction).toBe('forward');
    expect(request().range).toMatchObject({ from: dateTime(AT), to: dateTime(AT + 1000) });
  });

  it('takes the job from the frame where the labels have none', async () => {
    const field = { name: 'job_id', values: [JOB] } as unknown as DataFrame['fields'][number];
    expect((await datasource.getLogRowContextQuery(row({}, [field])))?.filters).toEqual({ rootJob: [JOB] });
    expect(await datasource.getLogRowContextQuery(row({}))).toBeNull();
    expect(await datasource.getLogRowContext(row({}))).toEqual({ data: [] });
  });

  it('says why it failed', async () => {
    asked.mockReturnValue(of({ data: [], errors: [{ message: 'bad', data: { message: 'Loki refused.' } }] }));
    await expect(datasource.getLogRowContext(row({ job_id: JOB }))).rejects.toThrow('Loki refused.');
  });
});

describe('filtering by a value', () => {
  const toggle = (query: WindmillQuery, type: 'FILTER_FOR' | 'FILTER_OUT', key: string, value: string) =>
    datasource.toggleQueryFilter(query, { type, options: { key, value } });

  it('adds it to the others, and takes it away again', () => {
    const once = toggle(logs({ filters: { flow: ['f/a'] } }), 'FILTER_FOR', 'flow_step_id', 'a');
    expect(once.filters).toEqual({ flow: ['f/a'], step: ['a'] });
    expect(datasource.queryHasFilter(once, { key: 'step', value: 'a' })).toBe(true);
    const twice = toggle(once, 'FILTER_FOR', 'step', 'b');
    expect(twice.filters).toEqual({ flow: ['f/a'], step: ['a', 'b'] });
    expect(toggle(twice, 'FILTER_FOR', 'step', 'a').filters).toEqual({ flow: ['f/a'], step: ['b'] });
    expect(datasource.queryHasFilter(logs(), { key: 'step', value: 'a' })).toBe(false);
  });

  it('puts the opposite in its place', () => {
    const without = toggle(logs({ filters: { worker: ['w1'] } }), 'FILTER_OUT', 'worker_id', 'w1');
    expect(without.filters).toEqual({ worker: { op: '!=', values: ['w1'] } });
    expect(toggle(without, 'FILTER_OUT', 'worker', 'w1').filters).toEqual({});
    expect(toggle(without, 'FILTER_FOR', 'worker', 'w1').filters).toEqual({ worker: ['w1'] });
  });

  it('that lines cannot be filtered by says so and changes nothing', () => {
    const query = logs({ filters: { step: ['a'] } });
    expect(toggle(query, 'FILTER_FOR', 'service_name', 'x')).toBe(query);
    expect(publish).toHaveBeenCalledWith({
      type: 'alert-warning',
      payload: ['Windmill Flow Steps cannot filter by service_name'],
    });
  });

  it('works as a modification too, and searches for a text', () => {
    const modify = (type: string, options: Record<string, string>) => datasource.modifyQuery(logs(), { type, options });
    expect(modify('ADD_FILTER', { key: 'tag', value: 'x' }).filters).toEqual({ tag: ['x'] });
    expect(modify('ADD_FILTER_OUT', { key: 'tag', value: 'x' }).filters).toEqual({ tag: { op: '!=', values: ['x'] } });
    expect(modify('ADD_STRING_FILTER', { value: 'no such table' }).search).toBe('no such table');
    expect(publish).not.toHaveBeenCalled();
    expect(modify('ADD_STRING_FILTER_OUT', { value: 'x' })).toEqual(logs());
    expect(publish).toHaveBeenCalledTimes(1);
  });
});
