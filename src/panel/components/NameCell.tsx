import { css } from '@emotion/css';
import React from 'react';

import { type GrafanaTheme2 } from '@grafana/data';
import { Icon, useStyles2 } from '@grafana/ui';

import { formatCount } from '../model/format';
import { FROM_LOGS_SIGN, KIND_BADGES, KIND_SIGNS, memberName, stepName, stepScript } from '../model/labels';
import { type StepNode } from '../model/types';
import { getHiddenStyle } from './hidden';

interface Props {
  node: StepNode;
  collapsed: boolean;
  /** Pixels of the column; deep trees in narrow ones indent less. */
  width: number;
}

/** The tree's cell: indentation, arrow, icon of the kind, name, attempt, number of iterations. */
export function NameCell({ node, collapsed, width }: Props) {
  const styles = useStyles2(getStyles);
  const hidden = useStyles2(getHiddenStyle);
  const { step } = node;
  const isNarrow = width < 150;
  const badge = KIND_BADGES[step.kind];
  const isContainer = node.children.length > 0;
  const indent = Math.min(node.level * (isNarrow ? 6 : 14), width * 0.4);
  const script = width >= 170 ? stepScript(step) : null;
  const name = node.parent?.group ? memberName(step) : stepName(step);
  return (
    <div className={styles.cell} style={{ paddingLeft: indent }}>
      <span className={styles.arrow} data-toggle={isContainer ? '' : undefined} aria-hidden="true">
        {isContainer && <Icon name={collapsed ? 'angle-right' : 'angle-down'} />}
      </span>
      {!isNarrow && <Icon name={KIND_SIGNS[step.kind].icon} size="sm" className={styles.kind} />}
      <span className={hidden}>{KIND_SIGNS[step.kind].text}</span>
      <span className={styles.name}>{name}</span>
      {(step.attempt ?? 1) > 1 && (
        <span className={styles.badge}>
          <Icon name="history" size="xs" />
          {isNarrow ? `#${step.attempt}` : `retry #${step.attempt}`}
        </span>
      )}
      {node.group && !isNarrow && <span className={styles.badge}>× {formatCount(node.group.count)}</span>}
      {badge && (
        <span className={styles.badge} aria-hidden="true">
          {isNarrow ? <Icon name={KIND_SIGNS[step.kind].icon} size="xs" /> : badge}
        </span>
      )}
      {step.fromLogs && (
        <>
          <Icon name={FROM_LOGS_SIGN.icon} size="sm" className={styles.kind} />
          <span className={hidden}>{FROM_LOGS_SIGN.text}</span>
        </>
      )}
      {script && <span className={styles.script}>{script}</span>}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  cell: css({
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(0.5),
    height: '100%',
    minWidth: 0,
    paddingRight: theme.spacing(1),
    '& > svg': { flexShrink: 0 },
  }),
  arrow: css({
    width: 16,
    flexShrink: 0,
    display: 'inline-flex',
    cursor: 'pointer',
    color: theme.colors.text.secondary,
    '&:hover': { color: theme.colors.text.primary },
  }),
  kind: css({ color: theme.colors.text.secondary }),
  name: css({
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
    flexShrink: 1,
    minWidth: 0,
    fontWeight: theme.typography.fontWeightMedium,
  }),
  badge: css({
    display: 'inline-flex',
    alignItems: 'center',
    gap: 2,
    flexShrink: 0,
    padding: theme.spacing(0, 0.5),
    border: `1px solid ${theme.colors.border.medium}`,
    borderRadius: theme.shape.radius.default,
    fontSize: theme.typography.bodySmall.fontSize,
    lineHeight: '16px',
    color: theme.colors.text.secondary,
    whiteSpace: 'nowrap',
  }),
  script: css({
    flexShrink: 100,
    minWidth: 0,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
  }),
});
