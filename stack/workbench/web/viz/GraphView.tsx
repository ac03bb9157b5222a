import type { DataFrame, TimeRange } from '@grafana/data';
import { TooltipDisplayMode } from '@grafana/schema';
import { Text, TooltipPlugin, UPlotChart, useTheme2, VizLayout } from '@grafana/ui';
import React, { useMemo } from 'react';

import { useTimeZone } from '../query/timeZone';
import { buildGraph } from './graphConfig';
import { Legend } from './Legend';

interface Props {
  /** With display processors. */
  frames: DataFrame[];
  range: TimeRange;
  width: number;
  height: number;
  label: string;
}

/** Time series as lines, or stacked areas if they ask for it, with a legend. */
export function GraphView({ frames, range, width, height, label }: Props) {
  const theme = useTheme2();
  const timeZone = useTimeZone();
  const graph = useMemo(() => buildGraph(frames, theme, timeZone, range), [frames, theme, timeZone, range]);
  if (!graph) {
    return <Text color="secondary">No series in this time range.</Text>;
  }
  const legend = (
    <VizLayout.Legend placement="bottom" maxHeight="35%">
      <Legend items={graph.legend} />
    </VizLayout.Legend>
  );
  return (
    <div role="group" aria-label={`${label}: ${graph.legend.length} series over time`}>
      <VizLayout width={width} height={height} legend={legend}>
        {(plotWidth, plotHeight) => (
          <UPlotChart config={graph.config} data={graph.drawn} width={plotWidth} height={plotHeight}>
            <TooltipPlugin
              config={graph.config}
              data={graph.frame}
              mode={TooltipDisplayMode.Multi}
              timeZone={timeZone}
            />
          </UPlotChart>
        )}
      </VizLayout>
    </div>
  );
}
