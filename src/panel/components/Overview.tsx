import { css, cx } from '@emotion/css';
import React, { type KeyboardEvent, type PointerEvent, memo, useMemo, useRef, useState } from 'react';

import { type GrafanaTheme2 } from '@grafana/data';
import { Button, useStyles2 } from '@grafana/ui';

import { formatDuration } from '../model/format';
import { type TimeScale } from '../model/geometry';
import { LANES, overviewPaths } from '../model/overview';
import { type StepNode } from '../model/types';
import { type Range } from '../model/view';
import { type Grip, between, edgeKey, gripAt, moved, viewExtent } from '../model/zoom';
import { barColors } from './colors';

interface Props {
  /** All rows of the run. */
  nodes: StepNode[];
  /** The axis of the whole run. */
  scale: TimeScale;
  /** What the rows show of it; null: all. */
  range: Range | null;
  onChange: (range: Range | null) => void;
}

interface Drag {
  grip: Grip;
  /** Seconds where it began, and where it is. */
  start: number;
  now: number;
  range: Range | null;
}

/** Pixels around an edge that take hold of it, for a finger too, and that a drag must go to count as one. */
const EDGE = 6;
const TOUCHED_EDGE = 16;
const SLOP = 4;

/** The whole run in a strip. A drag chooses what the rows show of it, the edges and what is between them can be moved. */
export function Overview({ nodes, scale, range, onChange }: Props) {
  const styles = useStyles2(getStyles);
  const strip = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<Drag | null>(null);
  const chosen = drag?.grip === 'new' ? between(drag.start, drag.now, scale) : null;
  const { left, right } = viewExtent(chosen ?? range, scale);

  const secondsPerPixel = () =>
    (scale.to - scale.from) / Math.max(1, strip.current?.getBoundingClientRect().width ?? 1);
  const secondsAt = (event: PointerEvent) =>
    scale.from + (event.clientX - (strip.current?.getBoundingClientRect().left ?? 0)) * secondsPerPixel();

  const press = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) {
      return;
    }
    event.currentTarget.setPointerCapture(event.pointerId);
    const start = secondsAt(event);
    const reach = event.pointerType === 'touch' ? TOUCHED_EDGE : EDGE;
    setDrag({ grip: gripAt(start, range, reach * secondsPerPixel()), start, now: start, range });
  };
  const move = (event: PointerEvent) => {
    if (!drag) {
      return;
    }
    const now = secondsAt(event);
    setDrag({ ...drag, now });
    if (drag.grip !== 'new') {
      onChange(moved(drag.range, drag.grip, now - drag.start, scale));
    }
  };
  const release = () => {
    if (drag?.grip === 'new' && Math.abs(drag.now - drag.start) >= SLOP * secondsPerPixel()) {
      onChange(chosen);
    }
    setDrag(null);
  };

  return (
    <div className={styles.line}>
      <div
        ref={strip}
        role="group"
        aria-label="Overview of the run"
        className={styles.strip}
        onPointerDown={press}
        onPointerMove={move}
        onPointerUp={release}
        onPointerCancel={() => setDrag(null)}
        onDoubleClick={() => onChange(null)}
      >
        <Shapes nodes={nodes} scale={scale} />
        <div className={styles.shade} style={{ left: 0, width: `${left}%` }} />
        <div className={styles.shade} style={{ left: `${right}%`, right: 0 }} />
        <Edge edge="from" at={left} range={range} scale={scale} onChange={onChange} />
        <Edge edge="to" at={right} range={range} scale={scale} onChange={onChange} />
      </div>
      {range && (
        <Button size="sm" variant="secondary" fill="outline" icon="search-minus" onClick={() => onChange(null)}>
          Whole run
        </Button>
      )}
    </div>
  );
}

/** The bars, which change with the data alone. */
const Shapes = memo(function Shapes({ nodes, scale }: Pick<Props, 'nodes' | 'scale'>) {
  const styles = useStyles2(getStyles);
  const paths = useMemo(() => overviewPaths(nodes, scale), [nodes, scale]);
  return (
    <svg className={styles.shapes} viewBox={`0 0 100 ${LANES}`} preserveAspectRatio="none" aria-hidden="true">
      <path className={styles.wait} d={paths.wait} />
      <path className={styles.execution} d={paths.execution} />
      <path className={styles.slow} d={paths.slow} />
      <path className={styles.error} d={paths.error} />
    </svg>
  );
});

interface EdgeProps extends Pick<Props, 'scale' | 'range' | 'onChange'> {
  edge: 'from' | 'to';
  at: number;
}

/** An edge of the view, for the keyboard. */
function Edge({ edge, at, scale, range, onChange }: EdgeProps) {
  const styles = useStyles2(getStyles);
  const value = (range ?? scale)[edge];
  const onKeyDown = (event: KeyboardEvent) => {
    const next = edgeKey(event.key, event.shiftKey, edge, range, scale);
    if (next !== undefined && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      event.stopPropagation();
      onChange(next);
    }
  };
  return (
    <div
      role="slider"
      tabIndex={0}
      aria-label={edge === 'from' ? 'Start of what is shown' : 'End of what is shown'}
      aria-valuemin={scale.from}
      aria-valuemax={scale.to}
      aria-valuenow={value}
      aria-valuetext={`${formatDuration(value)} after the start of the run`}
      className={cx(styles.edge, range === null && styles.resting)}
      style={{ left: `${at}%` }}
      onKeyDown={onKeyDown}
    />
  );
}

const getStyles = (theme: GrafanaTheme2) => {
  const colors = barColors(theme);
  return {
    line: css({
      flex: 'none',
      display: 'flex',
      alignItems: 'center',
      gap: theme.spacing(1),
      padding: theme.spacing(0, 1.5, 0.75),
    }),
    strip: css({
      position: 'relative',
      flex: 1,
      minWidth: 0,
      height: 34,
      background: theme.colors.background.secondary,
      border: `1px solid ${theme.colors.border.weak}`,
      borderRadius: theme.shape.radius.default,
      cursor: 'crosshair',
      userSelect: 'none',
      // A finger that goes up or down still scrolls the page.
      touchAction: 'pan-y',
    }),
    shapes: css({ position: 'absolute', inset: 0, width: '100%', height: '100%', pointerEvents: 'none' }),
    wait: css({ fill: colors.queue, opacity: 0.35 }),
    execution: css({ fill: colors.execution }),
    slow: css({ fill: colors.slow }),
    error: css({ fill: colors.error }),
    shade: css({
      position: 'absolute',
      top: 0,
      bottom: 0,
      background: theme.colors.background.canvas,
      opacity: 0.7,
      pointerEvents: 'none',
    }),
    edge: css({
      position: 'absolute',
      top: -1,
      bottom: -1,
      width: 8,
      marginLeft: -4,
      borderRadius: theme.shape.radius.default,
      background: theme.colors.primary.main,
      border: `1px solid ${theme.colors.background.primary}`,
      cursor: 'ew-resize',
      '&:focus-visible': { outline: `2px solid ${theme.colors.primary.main}`, outlineOffset: 2 },
    }),
    /** Nothing is chosen: the edges are there, but do not ask for attention. */
    resting: css({ background: theme.colors.border.strong, width: 6, marginLeft: -3 }),
  };
};
