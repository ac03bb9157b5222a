import type { DataFrame, TimeRange } from '@grafana/data';
import React from 'react';

import { FrameTable } from './FrameTable';
import { GraphView } from './GraphView';
import { isHeatmap } from './heatmap';
import { HeatmapView } from './HeatmapView';
import { LogsView } from './LogsView';
import { NodeGraphView } from './NodeGraphView';
import { TraceView } from './TraceView';

/** How frames are drawn; Grafana has a visualisation of its own for each. */
export type ViewKind = 'graph' | 'heatmap' | 'nodeGraph' | 'trace' | 'logs' | 'table';

interface Props {
  kind: ViewKind;
  /** With display processors and links. */
  frames: DataFrame[];
  range: TimeRange;
  width: number;
  height: number;
  label: string;
}

/** Frames in one of Grafana's visualisations, as simple as it can be. */
export function FramesView({ kind, frames, range, width, height, label }: Props) {
  switch (kind) {
    case 'graph':
      return <GraphView frames={frames} range={range} width={width} height={height} label={label} />;
    case 'heatmap':
      return (
        <HeatmapView
          frame={frames.find(isHeatmap) ?? frames[0]}
          range={range}
          width={width}
          height={height}
          label={label}
        />
      );
    case 'nodeGraph':
      return <NodeGraphView frames={frames} width={width} height={height} label={label} />;
    case 'trace':
      return <TraceView frame={frames[0]} height={height} label={label} />;
    case 'logs':
      return <LogsView frame={frames[0]} height={height} label={label} />;
    case 'table':
      return (
        <div style={{ height, overflow: 'auto' }}>
          {frames.map((frame, index) => (
            <FrameTable key={index} frame={frame} label={frames.length > 1 ? `${label}, ${index + 1}` : label} />
          ))}
        </div>
      );
  }
}
