import { css, Global } from '@emotion/react';
import { useTheme2 } from '@grafana/ui';
import React from 'react';

/** What Grafana's own page brings besides the global styles of @grafana/ui: no browser margins, plain lists and tables. */
export function PageStyles() {
  const theme = useTheme2();
  return (
    <Global
      styles={css({
        'body, h1, h2, h3, h4, h5, h6, p, ul, ol, dl, dd, figure, pre': { margin: 0 },
        'ul, ol': { padding: 0, listStylePosition: 'inside' },
        table: { borderCollapse: 'collapse', borderSpacing: 0 },
        'button, input, select, textarea': { font: 'inherit', color: 'inherit' },
        'label, button': { margin: 0 },
        fieldset: { border: 0, margin: 0, padding: 0, minWidth: 0 },
        legend: { padding: 0, fontSize: theme.typography.h5.fontSize },
        a: { color: 'inherit', textDecoration: 'none' },
        '[hidden]': { display: 'none !important' },
        'a:focus-visible, button:focus-visible': {
          outline: `2px solid ${theme.colors.primary.main}`,
          outlineOffset: 2,
        },
      })}
    />
  );
}
