import { css, cx } from '@emotion/css';
import React, { memo } from 'react';

import { type GrafanaTheme2 } from '@grafana/data';
import { Icon, useStyles2 } from '@grafana/ui';

import { type LabelPlace, barLabel, placeLabel } from '../model/barLabel';
import { type Bar, type Extent, type TimeScale, barOf } from '../model/geometry';
import { OUTCOME_SIGNS, WAIT_SIGNS } from '../model/labels';
import { isContainer } from '../model/launched';
import { type Step, type StepNode, type WaitKind } from '../model/types';
import { getBarStyles } from './barStyles';

interface Props {
  node: StepNode;
  scale: TimeScale;
  collapsed: boolean;
  showBaselines: boolean;
  showCriticalPath: boolean;
  /** Pixels of the time axis, to know what fits. */
  width: number;
}

/** Below this many pixels a wait shows no icon, and a baseline no mark: it would hide the bar it belongs to. */
const WAIT_ICON_WIDTH = 20;
const TICK_DISTANCE = 4;

/** One row's drawing: wait, set-up, execution, transition, the bracket of the baseline, and the words beside them. Its text for screen readers is in the row. */
export const StepBar = memo(function StepBar(props: Props) {
  const { node, scale, collapsed, showBaselines, showCriticalPath, width } = props;
  const styles = useStyles2(getStyles);
  const looks = useStyles2(getBarStyles);
  const bar = barOf(node.step, scale, showBaselines);
  if (!bar) {
    return <span className={styles.missing}>no times known</span>;
  }
  if (bar.outside) {
    const icon = bar.outside === 'before' ? 'angle-left' : 'angle-right';
    return (
      <div className={cx(styles.outside, styles[bar.outside])} aria-hidden="true" data-part={bar.outside}>
        <Icon name={icon} />
      </div>
    );
  }
  const container = isContainer(node);
  const wide = bar.wait !== null && (bar.wait.width / 100) * width >= WAIT_ICON_WIDTH;
  return (
    <div className={styles.bar} aria-hidden="true" data-testid="flow-steps-bar">
      {bar.wait && (
        <div
          data-part={`wait-${node.step.waitKind}`}
          className={cx(styles.wait, looks[waitLook(node.step.waitKind)])}
          style={at(bar.wait)}
        >
          {wide && <Icon name={WAIT_SIGNS[node.step.waitKind].icon} size="xs" className={styles.waitIcon} />}
        </div>
      )}
      {bar.execution && (
        <div
          data-part="execution"
          className={cx(
            container ? styles.container : styles.execution,
            looks[executionLook(node.step, container)],
            bar.open && (container || node.step.outcome !== 'running') && looks.open
          )}
          style={at(bar.execution)}
        />
      )}
      {bar.setup && !container && (
        <div data-part="setup" className={cx(styles.setup, looks.setup)} style={at(bar.setup)} />
      )}
      {bar.transition && (
        <div data-part="transition" className={cx(styles.transition, looks.transition)} style={at(bar.transition)} />
      )}
      {bar.bracket && (
        <div
          data-part="baseline"
          className={cx(styles.bracket, looks.bracket, bar.bracketCut && looks.bracketCut)}
          style={at(bar.bracket)}
        />
      )}
      {bar.tick !== null && ((bar.tick - (bar.execution?.left ?? 0)) / 100) * width >= TICK_DISTANCE && (
        <div data-part="baseline-p50" className={cx(styles.tick, looks.tick)} style={{ left: `${bar.tick}%` }} />
      )}
      {showCriticalPath && node.step.critical && bar.execution && (
        <div data-part="critical" className={cx(styles.critical, looks.critical)} style={at(bar.execution)} />
      )}
      <Label node={node} bar={bar} collapsed={collapsed} width={width} mayLieInside={container} />
    </div>
  );
});

interface LabelProps {
  node: StepNode;
  bar: Bar;
  collapsed: boolean;
  width: number;
  mayLieInside: boolean;
}

