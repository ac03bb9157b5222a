import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { Field, Icon, Tooltip, useStyles2 } from '@grafana/ui';
import React from 'react';

interface Props {
  label: string;
  tooltip: string;
  /** Id of the control, to tie the label to it. */
  id: string;
  /** What is wrong with the value, or undefined. */
  error?: string;
  children: React.ReactElement<Record<string, unknown>>;
}

/** A control with its label above it, as in Grafana's own query editors, and its error below. */
export function OptionField({ label, tooltip, id, error, children }: Props) {
  const styles = useStyles2(getStyles);
  const heading = (
    <div className={styles.heading}>
      <label htmlFor={id}>{label}</label>
      <Tooltip content={tooltip} placement="top">
        {/* Not inside the label: the control's name would be the tooltip's too. */}
        <span role="img" tabIndex={0} aria-label={`About ${label}`} className={styles.icon}>
          <Icon name="info-circle" size="sm" />
        </span>
      </Tooltip>
    </div>
  );
  return (
    <Field noMargin label={heading} htmlFor={id} invalid={Boolean(error)} error={error} className={styles.field}>
      {children}
    </Field>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  field: css({ maxWidth: '100%' }),
  heading: css({
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(0.5),
    marginBottom: theme.spacing(0.5),
    fontSize: theme.typography.bodySmall.fontSize,
    fontWeight: theme.typography.fontWeightMedium,
  }),
  icon: css({ color: theme.colors.text.secondary, lineHeight: 1 }),
});
