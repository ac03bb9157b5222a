import { LoadingState, type PanelData } from '@grafana/data';
import { Text, useTheme2 } from '@grafana/ui';
import React, { useMemo } from 'react';

import { hasPanel } from '../plugins/load';
import { isIncomplete } from '../query/progress';
import { useTimeZone } from '../query/timeZone';
import { FramesView, type ViewKind } from '../viz/FramesView';
import { PluginPanel } from '../viz/PluginPanel';
import { prepareFrames } from '../viz/prepare';
import { StatView } from '../viz/StatView';
import type { PanelModel } from './model';
import { useTransformed } from './useTransformed';

/** Grafana's panels that can be drawn here. */
const VIEWS: Partial<Record<string, ViewKind>> = {
  table: 'table',
  logs: 'logs',
  traces: 'trace',
  nodeGraph: 'nodeGraph',
  heatmap: 'heatmap',
  timeseries: 'graph',
};
const STATS = ['stat', 'gauge'];

interface Props {
  panel: PanelModel;
  title: string;
  data: PanelData;
  width: number;
  height: number;
  onChangeRange: (from: number, to: number) => void;
}

/** Draws a panel of the plugin with the plugin, and Grafana's simple ones simply. */
export function PanelContent(props: Props) {
  const { panel, data } = props;
  if (data.series.every((frame) => frame.length === 0)) {
    const waiting = isIncomplete(data) || data.state === LoadingState.NotStarted;
    return waiting ? null : <Text color="secondary">{whyEmpty(data)}</Text>;
  }
  if (hasPanel(panel.type)) {
    const { options, fieldConfig, id } = panel;
    return <PluginPanel {...props} pluginId={panel.type} options={options} fieldConfig={fieldConfig} panelId={id} />;
  }
  return <CorePanel {...props} />;
}

/** Grafana has the notices behind a sign in the panel's corner. */
function whyEmpty({ series }: PanelData): string {
  const notices = series.flatMap(({ meta }) => meta?.notices ?? []).map(({ text }) => text);
  return notices.length > 0 ? [...new Set(notices)].join(' ') : 'No data in this time range';
}

function CorePanel({ panel, title, data: answered, width, height }: Props) {
  const data = useTransformed(answered, panel.transformations);
  const theme = useTheme2();
  const timeZone = useTimeZone();
  const frames = useMemo(
    () =>
      prepareFrames({ frames: data.series, theme, timeZone, range: data.timeRange, fieldConfig: panel.fieldConfig }),
    [data, theme, timeZone, panel.fieldConfig]
  );
  if (STATS.includes(panel.type)) {
    return <StatView frames={frames} width={width} height={height} calculation={calculationOf(panel)} />;
  }
  const kind = VIEWS[panel.type];
  return kind ? (
    <FramesView kind={kind} frames={frames} range={data.timeRange} width={width} height={height} label={title} />
  ) : (
    <Text color="secondary">{`Panels of type ${panel.type} are drawn by Grafana only.`}</Text>
  );
}

function calculationOf({ options }: PanelModel): string {
  const { calcs } = Object(options?.reduceOptions) as { calcs?: unknown };
  const first: unknown = Array.isArray(calcs) ? calcs[0] : undefined;
  return typeof first === 'string' ? first : 'lastNotNull';
}
