import { css } from '@emotion/css';
import {
  CoreApp,
  type DataSourceRef,
  type GrafanaTheme2,
  LoadingState,
  type PanelData,
  renderMarkdown,
  type TimeRange,
} from '@grafana/data';
import { Alert, PanelChrome, Text, useStyles2 } from '@grafana/ui';
import React, { useEffect, useState } from 'react';

import { dataSourceSrv, templateSrv } from '../grafana/setup';
import { runQueries } from '../query/run';
import { PanelContent } from './PanelContent';
import type { PanelModel } from './model';

interface Props {
  panel: PanelModel;
  dashboardUID: string;
  range: TimeRange;
  /** Changes when the panel's queries are to run again. */
  revision: string;
  width: number;
  height: number;
  onChangeRange: (from: number, to: number) => void;
}

/** One panel of a dashboard with its queries. */
export function PanelBox({ panel, dashboardUID, range, revision, width, height, onChangeRange }: Props) {
  const styles = useStyles2(getStyles);
  const data = usePanelData(panel, dashboardUID, range, revision, width);
  const title = templateSrv.replace(panel.title ?? '');
  if (panel.type === 'row') {
    return (
      <Text element="h2" variant="h4">
        {title}
      </Text>
    );
  }
  const message = data.error?.data?.message ?? data.error?.message;
  // Nothing is broken: the demo has no Loki, for one.
  const missing = message?.includes('is not configured');
  return (
    <PanelChrome
      title={title}
      description={panel.description}
      width={width}
      height={height}
      loadingState={missing ? LoadingState.Done : data.state}
      statusMessage={missing ? undefined : message}
    >
      {(innerWidth, innerHeight) =>
        panel.type === 'text' ? (
          <div
            className={styles.text}
            style={{ height: innerHeight }}
            // Grafana's own renderer, which sanitizes what a dashboard's text holds.
            dangerouslySetInnerHTML={{
              __html: renderMarkdown(templateSrv.replace(String(panel.options?.content ?? ''))),
            }}
          />
        ) : message && data.series.length === 0 ? (
          <Alert severity={missing ? 'info' : 'error'} title={missing ? 'Not set up' : 'The query failed'}>
            {message}
          </Alert>
        ) : (
          <PanelContent
            panel={panel}
            title={title}
            data={data}
            width={innerWidth}
            height={innerHeight}
            onChangeRange={onChangeRange}
          />
        )
      }
    </PanelChrome>
  );
}

function usePanelData(
  panel: PanelModel,
  dashboardUID: string,
  range: TimeRange,
  revision: string,
  width: number
): PanelData {
  const [data, setData] = useState<PanelData>({ state: LoadingState.NotStarted, series: [], timeRange: range });
  const measured = width > 0;
  const maxDataPoints = Math.max(100, Math.round(width));
  useEffect(() => {
    const reference = panel.datasource ?? panel.targets?.find((target) => target.datasource)?.datasource ?? null;
    if (!measured || !panel.targets?.length) {
      return undefined;
    }
    let stop = () => {};
    let current = true;
    const fail = (reason: unknown) => {
      const error = { message: reason instanceof Error ? reason.message : String(reason) };
      setData({ state: LoadingState.Error, series: [], timeRange: range, error, errors: [error] });
    };
    dataSourceSrv.get(reference).then((datasource) => {
      if (!current) {
        return;
      }
      const queries = (panel.targets ?? []).map((target) => ({ ...target, datasource: refOf(datasource) }));
      const request = {
        datasource,
        queries,
        range,
        app: CoreApp.Dashboard,
        maxDataPoints,
        minInterval: panel.interval,
        panelId: panel.id,
        dashboardUID,
      };
      const subscription = runQueries(request).subscribe((next) =>
        setData((previous) => (next.state === LoadingState.Loading ? { ...next, series: previous.series } : next))
      );
      stop = () => subscription.unsubscribe();
    }, fail);
    return () => {
      current = false;
      stop();
    };
    // The width only rounds the number of points: a resized window does not ask again.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [panel, dashboardUID, revision, measured]);
  return data;
}

function refOf({ type, uid }: { type: string; uid: string }): DataSourceRef {
  return { type, uid };
}

const getStyles = (theme: GrafanaTheme2) => ({
  text: css({ overflow: 'auto', '& a': { color: theme.colors.text.link, textDecoration: 'underline' } }),
});
