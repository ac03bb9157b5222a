import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { ClipboardButton, useStyles2 } from '@grafana/ui';
import React from 'react';

/** Preformatted text that the keyboard can scroll, with a button to copy it. */
export function Code({ label, text }: { label: string; text: string }) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.box}>
      {/* It scrolls on its own, so the keyboard must reach it. */}
      <pre className={styles.text} role="region" aria-label={label} tabIndex={0}>
        {text}
      </pre>
      <ClipboardButton
        className={styles.copy}
        size="sm"
        variant="secondary"
        icon="copy"
        getText={() => text}
        aria-label={`Copy ${label}`}
      >
        Copy
      </ClipboardButton>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  box: css({ position: 'relative' }),
  text: css({
    margin: 0,
    padding: theme.spacing(1, 10, 1, 1),
    maxHeight: 420,
    overflow: 'auto',
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
    fontFamily: theme.typography.fontFamilyMonospace,
    fontSize: theme.typography.bodySmall.fontSize,
    color: theme.colors.text.primary,
    background: theme.colors.background.canvas,
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
  }),
  copy: css({ position: 'absolute', top: theme.spacing(0.5), right: theme.spacing(0.5) }),
});
