import { css } from '@emotion/css';
import React from 'react';

import { type GrafanaTheme2 } from '@grafana/data';
import { Portal, useStyles2 } from '@grafana/ui';

import { type Fact } from '../model/facts';
import { type Point } from '../model/placement';
import { type StepNode } from '../model/types';
import { FactList } from './FactList';
import { getFloatingStyle } from './floating';
import { usePlacement } from './usePlacement';

interface Props {
  id: string;
  node: StepNode;
  facts: Fact[];
  anchor: Point;
}

/** The facts beside the pointer or the focused row. The details dialog holds the same facts for reading at length. */
export function StepTooltip({ id, node, facts, anchor }: Props) {
  const styles = useStyles2(getStyles);
  const floating = useStyles2(getFloatingStyle);
  const { ref, style } = usePlacement(anchor);
  return (
    <Portal>
      <div ref={ref} id={id} role="tooltip" className={`${floating} ${styles.tooltip}`} style={style}>
        <FactList node={node} facts={facts} />
        <div className={styles.hint}>
          {node.step.error ? 'Click or press Enter for all of it, and links.' : 'Click or press Enter for links.'} Esc
          closes.
        </div>
      </div>
    </Portal>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  tooltip: css({ pointerEvents: 'none' }),
  hint: css({
    marginTop: theme.spacing(1),
    paddingTop: theme.spacing(0.75),
    borderTop: `1px solid ${theme.colors.border.weak}`,
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
  }),
});