function Label({ node, bar, collapsed, width, mayLieInside }: LabelProps) {
  const styles = useStyles2(getStyles);
  const label = barLabel(node, collapsed);
  if (!label || width <= 0 || !bar.execution) {
    return null;
  }
  const place = placeLabel(label, bar, width, mayLieInside);
  if (!place) {
    return null;
  }
  const isError = node.step.outcome === 'error';
  return (
    <div className={cx(styles.label, isError && styles.labelError)} style={labelStyle(place, bar)}>
      {label.withOutcome && <Icon name={OUTCOME_SIGNS[node.step.outcome].icon} size="sm" />}
      <span className={styles.labelText}>{label.text}</span>
    </div>
  );
}

function labelStyle(place: LabelPlace, bar: Bar) {
  switch (place.side) {
    case 'right':
      return { left: `${place.left}%`, maxWidth: `${100 - place.left}%` };
    case 'left':
      return { right: `${place.right}%`, maxWidth: `${100 - place.right}%` };
    default:
      return { left: `${place.left}%`, maxWidth: `${bar.execution?.width ?? 0}%` };
  }
}

function at(extent: Extent) {
  return { left: `${extent.left}%`, width: `${extent.width}%` };
}

/** Which look of getBarStyles a wait has; retry and sleep are both pauses. */
function waitLook(kind: WaitKind): 'queue' | 'approval' | 'pause' | 'unknown' {
  return kind === 'retry' || kind === 'sleep' || kind === 'limit' ? 'pause' : kind;
}

function executionLook(step: Step, container: boolean) {
  if (container) {
    return step.outcome === 'error' ? 'containerError' : 'container';
  }
  if (step.outcome === 'error') {
    return 'error';
  }
  if (step.outcome === 'skipped' || step.outcome === 'running') {
    return step.outcome;
  }
  return step.verdict === 'slow' ? 'slow' : 'execution';
}

const getStyles = (theme: GrafanaTheme2) => {
  const part = { position: 'absolute', boxSizing: 'border-box', minWidth: 2 } as const;
  return {
    bar: css({ position: 'absolute', inset: 0 }),
    outside: css({
      position: 'absolute',
      inset: 0,
      display: 'flex',
      alignItems: 'center',
      color: theme.colors.text.secondary,
    }),
    before: css({ justifyContent: 'flex-start' }),
    after: css({ justifyContent: 'flex-end' }),
    missing: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
    // Above the bar, so that neither hides the other, and the words at the bar's end have their room.
    bracket: css({ ...part, top: 2, height: 5 }),
    wait: css({ ...part, top: 8, bottom: 8, display: 'flex', alignItems: 'center', justifyContent: 'center' }),
    waitIcon: css({ background: theme.colors.background.primary, borderRadius: theme.shape.radius.circle }),
    execution: css({ ...part, top: 7, bottom: 7 }),
    setup: css({ ...part, top: 7, bottom: 7, minWidth: 0 }),
    container: css({ ...part, top: 6, bottom: 6 }),
    transition: css({ ...part, top: 12, bottom: 12 }),
    tick: css({ position: 'absolute', top: 1, height: 7, width: 2, marginLeft: -1 }),
    critical: css({ ...part, bottom: 2, height: 2 }),
    label: css({
      position: 'absolute',
      top: 0,
      bottom: 0,
      display: 'flex',
      alignItems: 'center',
      gap: theme.spacing(0.5),
      padding: theme.spacing(0, 0.75),
      whiteSpace: 'nowrap',
      overflow: 'hidden',
      fontSize: theme.typography.bodySmall.fontSize,
      color: theme.colors.text.primary,
      pointerEvents: 'none',
      '& > svg': { flexShrink: 0 },
    }),
    labelError: css({ '& > svg': { color: theme.colors.error.text } }),
    labelText: css({ overflow: 'hidden', textOverflow: 'ellipsis' }),
  };
};
