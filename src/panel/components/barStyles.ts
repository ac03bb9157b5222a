import { css, keyframes } from '@emotion/css';
import { type GrafanaTheme2, colorManipulator } from '@grafana/data';

import { barColors } from './colors';

/** Pixels after which the stripes of a running step repeat: eight of them across, at 45 degrees. */
const STRIPES = Math.round(8 * Math.SQRT2 * 100) / 100;
const MOVE = keyframes({ from: { backgroundPosition: '0 0' }, to: { backgroundPosition: `${STRIPES}px 0` } });

/** The looks of the parts of a bar, shared by the rows and the legend. Each part differs in form or pattern too, not only in colour. */
export function getBarStyles(theme: GrafanaTheme2) {
  const colors = barColors(theme);
  const tint = (color: string) => colorManipulator.alpha(color, 0.16);
  const execution = (color: string) => css({ background: color, borderRadius: 2 });
  const container = (color: string) =>
    css({
      background: tint(color),
      border: `1px solid ${color}`,
      borderLeftWidth: 3,
      borderRightWidth: 3,
      borderRadius: 2,
    });
  const wait = (color: string, pattern: string, line: 'solid' | 'dashed' = 'solid') =>
    css({ color, border: `1px ${line} ${color}`, borderRadius: 2, ...backgroundOf(pattern) });
  return {
    execution: execution(colors.execution),
    /** Still at work. Its stripes move, unless the reader wants less motion: then they stand. */
    running: css({
      background: tint(colors.execution),
      backgroundImage: stripes(45, colors.execution, 8),
      backgroundSize: `${STRIPES}px ${STRIPES}px`,
      border: `1px solid ${colors.execution}`,
      borderRight: `3px dotted ${colors.execution}`,
      borderRadius: 2,
      '@media (prefers-reduced-motion: no-preference)': { animation: `${MOVE} 1.2s linear infinite` },
    }),
    slow: execution(colors.slow),
    error: execution(colors.error),
    skipped: css({ border: `1px solid ${colors.transition}`, borderRadius: 2 }),
    container: container(colors.execution),
    containerError: container(colors.error),
    queue: wait(colors.queue, stripes(135, colors.queue, 5)),
    approval: wait(colors.approval, dots(colors.approval)),
    pause: wait(colors.pause, stripes(90, colors.pause, 6)),
    unknown: wait(colors.queue, 'none', 'dashed'),
    transition: css({ background: colors.transition }),
    /** Over an execution, whatever its colour. */
    setup: css({
      backgroundImage: stripes(0, theme.colors.background.primary, 3),
      borderRight: `1px solid ${theme.colors.background.primary}`,
    }),
    bracket: css({ border: `1px solid ${colors.bracket}`, borderBottom: 'none', boxSizing: 'border-box' }),
    bracketCut: css({ borderRight: 'none', borderTop: `2px dotted ${colors.bracket}` }),
    tick: css({ background: colors.tick }),
    critical: css({ background: colors.critical }),
    /** An end that is not known. */
    open: css({ borderRight: `3px dotted ${theme.colors.background.primary}` }),
  };
}

function stripes(angle: number, color: string, distance: number): string {
  const line = colorManipulator.alpha(color, 0.75);
  return `repeating-linear-gradient(${angle}deg, ${line} 0, ${line} 1px, transparent 1px, transparent ${distance}px)`;
}

function dots(color: string): string {
  return `radial-gradient(circle, ${color} 1px, transparent 1.2px)`;
}

function backgroundOf(pattern: string) {
  return pattern.startsWith('radial')
    ? { backgroundImage: pattern, backgroundSize: '5px 5px' }
    : { backgroundImage: pattern };
}
