import { css, cx } from '@emotion/css';
import React, { type ReactNode, memo } from 'react';

import { type GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';

import { type Tick } from '../model/axis';
import { type ColumnId, type Layout } from '../model/columns';
import { formatDuration, formatShare } from '../model/format';
import { type TimeScale } from '../model/geometry';
import { baselineText, timelineText } from '../model/labels';
import { type StepNode } from '../model/types';
import { NameCell } from './NameCell';
import { StepBar } from './StepBar';
import { GridLines } from './TimeAxis';
import { VerdictBadge } from './VerdictBadge';
import { getHiddenStyle } from './hidden';

/** Pixels. */
export const ROW_HEIGHT = 28;

/** What all rows share. */
export interface RowContext {
  layout: Layout;
  scale: TimeScale | null;
  ticks: Tick[];
  showBaselines: boolean;
  showCriticalPath: boolean;
}

interface Props {
  node: StepNode;
  /** Position among the visible rows. */
  index: number;
  collapsed: boolean;
  active: boolean;
  /** It does not match the filter. */
  dimmed: boolean;
  /** Id of the tooltip, while this row shows it. */
  describedBy: string | undefined;
  context: RowContext;
}

/** One row of the tree grid. It handles no events: the grid finds the row by data-index. */
export const StepRow = memo(function StepRow({ node, index, collapsed, active, dimmed, describedBy, context }: Props) {
  const styles = useStyles2(getStyles);
  const { layout } = context;
  return (
    <div
      role="row"
      data-index={index}
      data-testid="flow-steps-row"
      aria-level={node.level + 1}
      aria-posinset={node.position}
      aria-setsize={node.siblings}
      aria-rowindex={index + 2}
      aria-expanded={node.children.length > 0 ? !collapsed : undefined}
      aria-describedby={describedBy}
      data-dimmed={dimmed || undefined}
      tabIndex={active ? 0 : -1}
      className={cx(styles.row, index % 2 === 1 && styles.odd, dimmed && styles.dimmed)}
      style={{ top: index * ROW_HEIGHT }}
    >
      <div role="gridcell" className={styles.name} style={{ width: layout.nameWidth }}>
        <NameCell node={node} collapsed={collapsed} width={layout.nameWidth} />
      </div>
      <TimelineCell node={node} collapsed={collapsed} context={context} />
      {layout.columns.map((column) => (
        <div key={column.id} role="gridcell" className={styles.value} style={{ width: column.width }}>
          {cellContent(column.id, node)}
        </div>
      ))}
    </div>
  );
});

function TimelineCell({ node, collapsed, context }: Pick<Props, 'node' | 'collapsed' | 'context'>) {
  const styles = useStyles2(getStyles);
  const hidden = useStyles2(getHiddenStyle);
  const { scale } = context;
  const offset = scale === null || node.step.start === null ? null : (node.step.start - scale.origin) / 1000;
  return (
    <div role="gridcell" className={styles.timeline}>
      <GridLines ticks={context.ticks} />
      {scale && (
        <StepBar
          node={node}
          scale={scale}
          collapsed={collapsed}
          showBaselines={context.showBaselines}
          showCriticalPath={context.showCriticalPath}
          width={context.layout.timelineWidth}
        />
      )}
      <span className={hidden}>{timelineText(node.step, offset)}</span>
    </div>
  );
}

function cellContent(column: ColumnId, node: StepNode): ReactNode {
  switch (column) {
    case 'duration':
      return formatDuration(node.step.duration);
    case 'verdict':
      return <VerdictBadge step={node.step} />;
    case 'baseline':
      return baselineText(node.step);
    case 'contribution':
      return formatShare(node.step.contribution);
  }
}

const getStyles = (theme: GrafanaTheme2) => {
  // A step from the darker of the two row colours that keeps secondary text legible.
  const highlight = theme.colors.emphasize(theme.colors.background.secondary, 0.05);
  return {
    row: css({
      position: 'absolute',
      left: 0,
      right: 0,
      height: ROW_HEIGHT,
      display: 'flex',
      alignItems: 'stretch',
      cursor: 'pointer',
      '&:hover': { background: highlight },
      '&:focus': { outline: 'none' },
      '&:focus-visible': {
        outline: `2px solid ${theme.colors.primary.main}`,
        outlineOffset: -2,
        background: highlight,
      },
    }),
    // Texts stay legible: the bars fade, and the words take the colour of what is beside the point.
    dimmed: css({
      color: theme.colors.text.secondary,
      '& *': { color: theme.colors.text.secondary },
      '& [data-part]': { opacity: 0.25 },
      '& [data-verdict]': { background: 'transparent', borderColor: 'transparent' },
    }),
    odd: css({ background: theme.colors.background.secondary }),
    name: css({ flex: 'none', minWidth: 0, borderRight: `1px solid ${theme.colors.border.weak}` }),
    timeline: css({ flex: 1, minWidth: 0, position: 'relative', overflow: 'hidden' }),
    value: css({
      flex: 'none',
      display: 'flex',
      alignItems: 'center',
      justifyContent: 'flex-end',
      paddingRight: theme.spacing(1),
      fontVariantNumeric: 'tabular-nums',
      whiteSpace: 'nowrap',
    }),
  };
};
