import {
  type DataQueryRequest,
  type DataQueryResponse,
  isLiveChannelMessageEvent,
  isLiveChannelStatusEvent,
  LiveChannelConnectionState,
  type LiveChannelEvent,
  LiveChannelScope,
  LoadingState,
} from '@grafana/data';
import { type GrafanaLiveSrv } from '@grafana/runtime';
import { catchError, defer, filter, map, type Observable, scan, takeWhile, timeout } from 'rxjs';

import { withNotice } from '../notices';
import { type WindmillQuery } from '../types';
import { fold, isKeepAlive, isLast, type Packet } from './packet';

/** Milliseconds until Grafana Live must have connected. */
const CONNECT_WITHIN = 5_000;
/** Milliseconds of silence after which a stream counts as lost: the backend sends something every 10 s at least. */
const SILENCE = 30_000;

const GONE: readonly LiveChannelConnectionState[] = [
  LiveChannelConnectionState.Invalid,
  LiveChannelConnectionState.Shutdown,
];

interface Subscription {
  live: GrafanaLiveSrv;
  /** Of the data source. */
  uid: string;
  /** With its variables filled in. */
  query: WindmillQuery;
  request: DataQueryRequest<WindmillQuery>;
  /** Asks without a stream, when there can be none. */
  fallback: () => Observable<DataQueryResponse>;
}

/** Answers a query bit by bit: each emission replaces the one before. It ends when the backend says so. */
export function streamQuery({ live, uid, query, request, fallback }: Subscription): Observable<DataQueryResponse> {
  const start: DataQueryResponse = { data: [], state: LoadingState.Loading };
  return defer(() => live.getStream<Packet>(channel(uid, query, request))).pipe(
    map(heard),
    filter((packet) => packet !== undefined),
    timeout({ first: CONNECT_WITHIN, each: SILENCE }),
    filter((packet) => !isKeepAlive(packet)),
    scan((shown, packet) => fold(shown, packet, query.refId), start),
    takeWhile((response) => !isLast(response), true),
    catchError(() => fallback().pipe(map(explain)))
  );
}

/** A channel of this one subscription: its path is drawn by lot, because others in the organisation could listen in. */
function channel(uid: string, query: WindmillQuery, request: DataQueryRequest<WindmillQuery>) {
  const { range, intervalMs, maxDataPoints } = request;
  return {
    scope: LiveChannelScope.DataSource,
    stream: uid,
    namespace: uid, // the name of it before Grafana 13
    path: `${query.queryType}/${randomKey()}`,
    data: {
      query,
      from: range.from.valueOf(),
      to: range.to.valueOf(),
      sliding: range.raw.to === 'now',
      intervalMs,
      maxDataPoints,
    },
  };
}

/** Not crypto.randomUUID, which pages served over plain HTTP do not have. */
function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The packet in an event, an empty one for a sign of life; undefined while there is no connection. */
function heard(event: LiveChannelEvent<Packet>): Packet | undefined {
  if (isLiveChannelMessageEvent(event)) {
    return event.message;
  }
  if (!isLiveChannelStatusEvent(event)) {
    return undefined;
  }
  if (GONE.includes(event.state)) {
    throw new Error('The channel is closed.');
  }
  return event.state === LiveChannelConnectionState.Connected ? {} : undefined;
}

/** Says in a notice why nothing was seen on the way. */
function explain(response: DataQueryResponse): DataQueryResponse {
  const [first, ...others] = response.data;
  if (!first) {
    return response;
  }
  const text = 'Grafana Live does not answer, so this is not updated while results come: refresh to see what is new.';
  return { ...response, data: [withNotice(first, text), ...others] };
}
