import { css, cx } from '@emotion/css';
import React from 'react';

import { type GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';

import { type Tick } from '../model/axis';
import { type TimeScale } from '../model/geometry';
import { formatTick, formatTime } from '../model/format';
import { barColors } from './colors';

/** Pixels that one tick with its text needs. */
export const TICK_WIDTH = 76;

interface AxisProps {
  ticks: Tick[];
  scale: TimeScale;
  timeZone: string;
  /** Pixels of the axis. */
  width: number;
}

/** The texts above the bars: time since the run's start; the date and time on hover. */
export function TimeAxis({ ticks, scale, timeZone, width }: AxisProps) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.axis}>
      {ticks.map((tick) => {
        const isAtEnd = ((100 - tick.left) / 100) * width < TICK_WIDTH / 2;
        const isAtStart = (tick.left / 100) * width < TICK_WIDTH / 2;
        return (
          <span
            key={tick.seconds}
            className={cx(styles.text, isAtStart && styles.first, isAtEnd && styles.last)}
            style={{ left: `${tick.left}%` }}
            title={formatTime(scale.origin + tick.seconds * 1000, timeZone)}
          >
            {formatTick(tick.seconds)}
          </span>
        );
      })}
    </div>
  );
}

/** The lines behind the bars of one row. */
export function GridLines({ ticks }: { ticks: Tick[] }) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.lines} aria-hidden="true">
      {ticks.map((tick) => (
        <span key={tick.seconds} className={styles.line} style={{ left: `${tick.left}%` }} />
      ))}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  axis: css({ position: 'relative', height: '100%' }),
  text: css({
    position: 'absolute',
    top: '50%',
    transform: 'translate(-50%, -50%)',
    whiteSpace: 'nowrap',
    fontVariantNumeric: 'tabular-nums',
  }),
  first: css({ transform: 'translate(0, -50%)' }),
  last: css({ transform: 'translate(-100%, -50%)' }),
  lines: css({ position: 'absolute', inset: 0, pointerEvents: 'none' }),
  line: css({ position: 'absolute', top: 0, bottom: 0, width: 1, background: barColors(theme).grid }),
});
