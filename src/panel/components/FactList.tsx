import { css, cx } from '@emotion/css';
import React, { type ReactNode } from 'react';

import { type GrafanaTheme2 } from '@grafana/data';
import { Icon, useStyles2 } from '@grafana/ui';

import { type Fact } from '../model/facts';
import { KIND_SIGNS, stepName } from '../model/labels';
import { type StepNode } from '../model/types';
import { CopyButton } from './CopyButton';

interface Props {
  node: StepNode;
  facts: Fact[];
  /** Id for the heading, to name a dialog by it. */
  headingId?: string;
  /** Shows all of an error, to be read and copied. Without it the first lines are all there is room for. */
  whole?: boolean;
  /** Shown before the facts. */
  children?: ReactNode;
}

/** A row's facts as the tooltip and the details show them. */
export function FactList({ node, facts, headingId, whole, children }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <>
      <div className={styles.heading} id={headingId}>
        <Icon name={KIND_SIGNS[node.step.kind].icon} size="sm" />
        <span className={styles.title}>{stepName(node.step)}</span>
      </div>
      {node.step.error && <ErrorText text={node.step.error} whole={whole} />}
      {children}
      <dl className={styles.list}>
        {facts.map((fact) => (
          <div key={fact.label} className={styles.fact}>
            <dt className={styles.label}>{fact.label}</dt>
            <dd className={styles.value}>{fact.value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function ErrorText({ text, whole }: { text: string; whole?: boolean }) {
  const styles = useStyles2(getStyles);
  if (!whole) {
    return (
      <div className={styles.error}>
        <Icon name="exclamation-circle" size="sm" />
        <span className={cx(styles.errorText, styles.cut)}>{text}</span>
      </div>
    );
  }
  // It scrolls, so it must be in the tab order for those without a pointer.
  return (
    <div className={styles.failure}>
      <div className={cx(styles.error, styles.scrolling)} role="region" aria-label="Error" tabIndex={0}>
        <Icon name="exclamation-circle" size="sm" />
        <span className={styles.errorText}>{text}</span>
      </div>
      <CopyButton label="Copy error" getText={() => text} />
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  heading: css({
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(0.75),
    marginBottom: theme.spacing(1),
    paddingRight: theme.spacing(3),
    fontWeight: theme.typography.fontWeightMedium,
  }),
  title: css({ overflowWrap: 'anywhere' }),
  error: css({
    display: 'flex',
    gap: theme.spacing(0.75),
    padding: theme.spacing(0.75, 1),
    marginBottom: theme.spacing(1),
    borderRadius: theme.shape.radius.default,
    background: theme.colors.error.transparent,
    '& > svg': { flexShrink: 0, marginTop: 2, color: theme.colors.error.text },
  }),
  errorText: css({
    fontFamily: theme.typography.fontFamilyMonospace,
    fontSize: theme.typography.bodySmall.fontSize,
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
  }),
  failure: css({ marginBottom: theme.spacing(1) }),
  scrolling: css({
    maxHeight: 260,
    overflow: 'auto',
    marginBottom: theme.spacing(0.5),
    '&:focus-visible': { outline: `2px solid ${theme.colors.primary.main}`, outlineOffset: -2 },
  }),
  cut: css({
    display: '-webkit-box',
    WebkitLineClamp: 6,
    WebkitBoxOrient: 'vertical',
    overflow: 'hidden',
  }),
  list: css({ margin: 0 }),
  fact: css({ display: 'flex', gap: theme.spacing(1), lineHeight: '20px' }),
  label: css({ flex: 'none', width: 116, margin: 0, color: theme.colors.text.secondary, fontWeight: 'normal' }),
  value: css({ flex: 1, margin: 0, minWidth: 0, overflowWrap: 'anywhere', fontVariantNumeric: 'tabular-nums' }),
});
