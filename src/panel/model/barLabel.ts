import { type Bar } from './geometry';
import { OUTCOME_SIGNS, durationSoFar, summaryText } from './labels';
import { isContainer } from './launched';
import { type StepNode } from './types';

export interface BarLabel {
  text: string;
  /** Shows the outcome's icon before the text. */
  withOutcome: boolean;
  /** The duration alone, which a column has too: not drawn where it does not fit. */
  optional: boolean;
}

/** Where the text beside a bar goes. Percentages of the axis. */
export type LabelPlace =
  { side: 'right'; left: number } | { side: 'left'; right: number } | { side: 'inside'; left: number };

const CHARACTER = 6.2;
const PADDING = 14;
const ICON = 18;

/** The words at the end of a bar: its duration, an outcome that is not ok with the reason of an error, and what a collapsed row hides. */
export function barLabel(node: StepNode, collapsed: boolean): BarLabel | null {
  const { step } = node;
  const summary = collapsed ? summaryText(node) : null;
  const plain = step.outcome === 'ok' || step.outcome === 'unknown';
  const duration = step.duration === null ? null : durationSoFar(step);
  const withDuration = (text: string) => (duration === null ? text : `${duration} · ${text}`);
  if (summary !== null) {
    return { text: withDuration(summary), withOutcome: !plain, optional: false };
  }
  if (plain) {
    return duration === null ? null : { text: duration, withOutcome: false, optional: true };
  }
  if (step.outcome === 'running') {
    return { text: duration === null ? 'running' : `running, ${duration}`, withOutcome: true, optional: false };
  }
  const reason = step.error && !isContainer(node) ? `: ${reasonLine(step.error)}` : '';
  return { text: withDuration(OUTCOME_SIGNS[step.outcome].text + reason), withOutcome: true, optional: false };
}

/** The line that says what happened: the first, but the last of a Python traceback, which begins with where. */
function reasonLine(text: string): string {
  const lines = text.trim().split('\n');
  return (lines[0].startsWith('Traceback ') ? lines[lines.length - 1] : lines[0]).trim();
}

/**
 * Right of the bar if the text fits there, else left of it, else inside; if it fits nowhere, on the wider side, cut, or
 * null if it can be done without.
 */
export function placeLabel(label: BarLabel, bar: Bar, width: number, mayLieInside: boolean): LabelPlace | null {
  const needed = (label.text.length * CHARACTER + PADDING + (label.withOutcome ? ICON : 0)) / (width / 100);
  const start = (bar.wait ?? bar.execution ?? { left: 0 }).left;
  const right = barEnd(bar);
  const inner = bar.execution?.width ?? 0;
  if (100 - right >= needed) {
    return { side: 'right', left: right };
  }
  if (start >= needed) {
    return { side: 'left', right: 100 - start };
  }
  if (mayLieInside && inner >= needed) {
    return { side: 'inside', left: bar.execution?.left ?? 0 };
  }
  if (label.optional) {
    return null;
  }
  if (mayLieInside && inner > Math.max(start, 100 - right)) {
    return { side: 'inside', left: bar.execution?.left ?? 0 };
  }
  return 100 - right >= start ? { side: 'right', left: right } : { side: 'left', right: 100 - start };
}

/** Where the bar ends. Its bracket may go on above the words. */
function barEnd(bar: Bar): number {
  const extents = [bar.execution, bar.transition];
  return Math.max(0, ...extents.map((extent) => (extent ? extent.left + extent.width : 0)));
}
