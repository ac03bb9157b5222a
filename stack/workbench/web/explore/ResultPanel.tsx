import type { DataFrame, PanelData } from '@grafana/data';
import { PanelChrome, RadioButtonGroup, useTheme2 } from '@grafana/ui';
import React, { useMemo, useState } from 'react';

import { useTimeZone } from '../query/timeZone';
import { FramesView, type ViewKind } from '../viz/FramesView';
import { PluginPanel } from '../viz/PluginPanel';
import { prepareFrames } from '../viz/prepare';

export type ResultKind = 'panel' | ViewKind;

/** Grafana's Explore gives custom panels and graphs these heights in pixels. */
const HEIGHTS: Record<ResultKind, number> = {
  panel: 400,
  graph: 360,
  heatmap: 360,
  nodeGraph: 420,
  trace: 420,
  logs: 420,
  table: 400,
};
const TITLES: Record<ResultKind, string> = {
  panel: 'Flow steps',
  graph: 'Graph',
  heatmap: 'Heatmap',
  nodeGraph: 'Node graph',
  trace: 'Trace',
  logs: 'Logs',
  table: 'Table',
};

interface Props {
  kind: ResultKind;
  pluginId?: string;
  frames: DataFrame[];
  data: PanelData;
  width: number;
  onChangeRange: (from: number, to: number) => void;
}

/** One box of results. Panels and graphs can be looked at as a table too. */
export function ResultPanel({ kind, pluginId, frames, data, width, onChangeRange }: Props) {
  const [asTable, setAsTable] = useState(false);
  const refIds = [...new Set(frames.map((frame) => frame.refId))].join(', ');
  const title = `${kind === 'table' ? (frames[0]?.name ?? TITLES.table) : TITLES[kind]} (${refIds})`;
  const own = useMemo<PanelData>(() => ({ ...data, series: frames }), [data, frames]);
  const drawn = kind !== 'panel' || asTable ? undefined : pluginId;
  const rows = frames.reduce((most, frame) => Math.max(most, frame.length), 0);
  const height = kind === 'table' || asTable ? Math.min(HEIGHTS.table, 90 + rows * 30) : HEIGHTS[kind];
  return (
    <PanelChrome
      title={title}
      width={width}
      height={height}
      actions={kind === 'table' ? undefined : <ViewSwitch title={title} asTable={asTable} onChange={setAsTable} />}
    >
      {(innerWidth, innerHeight) =>
        drawn ? (
          <PluginPanel
            pluginId={drawn}
            title={title}
            data={own}
            width={innerWidth}
            height={innerHeight}
            onChangeRange={onChangeRange}
          />
        ) : (
          <Prepared
            data={own}
            kind={asTable || kind === 'panel' ? 'table' : kind}
            title={title}
            width={innerWidth}
            height={innerHeight}
          />
        )
      }
    </PanelChrome>
  );
}

function ViewSwitch({
  title,
  asTable,
  onChange,
}: {
  title: string;
  asTable: boolean;
  onChange: (table: boolean) => void;
}) {
  return (
    <RadioButtonGroup
      size="sm"
      aria-label={`View of ${title}`}
      value={asTable}
      options={[
        { label: 'Drawn', value: false },
        { label: 'Table', value: true },
      ]}
      onChange={onChange}
    />
  );
}

interface PreparedProps {
  data: PanelData;
  kind: ViewKind;
  title: string;
  width: number;
  height: number;
}

function Prepared({ data, kind, title, width, height }: PreparedProps) {
  const theme = useTheme2();
  const timeZone = useTimeZone();
  const frames = useMemo(
    () => prepareFrames({ frames: data.series, theme, timeZone, range: data.timeRange }),
    [data, theme, timeZone]
  );
  return <FramesView kind={kind} frames={frames} range={data.timeRange} width={width} height={height} label={title} />;
}
