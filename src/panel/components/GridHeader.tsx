import { css } from '@emotion/css';
import React from 'react';

import { type GrafanaTheme2 } from '@grafana/data';
import { IconButton, useStyles2 } from '@grafana/ui';

import { ROW_HEIGHT, type RowContext } from './StepRow';
import { TimeAxis } from './TimeAxis';

interface Props {
  context: RowContext;
  timeZone: string;
  onExpandAll: () => void;
  onCollapseAll: () => void;
}

/** Column titles, the axis and the buttons that open and close the whole tree. Stays in view while the rows scroll. */
export function GridHeader({ context, timeZone, onExpandAll, onCollapseAll }: Props) {
  const styles = useStyles2(getStyles);
  const { layout, scale, ticks } = context;
  return (
    <div role="rowgroup" className={styles.group}>
      <div role="row" aria-rowindex={1} className={styles.row}>
        <div role="columnheader" className={styles.name} style={{ width: layout.nameWidth }}>
          <span className={styles.title}>Step</span>
          <IconButton
            name="angle-double-down"
            size="sm"
            tooltip="Expand all"
            aria-label="Expand all"
            onClick={onExpandAll}
          />
          <IconButton
            name="angle-double-right"
            size="sm"
            tooltip="Collapse all"
            aria-label="Collapse all"
            onClick={onCollapseAll}
          />
        </div>
        <div role="columnheader" className={styles.timeline} aria-label="Time since the start of the run">
          {scale && <TimeAxis ticks={ticks} scale={scale} timeZone={timeZone} width={layout.timelineWidth} />}
        </div>
        {layout.columns.map((column) => (
          <div
            key={column.id}
            role="columnheader"
            className={styles.value}
            style={{ width: column.width }}
            title={column.description}
          >
            {column.title}
          </div>
        ))}
      </div>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  group: css({ position: 'sticky', top: 0, zIndex: 2 }),
  row: css({
    display: 'flex',
    alignItems: 'stretch',
    height: ROW_HEIGHT,
    background: theme.colors.background.primary,
    borderBottom: `1px solid ${theme.colors.border.medium}`,
    fontSize: theme.typography.bodySmall.fontSize,
    fontWeight: theme.typography.fontWeightMedium,
    color: theme.colors.text.secondary,
  }),
  name: css({
    flex: 'none',
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(0.5),
    padding: theme.spacing(0, 0.5, 0, 1),
    borderRight: `1px solid ${theme.colors.border.weak}`,
  }),
  title: css({ flex: 1 }),
  timeline: css({ flex: 1, minWidth: 0 }),
  value: css({
    flex: 'none',
    display: 'flex',
    alignItems: 'center',
    justifyContent: 'flex-end',
    paddingRight: theme.spacing(1),
    whiteSpace: 'nowrap',
  }),
});
