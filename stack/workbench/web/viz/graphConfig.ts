import {
  type DataFrame,
  type Field,
  FieldType,
  formattedValueToString,
  getDisplayProcessor,
  getFieldDisplayName,
  getFieldSeriesColor,
  type GrafanaTheme2,
  outerJoinDataFrames,
  type TimeRange,
} from '@grafana/data';
import { AxisPlacement, GraphDrawStyle, ScaleDirection, ScaleOrientation, VisibilityMode } from '@grafana/schema';
import { UPlotConfigBuilder } from '@grafana/ui';

import type uPlot from 'uplot';

import { isStacked, type Lines, stackUp } from './stack';

/** Percent, of the area below a stacked series that does not say it. */
const STACK_FILL = 50;

export interface Graph {
  /** Time first, then one field per series. */
  frame: DataFrame;
  config: UPlotConfigBuilder;
  /** What is drawn: the times, then the series, stacked if they ask for it. */
  drawn: [number[], ...Lines];
  legend: Array<{ label: string; color: string }>;
}

/** Lays all series of some frames over one time axis. Undefined when there is nothing over time in them. */
export function buildGraph(
  frames: DataFrame[],
  theme: GrafanaTheme2,
  timeZone: string,
  range: TimeRange
): Graph | undefined {
  const series = frames.map(timeAndNumbers).filter((frame) => frame.fields.length > 1 && frame.length > 0);
  const names = series.flatMap((frame) =>
    frame.fields.slice(1).map((field) => getFieldDisplayName(field, frame, series))
  );
  const frame = series.length > 0 ? outerJoinDataFrames({ frames: series }) : undefined;
  if (!frame) {
    return undefined;
  }
  const fields = frame.fields.slice(1);
  const config = new UPlotConfigBuilder(timeZone);
  addTimeAxis(config, theme, timeZone, range);
  addValueAxis(config, theme, fields[0]);
  const stacked = fields.length > 0 && fields.every(isStacked);
  const lines: Lines = fields.map(({ values }) => values);
  const legend = fields.map((field, index) => {
    if (stacked && index > 0) {
      config.addBand({ series: [index + 1, index] }); // filled down to the series below
    }
    const color = getFieldSeriesColor(field, theme).color;
    config.addSeries({
      scaleKey: 'y',
      theme,
      drawStyle: GraphDrawStyle.Line,
      lineColor: color,
      lineWidth: 1.5,
      fillColor: stacked ? color : undefined, // with a color, lines are filled whatever the opacity
      fillOpacity: stacked ? (field.config.custom?.fillOpacity ?? STACK_FILL) : 0,
      showPoints: stacked ? VisibilityMode.Never : VisibilityMode.Auto,
      pointSize: 4,
      pointColor: color,
      pointsFilter: stacked ? undefined : lonelyPoints,
      spanNulls: field.config.custom?.spanNulls ?? false,
    });
    return { label: names[index] ?? field.name, color };
  });
  const drawn: Graph['drawn'] = [frame.fields[0].values, ...(stacked ? stackUp(lines) : lines)];
  return { frame, config, drawn, legend };
}

/** Points that no line reaches, because nothing is known before and after: without a dot they would not be seen. */
function lonelyPoints(plot: uPlot, series: number, everyPoint: boolean): number[] | null {
  if (everyPoint) {
    return null; // there is room for a dot at each of them
  }
  const values = plot.data[series];
  const known = (index: number) => values[index] !== null && values[index] !== undefined;
  return Array.from(values.keys()).filter((index) => known(index) && !known(index - 1) && !known(index + 1));
}

function timeAndNumbers(frame: DataFrame): DataFrame {
  const time = frame.fields.filter((field) => field.type === FieldType.time).slice(0, 1);
  const numbers = frame.fields.filter((field) => field.type === FieldType.number);
  return { ...frame, fields: time.length > 0 ? [...time, ...numbers] : [] };
}

function addTimeAxis(config: UPlotConfigBuilder, theme: GrafanaTheme2, timeZone: string, range: TimeRange) {
  config.addScale({
    scaleKey: 'x',
    isTime: true,
    orientation: ScaleOrientation.Horizontal,
    direction: ScaleDirection.Right,
    range: () => [range.from.valueOf(), range.to.valueOf()],
  });
  config.addAxis({ scaleKey: 'x', isTime: true, placement: AxisPlacement.Bottom, timeZone, theme });
}

function addValueAxis(config: UPlotConfigBuilder, theme: GrafanaTheme2, field: Field | undefined) {
  const display = field?.display ?? getDisplayProcessor({ field: field ?? {}, theme });
  config.addScale({
    scaleKey: 'y',
    orientation: ScaleOrientation.Vertical,
    direction: ScaleDirection.Up,
    softMin: 0,
  });
  config.addAxis({
    scaleKey: 'y',
    placement: AxisPlacement.Left,
    label: field?.config.custom?.axisLabel,
    theme,
    formatValue: (value: number, decimals) => formattedValueToString(display(value, decimals)),
  });
}
