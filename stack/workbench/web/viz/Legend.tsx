import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';

/** Names and colors of the series. */
export function Legend({ items }: { items: Array<{ label: string; color: string }> }) {
  const styles = useStyles2(getStyles);
  return (
    <ul className={styles.list} aria-label="Series">
      {items.map(({ label, color }, index) => (
        <li key={`${label} ${index}`} className={styles.item}>
          <span className={styles.swatch} style={{ background: color }} />
          {label}
        </li>
      ))}
    </ul>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  list: css({
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(0.25, 2),
    listStyle: 'none',
    padding: theme.spacing(0.5),
    fontSize: theme.typography.bodySmall.fontSize,
  }),
  item: css({ display: 'inline-flex', alignItems: 'center', gap: theme.spacing(1), whiteSpace: 'nowrap' }),
  swatch: css({ width: 14, height: 4, borderRadius: theme.shape.radius.pill }),
});
