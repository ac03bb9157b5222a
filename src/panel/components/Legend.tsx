import { css, cx } from '@emotion/css';
import React, { memo } from 'react';

import { type GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';

import { legendEntries } from '../model/legend';
import { type Run } from '../model/types';
import { getBarStyles } from './barStyles';

interface Props {
  run: Run;
  showBaselines: boolean;
  showCriticalPath: boolean;
}

/** What the forms and patterns mean; only those that this run has. */
export const Legend = memo(function Legend({ run, showBaselines, showCriticalPath }: Props) {
  const styles = useStyles2(getStyles);
  const looks = useStyles2(getBarStyles);
  return (
    <ul className={styles.legend} aria-label="Legend">
      {legendEntries(run, showBaselines, showCriticalPath).map((entry) => (
        <li key={entry.text} className={styles.entry}>
          <span className={styles.swatch} aria-hidden="true">
            <span
              className={cx(styles[entry.form ?? 'bar'], entry.look === 'setup' && looks.execution, looks[entry.look])}
            />
            {entry.look === 'bracket' && <span className={cx(styles.tick, looks.tick)} />}
          </span>
          {entry.text}
        </li>
      ))}
    </ul>
  );
});

const getStyles = (theme: GrafanaTheme2) => ({
  legend: css({
    flex: 'none',
    display: 'flex',
    flexWrap: 'wrap',
    columnGap: theme.spacing(2),
    margin: 0,
    padding: theme.spacing(0.5, 1, 0),
    listStyle: 'none',
    maxHeight: 68,
    overflow: 'hidden',
    fontSize: theme.typography.bodySmall.fontSize,
    color: theme.colors.text.secondary,
  }),
  entry: css({
    display: 'inline-flex',
    alignItems: 'center',
    gap: theme.spacing(0.75),
    lineHeight: '20px',
    whiteSpace: 'nowrap',
  }),
  swatch: css({ position: 'relative', width: 24, height: 14, flex: 'none' }),
  bar: css({ position: 'absolute', inset: '1px 0', boxSizing: 'border-box' }),
  container: css({ position: 'absolute', inset: '3px 0', boxSizing: 'border-box' }),
  thin: css({ position: 'absolute', left: 0, right: 0, top: 5, height: 4 }),
  line: css({ position: 'absolute', left: 0, right: 0, top: 6, height: 2 }),
  bracket: css({ position: 'absolute', left: 0, right: 0, top: 5, height: 6 }),
  tick: css({ position: 'absolute', top: 3, height: 9, left: 13, width: 2 }),
});
