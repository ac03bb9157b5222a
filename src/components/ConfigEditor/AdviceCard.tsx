import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { Alert, ClipboardButton, useStyles2 } from '@grafana/ui';
import React from 'react';

import { type Advice } from '../../health/report';

/** Something to change, and the lines of configuration to copy. */
export function AdviceCard({ advice: { title, text, lines } }: { advice: Advice }) {
  const styles = useStyles2(getStyles);
  const configuration = lines.join('\n');
  return (
    <Alert severity="info" title={title} className={styles.card}>
      {text}
      {lines.length > 0 && (
        <>
          {/* Keys scroll it, so it can be focused. */}
          <pre className={styles.lines} tabIndex={0} aria-label={`Configuration: ${title}`} role="region">
            {configuration}
          </pre>
          <ClipboardButton
            variant="secondary"
            size="sm"
            icon="copy"
            getText={() => configuration}
            aria-label={`Copy the configuration: ${title}`}
          >
            Copy
          </ClipboardButton>
        </>
      )}
    </Alert>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  card: css({ maxWidth: 900, width: '100%' }),
  lines: css({ margin: theme.spacing(1, 0), maxHeight: 320, overflow: 'auto' }),
});
