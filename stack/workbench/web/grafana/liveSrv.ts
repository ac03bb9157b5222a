import {
  type LiveChannelAddress,
  LiveChannelConnectionState,
  type LiveChannelEvent,
  LiveChannelEventType,
  toLiveChannelId,
} from '@grafana/data';
import type { GrafanaLiveSrv } from '@grafana/runtime';
import { Observable, of, throwError } from 'rxjs';

/**
 * Grafana Live as far as plugins' own channels go. Each subscription is one request, whose answer has a line of JSON for
 * each packet. As in Grafana a channel stays open when its stream has ended.
 */
export class WorkbenchLiveSrv implements GrafanaLiveSrv {
  getConnectionState() {
    return of(true);
  }

  getStream<T>(address: LiveChannelAddress): Observable<LiveChannelEvent<T>> {
    return new Observable((subscriber) => {
      const controller = new AbortController();
      const say = (state: LiveChannelConnectionState, error?: unknown) =>
        subscriber.next({
          type: LiveChannelEventType.Status,
          id: toLiveChannelId(address),
          timestamp: Date.now(),
          state,
          error,
        });
      say(LiveChannelConnectionState.Pending);
      subscribe(address, controller.signal, (packet, first) =>
        first
          ? say(LiveChannelConnectionState.Connected)
          : subscriber.next({ type: LiveChannelEventType.Message, message: packet as T })
      ).catch((reason: unknown) => {
        if (!controller.signal.aborted) {
          say(LiveChannelConnectionState.Invalid, reason);
        }
      });
      return () => controller.abort();
    });
  }

  getDataStream() {
    return throwError(() => new Error('The workbench does not imitate getDataStream of Grafana Live.'));
  }

  getPresence(): Promise<never> {
    return Promise.reject(new Error('The workbench does not imitate the presence of Grafana Live.'));
  }

  publish(): Promise<never> {
    return Promise.reject(new Error('The workbench does not publish to channels.'));
  }
}

async function subscribe(
  { stream, path, data }: LiveChannelAddress,
  signal: AbortSignal,
  take: (packet: unknown, first: boolean) => void
): Promise<void> {
  const response = await fetch(`/api/live/workbench/${encodeURIComponent(stream)}/${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(data ?? {}),
    signal,
  });
  if (!response.ok || !response.body) {
    throw new Error(`The subscription was refused: ${response.status} ${await response.text()}`);
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  let first = true;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const lines = (rest + part.value).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      take(JSON.parse(line), first);
      first = false;
    }
  }
}
