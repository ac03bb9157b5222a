import { css, cx } from '@emotion/css';
import type { DataFrame, GrafanaTheme2 } from '@grafana/data';
import { Text, useStyles2 } from '@grafana/ui';
import React, { useMemo } from 'react';

import { CutNote, ScrollBox } from './ScrollBox';
import { tableStyle } from './tableStyle';
import { readTrace, type Span } from './trace';

/** More spans are counted, but not drawn. */
const MAX_SPANS = 500;
/** Pixels for each level of the tree, and how many levels are told apart. */
const INDENT = 14;
const MOST_LEVELS = 8;

interface Props {
  /** With display processors. */
  frame: DataFrame | undefined;
  height: number;
  label: string;
}

/** The spans of a trace in tree order, each with a bar at its place in time. */
export function TraceView({ frame, height, label }: Props) {
  const styles = useStyles2(getStyles);
  const spans = useMemo(() => readTrace(frame), [frame]);
  if (!spans || spans.length === 0) {
    return <Text color="secondary">No trace in this time range.</Text>;
  }
  const from = Math.min(...spans.map(({ start }) => start));
  const to = Math.max(...spans.map(({ start, duration }) => start + duration));
  return (
    <ScrollBox label={`${label}: ${spans.length} spans`} height={height}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Span</th>
            <th scope="col">Service</th>
            <th scope="col" className={styles.number}>
              Start
            </th>
            <th scope="col" className={styles.number}>
              Duration
            </th>
            <th scope="col" className={styles.time}>
              Time
            </th>
          </tr>
        </thead>
        <tbody>
          {spans.slice(0, MAX_SPANS).map((span) => (
            <SpanRow key={span.id} span={span} from={from} whole={Math.max(to - from, 1e-6)} />
          ))}
        </tbody>
      </table>
      <CutNote shown={Math.min(spans.length, MAX_SPANS)} all={spans.length} what="spans" />
    </ScrollBox>
  );
}

/** `from` is when the trace starts, `whole` how long it is, in milliseconds. */
function SpanRow({ span, from, whole }: { span: Span; from: number; whole: number }) {
  const styles = useStyles2(getStyles);
  const percent = (milliseconds: number) => `${(milliseconds / whole) * 100}%`;
  return (
    <tr>
      <th scope="row" style={{ paddingLeft: 8 + Math.min(span.depth, MOST_LEVELS) * INDENT }}>
        {span.name}
        {span.failed && <span className={styles.failed}> (failed)</span>}
      </th>
      <td>{span.service}</td>
      <td className={styles.number}>{`+${((span.start - from) / 1000).toFixed(3)} s`}</td>
      <td className={styles.number}>{span.durationText}</td>
      <td className={styles.time}>
        <div
          className={cx(styles.bar, span.failed && styles.failedBar)}
          style={{ marginLeft: percent(span.start - from), width: percent(span.duration) }}
        />
      </td>
    </tr>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  table: css(tableStyle(theme, 0.5), { 'tbody th': { fontWeight: theme.typography.fontWeightRegular } }),
  number: css({ '&&': { textAlign: 'right' } }),
  time: css({ width: '50%', minWidth: 200 }),
  bar: css({ height: 10, minWidth: 2, borderRadius: 2, background: theme.visualization.getColorByName('blue') }),
  failedBar: css({ background: theme.visualization.getColorByName('red') }),
  failed: css({ color: theme.colors.error.text }),
});
