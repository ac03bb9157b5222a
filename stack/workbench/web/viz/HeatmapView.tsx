import { css } from '@emotion/css';
import { type DataFrame, dateTimeFormat, type GrafanaTheme2, type TimeRange } from '@grafana/data';
import { Text, useStyles2, useTheme2 } from '@grafana/ui';
import React, { useMemo } from 'react';

import { useTimeZone } from '../query/timeZone';
import { type Cell, layOut } from './heatmap';

const AXIS = { left: 64, bottom: 22, top: 6 }; // pixels

interface Props {
  /** With display processors. */
  frame: DataFrame;
  range: TimeRange;
  width: number;
  height: number;
  label: string;
}

/** The cells of a heatmap over time, values on a logarithmic axis: the more executions, the stronger the colour. */
export function HeatmapView({ frame, range, width, height, label }: Props) {
  const theme = useTheme2();
  const styles = useStyles2(getStyles);
  const [from, to] = [range.from.valueOf(), range.to.valueOf()];
  const heatmap = useMemo(() => layOut(frame, from, to), [frame, from, to]);
  if (!heatmap) {
    return <Text color="secondary">No executions in this time range.</Text>;
  }
  const plot = { width: width - AXIS.left, height: height - AXIS.bottom - AXIS.top };
  const y = (share: number) => AXIS.top + plot.height * (1 - share);
  const box = ({ left, right, bottom, top }: Cell) => ({
    x: AXIS.left + left * plot.width,
    y: y(top),
    width: Math.max(1, (right - left) * plot.width - 1),
    height: Math.max(1, (top - bottom) * plot.height - 1),
  });
  return (
    <svg width={width} height={height} role="img" aria-label={`${label}: ${heatmap.cells.length} cells`}>
      {heatmap.cells.map((cell, index) => (
        <rect
          key={index}
          {...box(cell)}
          fill={theme.visualization.getColorByName('orange')}
          fillOpacity={0.15 + 0.85 * cell.strength}
        >
          <title>{cell.text}</title>
        </rect>
      ))}
      {heatmap.labels.map(({ at, text }) => (
        <text key={at} x={AXIS.left - 8} y={y(at) + (at === 1 ? 10 : 0)} textAnchor="end" className={styles.label}>
          {text}
        </text>
      ))}
      <TimeLabels from={from} to={to} width={plot.width} y={height - 6} />
    </svg>
  );
}

function TimeLabels({ from, to, width, y }: { from: number; to: number; width: number; y: number }) {
  const styles = useStyles2(getStyles);
  const timeZone = useTimeZone();
  return [0.1, 0.3, 0.5, 0.7, 0.9].map((at) => (
    <text key={at} x={AXIS.left + at * width} y={y} textAnchor="middle" className={styles.label}>
      {dateTimeFormat(from + at * (to - from), { format: 'HH:mm', timeZone })}
    </text>
  ));
}

const getStyles = (theme: GrafanaTheme2) => ({
  label: css({ fill: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
});
