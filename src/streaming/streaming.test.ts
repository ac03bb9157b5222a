import {
  CoreApp,
  createDataFrame,
  type DataFrameJSON,
  dataFrameToJSON,
  type DataQueryRequest,
  type DataQueryResponse,
  dateTime,
  type LiveChannelAddress,
  LiveChannelConnectionState,
  type LiveChannelEvent,
  LiveChannelEventType,
  LiveChannelScope,
  LoadingState,
} from '@grafana/data';
import { DataSourceWithBackend, type GrafanaLiveSrv, setGrafanaLiveSrv } from '@grafana/runtime';
import { type Observable, of, Subject } from 'rxjs';

import { testDatasource } from '../testing/datasource';
import { type WindmillOptions, type WindmillQuery } from '../types';
import { isStreamed, isStreamingOn } from './eligible';
import { mergeResponses } from './merge';
import { type Packet } from './packet';
import { streamQuery } from './stream';

const QUERY: WindmillQuery = { refId: 'A', queryType: 'flow-runs' };

function requestOf(targets: WindmillQuery[], changes: Partial<DataQueryRequest<WindmillQuery>> = {}) {
  return {
    app: CoreApp.Explore,
    requestId: 'r1',
    targets,
    scopedVars: {},
    intervalMs: 1000,
    maxDataPoints: 500,
    range: { from: dateTime(1000), to: dateTime(2000), raw: { from: 'now-1h', to: 'now' } },
    ...changes,
  } as DataQueryRequest<WindmillQuery>;
}

function frame(...ids: string[]): DataFrameJSON {
  return dataFrameToJSON(createDataFrame({ refId: 'A', fields: [{ name: 'run_id', values: ids }] }));
}

/** A live service whose one channel the test speaks on. */
function fakeLive() {
  const events = new Subject<LiveChannelEvent<Packet>>();
  const getStream = jest.fn((_address: LiveChannelAddress) => events);
  return {
    live: { getStream } as unknown as GrafanaLiveSrv,
    getStream,
    events,
    send: (message: Packet) => events.next({ type: LiveChannelEventType.Message, message }),
    status: (state: LiveChannelConnectionState) =>
      events.next({ type: LiveChannelEventType.Status, id: 'x', timestamp: 0, state }),
  };
}

/** What a subscriber sees, as [state, run ids]. */
function watch(responses: Observable<DataQueryResponse>) {
  const seen: Array<[LoadingState | undefined, string[]]> = [];
  const all: DataQueryResponse[] = [];
  let ended = false;
  const subscription = responses.subscribe({
    next: (response) => {
      all.push(response);
      seen.push([response.state, response.data.flatMap((each) => each.fields[0]?.values ?? [])]);
    },
    complete: () => {
      ended = true;
    },
  });
  return { seen, all, subscription, ended: () => ended };
}

describe('a streamed query', () => {
  const fallback = jest.fn(() => of<DataQueryResponse>({ data: [createDataFrame({ fields: [] })] }));

  beforeEach(() => {
    jest.useFakeTimers();
    fallback.mockClear();
  });
  afterEach(() => jest.useRealTimers());

  function subscribe(query = QUERY) {
    const service = fakeLive();
    const view = watch(streamQuery({ live: service.live, uid: 'ds', query, request: requestOf([query]), fallback }));
    return { ...service, ...view };
  }

  it('has a channel of its own and sends query and range along', () => {
    const [first, second] = [subscribe(), subscribe()].map(({ getStream }) => getStream.mock.calls[0][0]);
    expect(first).toMatchObject({ scope: LiveChannelScope.DataSource, stream: 'ds', namespace: 'ds' });
    expect(first.path).toMatch(/^flow-runs\/[0-9a-f]{32}$/);
    expect(second.path).not.toBe(first.path);
    expect(first.data).toEqual({
      query: QUERY,
      from: 1000,
      to: 2000,
      sliding: true,
      intervalMs: 1000,
      maxDataPoints: 500,
    });
  });

  it('shows what comes, each packet in place of the one before, and ends with the answer', () => {
    const { send, seen, ended, events } = subscribe();
    send({ state: 'Streaming', frames: [frame('1')] });
    send({ state: 'Streaming' });
    send({ state: 'Streaming', frames: [frame('2', '1')] });
    send({ state: 'Done', frames: [frame('3', '2', '1')] });
    expect(seen).toEqual([
      [LoadingState.Streaming, ['1']],
      [LoadingState.Streaming, ['2', '1']],
      [LoadingState.Done, ['3', '2', '1']],
    ]);
    expect(ended()).toBe(true);
    expect(events.observed).toBe(false);
    expect(fallback).not.toHaveBeenCalled();
  });

  it('keeps what was shown when it fails', () => {
    const { send, seen, all, ended } = subscribe();
    send({ state: 'Streaming', frames: [frame('1')] });
    send({ state: 'Error', error: { status: 502, message: 'Tempo is down' } });
    expect(seen.at(-1)).toEqual([LoadingState.Error, ['1']]);
    expect(all.at(-1)?.errors).toEqual([
      { refId: 'A', status: 502, message: 'Tempo is down', data: { message: 'Tempo is down' } },
    ]);
    expect(ended()).toBe(true);
  });

  it('leaves the channel with its subscriber', () => {
    const { events, subscription } = subscribe();
    expect(events.observed).toBe(true);
    subscription.unsubscribe();
    expect(events.observed).toBe(false);
  });

  it.each([
    [
      'Live does not connect',
      ({ status }: ReturnType<typeof fakeLive>) => status(LiveChannelConnectionState.Pending),
      5_000,
    ],
    [
      'the channel is refused',
      ({ status }: ReturnType<typeof fakeLive>) => status(LiveChannelConnectionState.Invalid),
      0,
    ],
    [
      'nothing is heard any more',
      ({ status, send }: ReturnType<typeof fakeLive>) => {
        status(LiveChannelConnectionState.Connected);
        send({ state: 'Streaming', frames: [frame('1')] });
      },
      30_000,
    ],
  ])('asks over HTTP when %s, and says so', (_name, happen, wait) => {
    const service = subscribe();
    happen(service);
    jest.advanceTimersByTime(Math.max(0, wait - 1));
    expect(fallback).toHaveBeenCalledTimes(wait > 0 ? 0 : 1);
    jest.advanceTimersByTime(1);
    expect(fallback).toHaveBeenCalledTimes(1);
    expect(service.ended()).toBe(true);
    expect(service.all.at(-1)?.data[0].meta.notices[0].text).toMatch(/^Grafana Live does not answer/);
  });

  it('waits as long as it is told that the stream lives', () => {
    const { send } = subscribe();
    for (let i = 0; i < 10; i++) {
      jest.advanceTimersByTime(4_900);
      send({ state: 'Streaming' });
    }
    expect(fallback).not.toHaveBeenCalled();
  });
});

