import { type IconName } from '@grafana/data';

import { UNKNOWN, formatCount, formatDuration, formatRatio, plural } from './format';
import { isContainer } from './launched';
import { type Outcome, type Step, type StepKind, type StepNode, type Verdict, type WaitKind } from './types';

interface Sign {
  icon: IconName;
  text: string;
}

export const KIND_SIGNS: Record<StepKind, Sign> = {
  flow: { icon: 'sitemap', text: 'Flow' },
  subflow: { icon: 'sitemap', text: 'Sub-flow' },
  iteration: { icon: 'repeat', text: 'Iteration' },
  branch: { icon: 'code-branch', text: 'Branch' },
  step: { icon: 'cube', text: 'Step' },
  identity: { icon: 'arrow-right', text: 'Identity (skipped or mocked step)' },
  agent: { icon: 'ai-sparkle', text: 'AI agent' },
  tool: { icon: 'cog', text: 'Tool of an AI agent' },
  failure: { icon: 'shield-exclamation', text: 'Failure module' },
  preprocessor: { icon: 'filter', text: 'Preprocessor' },
  handler: { icon: 'bell', text: 'Handler, started when the run was over' },
  launched: { icon: 'rocket', text: 'Launched job, started by a script' },
  unknown: { icon: 'question-circle', text: 'Unknown kind' },
  loop: { icon: 'repeat', text: 'Loop' },
  branches: { icon: 'code-branch', text: 'Branches' },
};

export const OUTCOME_SIGNS: Record<Outcome, Sign> = {
  ok: { icon: 'check-circle', text: 'ok' },
  error: { icon: 'exclamation-circle', text: 'error' },
  recovered: { icon: 'shield-exclamation', text: 'recovered' },
  skipped: { icon: 'forward', text: 'skipped' },
  canceled: { icon: 'ban', text: 'canceled' },
  running: { icon: 'hourglass', text: 'running' },
  unknown: { icon: 'question-circle', text: 'outcome unknown' },
};

export const WAIT_SIGNS: Record<WaitKind, Sign> = {
  queue: { icon: 'list-ul', text: 'Waiting for a worker' },
  approval: { icon: 'user', text: 'Waiting for an approval' },
  retry: { icon: 'history', text: 'Waiting before a retry' },
  sleep: { icon: 'clock-nine', text: 'Sleeping' },
  limit: { icon: 'tachometer-fast', text: 'Waiting for a limit of jobs at a time' },
  unknown: { icon: 'question-circle', text: 'Waiting, reason unknown' },
};

export const VERDICT_SIGNS: Record<Verdict, Sign> = {
  slow: { icon: 'arrow-up', text: 'slow' },
  normal: { icon: 'check', text: 'normal' },
  fast: { icon: 'arrow-down', text: 'fast' },
  unknown: { icon: 'minus', text: 'no baseline' },
};

/** The small label beside the names of jobs that are no step of their flow. */
export const KIND_BADGES: Partial<Record<StepKind, string>> = { launched: 'launched', handler: 'handler' };

/** Marks a row that only log lines tell of. */
export const FROM_LOGS_SIGN: Sign = { icon: 'gf-logs', text: 'From log lines: it has no span yet' };

/** The name of a row in the tree: the last part of its path, without what the attempt badge says. */
export function stepName(step: Step): string {
  if (step.kind === 'flow') {
    return step.scriptPath?.split('/').pop() || 'Flow';
  }
  const last = step.path?.split('/').pop()?.replace(/#\d+$/, '');
  const name = last || step.step || step.scriptPath || step.jobId.slice(0, 8);
  if (step.kind === 'iteration' && step.iteration !== null && !/\[\d+\]$/.test(name)) {
    return `${name}[${step.iteration}]`;
  }
  return name;
}

/** What the row runs, if its name does not say so: the last part of a script's path. */
export function stepScript(step: Step): string | null {
  if (step.kind === 'flow' || step.kind === 'iteration' || step.kind === 'branch' || step.scriptPath === null) {
    return null;
  }
  const script = step.scriptPath.split('/').pop() ?? '';
  return script === '' || script === step.step ? null : script;
}

/** The badge of the column "vs baseline". */
export function verdictText(step: Step): string {
  if (step.verdict === 'unknown') {
    return UNKNOWN;
  }
  return step.ratio === null ? VERDICT_SIGNS[step.verdict].text : formatRatio(step.ratio);
}

/** A row's duration; of one that still runs, the time that has passed. */
export function durationSoFar(step: Pick<Step, 'duration' | 'outcome'>): string {
  return formatDuration(step.duration) + (step.duration !== null && step.outcome === 'running' ? ' so far' : '');
}

/** The verdict as a sentence. */
export function verdictSentence(step: Step): string {
  if (step.verdict === 'unknown') {
    return step.baselineP50 === null ? 'unknown: no baseline' : 'unknown: too few executions in the baseline';
  }
  return step.ratio === null ? step.verdict : `${step.verdict}: ${formatRatio(step.ratio)} of the baseline p50`;
}

/** p50 and p95 of a row for the baseline column. */
export function baselineText(step: Step): string {
  if (step.baselineP50 === null && step.baselineP95 === null) {
    return UNKNOWN;
  }
  return `${formatDuration(step.baselineP50)} / ${formatDuration(step.baselineP95)}`;
}

/** What is below a row: iterations or branches of a group, steps of a container. Null for a leaf. */
export function summaryText(node: StepNode): string | null {
  if (node.group) {
    const { count, failed, slow, slowest } = node.group;
    const parts = [node.step.kind === 'loop' ? plural(count, 'iteration') : plural(count, 'branch', 'branches')];
    if (slowest) {
      parts.push(`slowest ${memberName(slowest)} ${formatDuration(slowest.duration)}`);
    }
    if (failed > 0) {
      parts.push(`${formatCount(failed)} failed`);
    }
    if (slow > 0) {
      parts.push(`${formatCount(slow)} slow`);
    }
    return parts.join(', ');
  }
  if (node.children.length === 0) {
    return null;
  }
  if (!isContainer(node)) {
    return `launched ${plural(node.children.length, 'job')}` + failedBelow(node);
  }
  return plural(node.descendants, 'job') + failedBelow(node);
}

function failedBelow({ failedDescendants }: StepNode): string {
  return failedDescendants > 0 ? `, ${formatCount(failedDescendants)} failed` : '';
}

/** An iteration by its number, anything else by its name. */
export function memberName(step: Step): string {
  const name = stepName(step);
  return /\[\d+\]$/.exec(name)?.[0] ?? (step.iteration === null ? name : `[${step.iteration}]`);
}

/** The bar of a row in words, for screen readers. `offset` is the start in seconds of the run. */
export function timelineText(step: Step, offset: number | null): string {
  if (offset === null) {
    return 'no times known';
  }
  const parts = [`starts at ${formatDuration(offset)}`];
  if (step.wait) {
    parts.push(`${formatDuration(step.wait)} ${WAIT_SIGNS[step.waitKind].text.toLowerCase()} before`);
  }
  if (step.setup) {
    parts.push(`${formatDuration(step.setup)} of set-up`);
  }
  if (step.outcome !== 'ok' && step.outcome !== 'unknown') {
    const passed = step.outcome === 'running' && step.duration !== null ? `, ${durationSoFar(step)}` : '';
    parts.push(OUTCOME_SIGNS[step.outcome].text + passed);
  }
  if (step.critical) {
    parts.push('on the critical path');
  }
  return parts.join(', ');
}
