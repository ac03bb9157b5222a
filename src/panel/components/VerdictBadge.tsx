import { css, cx } from '@emotion/css';
import React from 'react';

import { type GrafanaTheme2 } from '@grafana/data';
import { Icon, useStyles2 } from '@grafana/ui';

import { UNKNOWN } from '../model/format';
import { VERDICT_SIGNS, verdictSentence, verdictText } from '../model/labels';
import { type Step } from '../model/types';
import { getHiddenStyle } from './hidden';

/**
 * How a duration compares with its baseline: an icon and a number, so that the colour is not needed. Within the band there is no sign: a check mark beside 1.7x would say that it is as fast as ever.
 */
export function VerdictBadge({ step }: { step: Step }) {
  const styles = useStyles2(getStyles);
  const hidden = useStyles2(getHiddenStyle);
  const sign = VERDICT_SIGNS[step.verdict];
  if (step.verdict === 'unknown') {
    return (
      <span className={styles.badge}>
        <span aria-hidden="true">{UNKNOWN}</span>
        <span className={hidden}>{verdictSentence(step)}</span>
      </span>
    );
  }
  return (
    <span className={cx(styles.badge, styles[step.verdict])} data-verdict={step.verdict}>
      {step.verdict !== 'normal' && <Icon name={sign.icon} size="sm" />}
      <span aria-hidden="true">{verdictText(step)}</span>
      <span className={hidden}>{verdictSentence(step)}</span>
    </span>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  badge: css({
    display: 'inline-flex',
    alignItems: 'center',
    gap: 2,
    height: 18,
    padding: theme.spacing(0, 0.5),
    border: '1px solid transparent',
    borderRadius: theme.shape.radius.default,
    fontSize: theme.typography.bodySmall.fontSize,
    fontVariantNumeric: 'tabular-nums',
    whiteSpace: 'nowrap',
    color: theme.colors.text.secondary,
  }),
  slow: css({
    background: theme.colors.warning.transparent,
    borderColor: theme.colors.warning.borderTransparent,
    color: theme.colors.text.primary,
    '& > svg': { color: theme.colors.warning.text },
    fontWeight: theme.typography.fontWeightMedium,
  }),
  normal: css({ color: theme.colors.text.secondary }),
  fast: css({ color: theme.colors.success.text }),
});
