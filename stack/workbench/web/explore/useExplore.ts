import { CoreApp, type DataSourceApi, LoadingState, type PanelData, type TimeRange } from '@grafana/data';
import { locationService } from '@grafana/runtime';
import type { DataQuery } from '@grafana/schema';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Subscription } from 'rxjs';

import { runQueries } from '../query/run';
import { parseRange } from '../query/timeRange';
import { templateSrv } from '../grafana/setup';
import { exploreUrl, foreignSearch, ownSearch, parseState, rangeState } from './state';

const MAX_DATA_POINTS = 1000;

/** The state of Explore. It is kept in the address: an edit replaces the address, a new address runs its queries. */
export function useExplore(datasource: DataSourceApi, address: string) {
  const search = ownSearch(address);
  const state = useMemo(() => {
    const parsed = parseState(search);
    const first: DataQuery = { ...datasource.getDefaultQuery?.(CoreApp.Explore), refId: 'A' };
    return { ...parsed, datasource: datasource.uid, queries: parsed.queries.length > 0 ? parsed.queries : [first] };
  }, [search, datasource]);
  const range = useMemo(() => parseRange(state.range.from, state.range.to), [state.range.from, state.range.to]);
  const [data, setData] = useState<PanelData>({ state: LoadingState.NotStarted, series: [], timeRange: range });

  // An editor changes its query and asks to run it in one go, before the page is drawn again.
  const latest = useRef(state);
  useLayoutEffect(() => {
    latest.current = state;
  }, [state]);
  const written = useRef<string | undefined>(undefined);
  const subscription = useRef<Subscription | undefined>(undefined);

  const write = useCallback((change: Partial<typeof state>) => {
    latest.current = { ...latest.current, ...change };
    const url = exploreUrl(latest.current);
    written.current = url.slice(url.indexOf('?'));
    locationService.replace(url + foreignSearch(locationService.getLocation().search));
  }, []);

  const run = useCallback(() => {
    const { queries, range: raw } = latest.current;
    const now = parseRange(raw.from, raw.to);
    templateSrv.setVariables([]);
    templateSrv.updateTimeRange(now);
    subscription.current?.unsubscribe();
    const request = { datasource, queries, range: now, app: CoreApp.Explore, maxDataPoints: MAX_DATA_POINTS };
    subscription.current = runQueries(request).subscribe((next) =>
      setData((previous) => (next.state === LoadingState.Loading ? { ...next, series: previous.series } : next))
    );
  }, [datasource]);

  useEffect(() => {
    if (written.current !== search) {
      run();
    }
  }, [search, run]);
  useEffect(() => () => subscription.current?.unsubscribe(), []);

  const cancel = useCallback(() => {
    subscription.current?.unsubscribe();
    setData((previous) => ({ ...previous, state: LoadingState.Done }));
  }, []);
  const setRange = useCallback(
    (next: TimeRange) => {
      write({ range: rangeState(next) });
      run();
    },
    [write, run]
  );
  const setQueries = useCallback((queries: DataQuery[]) => write({ queries }), [write]);
  return { queries: state.queries, range, data, run, cancel, setRange, setQueries };
}
