import { css } from '@emotion/css';

import { type GrafanaTheme2 } from '@grafana/data';

/** A box above the panel, as Grafana's own tooltips and menus look. */
export const getFloatingStyle = (theme: GrafanaTheme2) =>
  css({
    position: 'fixed',
    zIndex: theme.zIndex.tooltip,
    width: 400,
    maxWidth: 'calc(100vw - 16px)',
    maxHeight: 'calc(100vh - 16px)',
    overflow: 'auto',
    padding: theme.spacing(1.5),
    background: theme.colors.background.elevated,
    border: `1px solid ${theme.colors.border.medium}`,
    borderRadius: theme.shape.radius.default,
    boxShadow: theme.shadows.z3,
    color: theme.colors.text.primary,
    fontSize: theme.typography.bodySmall.fontSize,
  });
