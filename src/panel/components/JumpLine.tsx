import { css } from '@emotion/css';
import React from 'react';

import { type GrafanaTheme2, type IconName } from '@grafana/data';
import { Button, useStyles2 } from '@grafana/ui';

import { type Jump } from '../model/jumps';
import { type StepNode } from '../model/types';

const ICONS: Record<Jump['kind'], IconName> = {
  failed: 'exclamation-circle',
  slowest: 'arrow-up',
  waited: 'clock-nine',
};

interface Props {
  jumps: Jump[];
  onJump: (node: StepNode) => void;
}

/** What is worth looking at first; each leads to its row, wherever it is. */
export function JumpLine({ jumps, onJump }: Props) {
  const styles = useStyles2(getStyles);
  if (jumps.length === 0) {
    return null;
  }
  return (
    <div className={styles.line} role="group" aria-label="Go to">
      {jumps.map(({ kind, node, text }) => (
        <Button
          key={kind}
          size="sm"
          variant="secondary"
          fill="outline"
          icon={ICONS[kind]}
          onClick={() => onJump(node)}
          data-jump={kind}
        >
          {text}
        </Button>
      ))}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  line: css({
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(0.5),
  }),
});
