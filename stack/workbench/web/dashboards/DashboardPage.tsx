import type { TimeRange } from '@grafana/data';
import { getBackendSrv, locationService } from '@grafana/runtime';
import { Alert, Button, LoadingPlaceholder } from '@grafana/ui';
import React, { useEffect, useMemo, useState } from 'react';

import { templateSrv } from '../grafana/setup';
import { RangePicker } from '../query/RangePicker';
import { parseRange, rawText, refreshed } from '../query/timeRange';
import { Page } from '../shell/Page';
import { AnnotationList } from './AnnotationList';
import { DashboardGrid } from './DashboardGrid';
import { type DashboardModel, flatPanels } from './model';
import { VariableBar } from './VariableBar';
import { type DashboardVariable, interpolated, loadVariables } from './variables';

/** A provisioned dashboard. Time range and variables are in the address, under Grafana's names. */
export function DashboardPage({ uid, search }: { uid: string; search: string }) {
  const { dashboard, error } = useDashboard(uid);
  if (!dashboard) {
    return (
      <Page title="Dashboard">
        {error ? (
          <Alert title="This dashboard can't be read">{error}</Alert>
        ) : (
          <LoadingPlaceholder text="Reading the dashboard" />
        )}
      </Page>
    );
  }
  return <LoadedDashboard dashboard={dashboard} search={search} />;
}

/** The part of an address's search that queries depend on. Panels keep theirs beside it, and run no query by that. */
function ownSearch(address: string): string {
  const own = [...new URLSearchParams(address)].filter(([name]) => /^(from|to|var-.*)$/.test(name));
  return new URLSearchParams(own).toString();
}

function LoadedDashboard({ dashboard, search: address }: { dashboard: DashboardModel; search: string }) {
  const [reloads, setReloads] = useState(0);
  const search = ownSearch(address);
  const params = new URLSearchParams(search);
  const from = params.get('from') ?? dashboard.time?.from;
  const to = params.get('to') ?? dashboard.time?.to;
  // reloads moves a relative range on to now.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const range = useMemo(() => refreshed(parseRange(from, to)), [from, to, reloads]);
  const ready = useReadyVariables(dashboard, search, range, reloads);
  const annotations = useMemo(() => dashboard.annotations?.list ?? [], [dashboard]);
  const panels = useMemo(() => flatPanels(dashboard.panels ?? []), [dashboard]);

  const setRange = (next: TimeRange) => change({ from: rawText(next.raw.from), to: rawText(next.raw.to) });
  return (
    <Page
      title={dashboard.title}
      subtitle={dashboard.description}
      actions={
        <>
          <RangePicker value={range} onChange={setRange} />
          <Button variant="secondary" icon="sync" onClick={() => setReloads(reloads + 1)}>
            Refresh
          </Button>
        </>
      }
    >
      {ready ? (
        <>
          <VariableBar variables={ready.variables} onChange={(name, value) => change({ [`var-${name}`]: value })} />
          <AnnotationList queries={annotations} range={ready.range} revision={ready.revision} />
          <DashboardGrid
            panels={panels}
            dashboardUID={dashboard.uid}
            range={ready.range}
            revision={ready.revision}
            onChangeRange={(start, end) => setRange(parseRange(start, end))}
          />
        </>
      ) : (
        <LoadingPlaceholder text="Reading the variables" />
      )}
    </Page>
  );
}

function change(query: Record<string, string | string[]>) {
  locationService.partial(query, true);
}

function useDashboard(uid: string) {
  const [loaded, setLoaded] = useState<{ dashboard?: DashboardModel; error?: string }>({});
  useEffect(() => {
    let current = true;
    getBackendSrv()
      .get<{ dashboard: DashboardModel }>(`/api/dashboards/uid/${encodeURIComponent(uid)}`)
      .then(
        ({ dashboard }) => current && setLoaded({ dashboard }),
        () => current && setLoaded({ error: `No dashboard with the uid "${uid}" is provisioned.` })
      );
    return () => {
      current = false;
    };
  }, [uid]);
  return loaded;
}

interface Ready {
  variables: DashboardVariable[];
  range: TimeRange;
  /** Another one for every set of variables, range and reload: the panels' queries run again. */
  revision: string;
}

/**
 * The variables with their options, and the range that they were read for. Panels take both from here: a panel that
 * saw the new address before the template service does would ask with the old values.
 */
function useReadyVariables(
  dashboard: DashboardModel,
  search: string,
  range: TimeRange,
  reloads: number
): Ready | undefined {
  const [ready, setReady] = useState<Ready>();
  const models = useMemo(() => dashboard.templating?.list ?? [], [dashboard]);
  useEffect(() => {
    let current = true;
    templateSrv.updateTimeRange(range);
    loadVariables(models, search, range).then((variables) => {
      if (current) {
        templateSrv.setVariables(interpolated(variables, models));
        setReady({ variables, range, revision: `${search} ${reloads}` });
      }
    });
    return () => {
      current = false;
    };
  }, [models, search, range, reloads]);
  return ready;
}
