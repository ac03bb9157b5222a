import { type GrafanaTheme2, colorManipulator } from '@grafana/data';

/** The panel's colours, from the theme's tokens. Light themes take darker shades, so that each keeps 3:1 to the background. */
export function barColors(theme: GrafanaTheme2) {
  const shade = (dark: string, light: string) => theme.visualization.getColorByName(theme.isDark ? dark : light);
  const ink = theme.colors.text.primary;
  return {
    execution: shade('blue', 'semi-dark-blue'),
    slow: shade('orange', 'dark-orange'),
    error: shade('red', 'dark-red'),
    skipped: theme.colors.text.disabled,
    transition: theme.colors.text.secondary,
    queue: theme.colors.text.secondary,
    approval: shade('purple', 'dark-purple'),
    pause: shade('yellow', 'dark-yellow'),
    bracket: colorManipulator.alpha(ink, 0.6),
    tick: ink,
    critical: theme.colors.text.secondary,
    grid: theme.colors.border.weak,
  };
}