describe('what is streamed', () => {
  const on: WindmillOptions = { tempo: { streaming: true } };

  it.each<[string, WindmillQuery, Partial<DataQueryRequest<WindmillQuery>>, WindmillOptions, boolean]>([
    ['a search when streaming is on', QUERY, {}, on, true],
    ['no search when it is off', QUERY, {}, {}, false],
    ['no statistics', { ...QUERY, queryType: 'step-stats' }, {}, on, false],
    ['a followed run, streaming or not', { ...QUERY, queryType: 'flow-steps', follow: true }, {}, {}, true],
    ['no follow that a type does not have', { ...QUERY, queryType: 'step-stats', follow: true }, {}, {}, false],
    ['never an alert rule', { ...QUERY, follow: true }, { app: CoreApp.UnifiedAlerting }, on, false],
    ['no annotation', { ...QUERY, whole: true }, {}, on, false],
    ['nothing without an app, as for variables', QUERY, { app: undefined }, on, false],
    ['nothing in the name of a user', QUERY, {}, { ...on, oauthPassThru: true }, false],
  ])('%s', (_name, query, changes, options, expected) => {
    expect(isStreamed(query, requestOf([query], changes), options)).toBe(expected);
  });

  it('nothing beside an expression', () => {
    const expression: WindmillQuery = { refId: 'B', datasource: { type: '__expr__', uid: '__expr__' } };
    expect(isStreamed(QUERY, requestOf([QUERY, expression]), on)).toBe(false);
  });

  it('reads both forms of the setting', () => {
    expect(isStreamingOn({ tempo: { streaming: { enabled: true, grpcUrl: 'http://t:9095' } } })).toBe(true);
    expect(isStreamingOn({ tempo: { streaming: { enabled: false } } })).toBe(false);
    expect(isStreamingOn({})).toBe(false);
  });
});

describe('merged responses', () => {
  const part = (state: LoadingState | undefined, ...ids: string[]): DataQueryResponse => ({
    state,
    data: [createDataFrame({ fields: [{ name: 'run_id', values: ids }] })],
  });

  it('are loading until all are there, and streaming while one is', () => {
    const [a, b] = [new Subject<DataQueryResponse>(), new Subject<DataQueryResponse>()];
    const { seen } = watch(mergeResponses([a, b], 'k'));
    b.next(part(undefined, 'b'));
    a.next(part(LoadingState.Streaming, 'a1'));
    a.next(part(LoadingState.Done, 'a2'));
    expect(seen).toEqual([
      [LoadingState.Loading, ['b']],
      [LoadingState.Streaming, ['a1', 'b']],
      [LoadingState.Done, ['a2', 'b']],
    ]);
  });

  it('keep the good ones beside an error', () => {
    const failed: DataQueryResponse = { data: [], state: LoadingState.Error, errors: [{ refId: 'B', message: 'no' }] };
    const { all } = watch(mergeResponses([of(part(LoadingState.Done, 'a')), of(failed)], 'k'));
    expect(all.at(-1)).toMatchObject({ key: 'k', state: LoadingState.Error, errors: [{ refId: 'B', message: 'no' }] });
    expect(all.at(-1)?.data).toHaveLength(1);
  });
});

describe('the data source', () => {
  const overHttp = jest.spyOn(DataSourceWithBackend.prototype, 'query');

  beforeEach(() => {
    overHttp.mockReset();
    overHttp.mockReturnValue(of({ data: [createDataFrame({ refId: 'B', fields: [{ name: 'x', values: ['b'] }] })] }));
  });
  afterAll(() => overHttp.mockRestore());

  it('sends only what is not streamed over HTTP', () => {
    const service = fakeLive();
    setGrafanaLiveSrv(service.live);
    const { datasource } = testDatasource();
    const stats: WindmillQuery = { refId: 'B', queryType: 'step-stats' };
    const { seen } = watch(datasource.query(requestOf([{ ...QUERY, follow: true }, stats])));
    service.send({ state: 'Streaming', frames: [frame('1')] });
    expect(seen.at(-1)).toEqual([LoadingState.Streaming, ['1', 'b']]);
    expect(overHttp).toHaveBeenCalledTimes(1);
    expect(overHttp.mock.calls[0][0].targets).toEqual([stats]);
  });

  it('leaves a request without streams as it is', () => {
    const { datasource } = testDatasource();
    const request = requestOf([QUERY]);
    datasource.query(request);
    expect(overHttp).toHaveBeenCalledWith(request);
  });
});
