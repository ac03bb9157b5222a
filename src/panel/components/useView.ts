import { useCallback, useEffect, useRef, useState } from 'react';

import { locationService } from '@grafana/runtime';

import { type View, WHOLE_VIEW, readView, writeView } from '../model/view';

/** Milliseconds after which the address follows, so that typing does not change it with every key. */
const DELAY = 300;

/**
 * The reader's view of a panel and how to change it. The address keeps it, so that a link shows the same; where no
 * address can be read or changed, the view lasts as long as the panel does.
 */
export function useView(panelId: number): { view: View; change: (changes: Partial<View>) => void } {
  const prefix = `fs${panelId}-`;
  const [view, setView] = useState(() => readAddress(prefix));
  const latest = useRef(view);
  const address = useRef(key(view));
  const timer = useRef<number | undefined>(undefined);

  const change = useCallback(
    (changes: Partial<View>) => {
      latest.current = { ...latest.current, ...changes };
      setView(latest.current);
      window.clearTimeout(timer.current);
      timer.current = window.setTimeout(() => {
        address.current = key(latest.current);
        writeAddress(latest.current, prefix);
      }, DELAY);
    },
    [prefix]
  );

  useEffect(() => {
    const stop = listen(() => {
      const next = readAddress(prefix);
      // Only what somebody else changed: the panel's own changes may still wait to be written.
      if (key(next) !== address.current) {
        window.clearTimeout(timer.current);
        address.current = key(next);
        latest.current = next;
        setView(next);
      }
    });
    return () => {
      stop();
      window.clearTimeout(timer.current);
    };
  }, [prefix]);

  return { view, change };
}

/** The address that shows a view. On a dashboard its range of time does not move; Explore's own state is left as it is. */
export function shareUrl(panelId: number, view: View, { from, to }: { from: number; to: number }): string {
  const url = new URL(window.location.href);
  const isExplore = url.searchParams.has('panes') || url.searchParams.has('left');
  const times = isExplore ? {} : { from: String(from), to: String(to) };
  for (const [name, value] of Object.entries({ ...times, ...writeView(view, `fs${panelId}-`) })) {
    if (value === null) {
      url.searchParams.delete(name);
    } else {
      url.searchParams.set(name, value);
    }
  }
  return url.toString();
}

function key(view: View): string {
  return JSON.stringify(writeView(view, ''));
}

function readAddress(prefix: string): View {
  try {
    return readView(locationService.getSearchObject(), prefix);
  } catch {
    return WHOLE_VIEW;
  }
}

function writeAddress(view: View, prefix: string) {
  try {
    locationService.partial(writeView(view, prefix), true);
  } catch {
    // Without a router there is no address to change.
  }
}

function listen(changed: () => void): () => void {
  try {
    return locationService.getHistory().listen(changed);
  } catch {
    return () => undefined;
  }
}
