import { type CSSObject } from '@emotion/css';

import { type GrafanaTheme2 } from '@grafana/data';

/** A table whose head stays in view. rowGap is the space above and below a row's text, in units of the theme. */
export function tableStyle(theme: GrafanaTheme2, rowGap: number): CSSObject {
  return {
    width: '100%',
    fontSize: theme.typography.bodySmall.fontSize,
    fontVariantNumeric: 'tabular-nums',
    'th, td': { padding: theme.spacing(rowGap, 1), textAlign: 'left', whiteSpace: 'nowrap' },
    'thead th': {
      position: 'sticky',
      top: 0,
      background: theme.colors.background.primary,
      color: theme.colors.text.secondary,
      fontWeight: theme.typography.fontWeightMedium,
      boxShadow: `inset 0 -1px 0 ${theme.colors.border.medium}`,
    },
    'tbody tr:hover': { background: theme.colors.action.hover },
  };
}
