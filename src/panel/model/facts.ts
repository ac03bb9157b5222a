import { formatCount, formatDuration, formatShare, formatTime } from './format';
import { KIND_SIGNS, OUTCOME_SIGNS, WAIT_SIGNS, durationSoFar, summaryText, verdictSentence } from './labels';
import { type Step, type StepNode } from './types';

export interface Fact {
  label: string;
  value: string;
}

/** Everything the frame knows about a row, for the tooltip and the details. What is unknown is left out, the verdict excepted. */
export function stepFacts(node: StepNode, origin: number | null, timeZone: string): Fact[] {
  const { step } = node;
  const facts: Array<Fact | null> = [
    fact('Step', step.step),
    fact('Path', step.path),
    fact('Script path', step.scriptPath),
    { label: 'Kind', value: KIND_SIGNS[step.kind].text },
    fact('Contains', summaryText(node)),
    fact('Attempt', step.attempt === null ? null : formatCount(step.attempt)),
    ...timeFacts(step, origin, timeZone),
    ...baselineFacts(step),
    { label: 'Outcome', value: OUTCOME_SIGNS[step.outcome].text },
    fact('Share of the run', step.contribution === null ? null : formatShare(step.contribution)),
    step.critical ? { label: 'Critical path', value: 'yes' } : null,
    fact('Worker', step.worker),
    fact('Tag', step.tag),
    fact('Language', step.language),
    fact('Job', step.jobId === '' ? null : step.jobId),
    fact('Trace', step.traceId),
    step.fromLogs ? { label: 'Known from', value: 'log lines only: it has no span yet' } : null,
  ];
  return facts.filter((candidate) => candidate !== null);
}

function timeFacts(step: Step, origin: number | null, timeZone: string): Array<Fact | null> {
  const offset = step.start === null || origin === null ? null : (step.start - origin) / 1000;
  const after = offset === null || offset === 0 ? '' : ` (${offset > 0 ? '+' : ''}${formatDuration(offset)})`;
  const waited =
    step.wait === null ? null : `${formatDuration(step.wait)}, ${lowerFirst(WAIT_SIGNS[step.waitKind].text)}`;
  return [
    fact('Start', step.start === null ? null : formatTime(step.start, timeZone) + after),
    { label: 'Duration', value: durationText(step) },
    fact('Set-up', step.setup === null ? null : formatDuration(step.setup)),
    fact('Work', step.work === null ? null : formatDuration(step.work)),
    fact('Wait before start', waited),
    fact('Transition', step.transition === null ? null : formatDuration(step.transition)),
  ];
}

function durationText(step: Step): string {
  if (step.duration === null) {
    return 'unknown';
  }
  return durationSoFar(step);
}

function baselineFacts(step: Step): Array<Fact | null> {
  if (step.index < 0) {
    return [];
  }
  const known = step.baselineP50 !== null || step.baselineP95 !== null;
  const count = step.baselineCount === null ? '' : ` (${formatCount(step.baselineCount)} executions)`;
  return [
    known
      ? fact('Baseline p50 / p95', `${formatDuration(step.baselineP50)} / ${formatDuration(step.baselineP95)}${count}`)
      : null,
    { label: 'Verdict', value: verdictSentence(step) },
  ];
}

function fact(label: string, value: string | null): Fact | null {
  return value === null ? null : { label, value };
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
