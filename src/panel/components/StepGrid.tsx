import { css } from '@emotion/css';
import React, { type MouseEvent, type UIEvent, useId, useMemo, useState } from 'react';

import { type GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';

import { axisTicks } from '../model/axis';
import { type Layout } from '../model/columns';
import { stepFacts } from '../model/facts';
import { type TimeScale } from '../model/geometry';
import { type Matches } from '../model/matches';
import { type Point } from '../model/placement';
import { type StepNode } from '../model/types';
import { drawnRows } from '../model/window';
import { GridHeader } from './GridHeader';
import { ROW_HEIGHT, type RowContext, StepRow } from './StepRow';
import { StepTooltip } from './StepTooltip';
import { TICK_WIDTH } from './TimeAxis';
import { useScrollAnchor } from './useScrollAnchor';
import { useTooltip } from './useTooltip';
import { type GridTarget, useTreeGrid } from './useTreeGrid';

export interface GridProps {
  /** The visible rows. */
  rows: StepNode[];
  collapsed: ReadonlySet<string>;
  /** The rows that match a filter, if there is one; others are dimmed. */
  matches: Matches | null;
  scale: TimeScale | null;
  layout: Layout;
  /** An upper bound of the grid's height in pixels. */
  height: number;
  timeZone: string;
  label: string;
  showBaselines: boolean;
  showCriticalPath: boolean;
  /** A details dialog is open: no tooltip then. */
  detailsOpen: boolean;
  /** The row to go to, given anew each time. */
  target: GridTarget | null;
  onToggle: (id: string) => void;
  onExpandAll: () => void;
  onCollapseAll: () => void;
  /** `restoreFocus` gives the focus back to the grid's active row. */
  onOpen: (node: StepNode, anchor: Point, restoreFocus: () => void) => void;
}

/** The tree grid: a fixed header and the rows in view. */
export function StepGrid(props: GridProps) {
  const { rows, collapsed, matches, scale, height, timeZone } = props;
  const styles = useStyles2(getStyles);
  const tooltipId = useId();
  const context = useRowContext(props);
  const { scroller, active, firstRow, tip, gridHandlers, bodyHandlers } = useInteraction(props);
  const tipNode = tip === null || props.detailsOpen ? undefined : rows.find((node) => node.id === tip.nodeId);

  return (
    <div
      ref={scroller}
      role="treegrid"
      aria-label={props.label}
      aria-rowcount={rows.length + 1}
      aria-colcount={props.layout.columns.length + 2}
      className={styles.grid}
      {...gridHandlers}
    >
      <GridHeader
        context={context}
        timeZone={timeZone}
        onExpandAll={props.onExpandAll}
        onCollapseAll={props.onCollapseAll}
      />
      <div role="rowgroup" className={styles.body} style={{ height: rows.length * ROW_HEIGHT }} {...bodyHandlers}>
        {drawnRows(firstRow * ROW_HEIGHT, height, ROW_HEIGHT, rows.length, active).map((index) => (
          <StepRow
            key={rows[index].id}
            node={rows[index]}
            index={index}
            collapsed={collapsed.has(rows[index].id)}
            active={index === active}
            dimmed={matches !== null && !matches.own.has(rows[index].id) && !matches.holding.has(rows[index].id)}
            describedBy={tipNode === rows[index] ? tooltipId : undefined}
            context={context}
          />
        ))}
      </div>
      {tip && tipNode && (
        <StepTooltip
          id={tooltipId}
          node={tipNode}
          facts={stepFacts(tipNode, scale?.origin ?? null, timeZone)}
          anchor={tip.anchor}
        />
      )}
    </div>
  );
}

/** Keyboard, pointer and scrolling of the grid, and the tooltip that they show and hide. */
function useInteraction({ rows, collapsed, target, onToggle, onOpen }: GridProps) {
  const [firstRow, setFirstRow] = useState(0);
  const { tip, show, hover, hide } = useTooltip();

  const openAt = (index: number, anchor: Point) => {
    hide();
    onOpen(rows[index], anchor, focusActive);
  };
  const { scroller, active, focusActive, scrollRows, handlers } = useTreeGrid({
    rows,
    collapsed,
    target,
    onToggle,
    onReach: (index, row) => show({ nodeId: rows[index].id, anchor: pointBelow(row) }),
    onOpen: (index, row) => openAt(index, pointBelow(row)),
    onDismiss: () => {
      hide();
      return tip !== null;
    },
  });
  useScrollAnchor(rows, firstRow, scrollRows);
  const onClick = (event: MouseEvent) => {
    const { index, onArrow } = rowUnder(event);
    if (onArrow && rows[index]) {
      onToggle(rows[index].id);
    } else if (rows[index]) {
      openAt(index, pointOf(event));
    }
  };
  const onMouseMove = (event: MouseEvent) => {
    const node = rows[rowUnder(event).index];
    if (node) {
      hover({ nodeId: node.id, anchor: pointOf(event) });
    }
  };
  const onScroll = (event: UIEvent) => {
    setFirstRow(Math.floor(event.currentTarget.scrollTop / ROW_HEIGHT));
    hide();
  };
  return {
    scroller,
    active,
    firstRow,
    tip,
    gridHandlers: { ...handlers, onScroll, onBlur: hide },
    bodyHandlers: { onClick, onMouseMove, onMouseLeave: hide },
  };
}

/** What the rows share. Changes only when they must be drawn anew, so that a moving pointer redraws none. */
function useRowContext({ layout, scale, showBaselines, showCriticalPath }: GridProps): RowContext {
  return useMemo(() => {
    const ticks = scale ? axisTicks(scale, Math.max(2, Math.floor(layout.timelineWidth / TICK_WIDTH))) : [];
    return { layout, scale, ticks, showBaselines, showCriticalPath };
  }, [layout, scale, showBaselines, showCriticalPath]);
}

/** The row an event happened on (NaN if on none), and whether on its arrow. */
function rowUnder(event: MouseEvent): { index: number; onArrow: boolean } {
  const target = event.target instanceof Element ? event.target : null;
  const row = target?.closest<HTMLElement>('[data-index]');
  return { index: Number(row?.dataset.index ?? NaN), onArrow: Boolean(target?.closest('[data-toggle]')) };
}

function pointOf(event: MouseEvent): Point {
  return { x: event.clientX, y: event.clientY };
}

/** Where the tooltip of a row reached with the keyboard goes: below it, clear of the names. */
function pointBelow(row: HTMLElement): Point {
  const box = row.getBoundingClientRect();
  return { x: box.left + box.width * 0.4, y: box.bottom - 8 };
}

const getStyles = (theme: GrafanaTheme2) => ({
  grid: css({
    position: 'relative',
    flex: 1,
    minHeight: 0,
    overflowX: 'hidden',
    overflowY: 'auto',
    scrollbarGutter: 'stable',
    scrollbarWidth: 'thin',
    borderTop: `1px solid ${theme.colors.border.weak}`,
    borderBottom: `1px solid ${theme.colors.border.weak}`,
  }),
  body: css({ position: 'relative' }),
});
