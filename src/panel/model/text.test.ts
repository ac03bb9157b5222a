import { RUN_START, type Row, etlRows, flowStepsFrame, panelData } from '../testing/fixture';
import { stepFacts } from './facts';
import { formatDuration, formatRatio, formatShare, formatTick } from './format';
import { readSteps } from './frame';
import { legendEntries } from './legend';
import { baselineText, stepName, stepScript, summaryText, timelineText, verdictSentence, verdictText } from './labels';
import { readContent } from './runs';
import { buildTree } from './tree';

const steps = readSteps(flowStepsFrame(etlRows())).map(({ step }) => step);
const byJob = (job: string) => steps.find((step) => step.jobId === job)!;
const root = buildTree(steps)[0];

describe('formatDuration', () => {
  it.each([
    [null, '–'],
    [0, '0 s'],
    [0.0000004, '400 ns'],
    [0.00085, '850 µs'],
    [0.0352, '35.2 ms'],
    [0.35, '350 ms'],
    [0.9996, '1.00 s'],
    [1.24, '1.24 s'],
    [42.21, '42.2 s'],
    [59.98, '1 min 0 s'],
    [123, '2 min 3 s'],
    [3599.6, '1 h 0 min'],
    [3900, '1 h 5 min'],
    [86400 * 2 + 3600 * 23.9, '3 d 0 h'],
    [-2.5, '-2.50 s'],
  ])('%p is %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  it('drops zeros on the axis', () => {
    expect([0, 0.5, 2, 2.5, 10, 60, 90, 3600].map(formatTick)).toEqual([
      '0 s',
      '500 ms',
      '2 s',
      '2.5 s',
      '10 s',
      '1 min',
      '1 min 30 s',
      '1 h',
    ]);
  });
});

describe('ratios and shares', () => {
  it('are short', () => {
    expect([null, 0.01, 0.43, 2.44, 9.97, 31].map(formatRatio)).toEqual(['–', '<0.1x', '0.4x', '2.4x', '10x', '31x']);
    expect([null, 0, 0.0004, 0.028, 0.158, 1].map(formatShare)).toEqual(['–', '0.0%', '<0.1%', '2.8%', '16%', '100%']);
  });
});

describe('names', () => {
  it('are the last part of the path, with the script beside it if that says more', () => {
    expect([byJob('run'), byJob('a'), byJob('b3'), byJob('b3c'), byJob('e2')].map(stepName)).toEqual([
      'nightly_orders',
      'a',
      'b[3]',
      'c',
      'e',
    ]);
    expect([byJob('run'), byJob('a'), byJob('b3'), byJob('ga')].map(stepScript)).toEqual([
      null,
      'extract_orders',
      null,
      null,
    ]);
  });

  it('fall back to what there is', () => {
    const bare = { ...byJob('a'), path: null };
    expect(stepName({ ...bare, kind: 'iteration', iteration: 4 })).toBe('a[4]');
    expect(stepName({ ...bare, step: null })).toBe('f/etl/extract_orders');
    expect(stepName({ ...bare, step: null, scriptPath: null, jobId: '0199f0c4-8d3e' })).toBe('0199f0c4');
  });
});

describe('verdicts', () => {
  it('read without colour', () => {
    expect([byJob('a'), byJob('e2'), byJob('ga'), byJob('gb')].map(verdictText)).toEqual(['2.4x', '1.1x', '0.4x', '–']);
    expect(verdictSentence(byJob('a'))).toBe('slow: 2.4x of the baseline p50');
    expect(verdictSentence(byJob('gb'))).toBe('unknown: no baseline');
    const few: Row = { ...etlRows()[0], baseline: [1, 2, 3] };
    expect(verdictSentence(readSteps(flowStepsFrame([few]))[0].step)).toMatch(/too few/);
    expect(baselineText(byJob('a'))).toBe('9.80 s / 14.6 s');
    expect(baselineText({ ...byJob('a'), baselineP95: null })).toBe('9.80 s / –');
  });
});

describe('summaries', () => {
  it('tell what a collapsed row hides', () => {
    expect(summaryText(root.children[1])).toBe('24 iterations, slowest [5] 15.3 s, 1 failed');
    expect(summaryText(root)).toBe('84 jobs, 3 failed');
    expect(summaryText(root.children[0])).toBeNull();
    expect(timelineText(byJob('g'), 115.4)).toBe(
      'starts at 1 min 55 s, 42.2 s waiting for an approval before, on the critical path'
    );
  });
});

describe('stepFacts', () => {
  it('holds everything the frame knows', () => {
    const node = root.children.find((child) => child.step.jobId === 'e2')!;
    expect(stepFacts(node, RUN_START, 'utc')).toEqual([
      { label: 'Step', value: 'e' },
      { label: 'Path', value: 'e#2' },
      { label: 'Script path', value: 'f/etl/notify_erp' },
      { label: 'Kind', value: 'Step' },
      { label: 'Attempt', value: '2' },
      { label: 'Start', value: '2026-11-22 02:01:10.500 (+1 min 11 s)' },
      { label: 'Duration', value: '1.40 s' },
      { label: 'Wait before start', value: '10.0 s, waiting before a retry' },
      { label: 'Transition', value: '300 ms' },
      { label: 'Baseline p50 / p95', value: '1.30 s / 2.20 s (230 executions)' },
      { label: 'Verdict', value: 'normal: 1.1x of the baseline p50' },
      { label: 'Outcome', value: 'ok' },
      { label: 'Share of the run', value: '0.9%' },
      { label: 'Critical path', value: 'yes' },
      { label: 'Worker', value: 'wk-default-worker-1-x7Q2a' },
      { label: 'Tag', value: 'default' },
      { label: 'Language', value: 'python3' },
      { label: 'Job', value: 'e2' },
      { label: 'Trace', value: '0199f0c40000000000000000000000e2' },
    ]);
  });

  it('parts set-up from work where both are known', () => {
    const [node] = buildTree(
      readSteps(flowStepsFrame([{ ...etlRows()[0], setup: 1.5, work: 0.2 }])).map(({ step }) => step)
    );
    const facts = stepFacts(node, RUN_START, 'utc');
    expect(facts).toContainEqual({ label: 'Set-up', value: '1.50 s' });
    expect(facts).toContainEqual({ label: 'Work', value: '200 ms' });
  });

  it('says which rows only log lines tell of', () => {
    const row: Row = { ...etlRows()[0], outcome: 'running', fromLogs: true };
    const [node] = buildTree(readSteps(flowStepsFrame([row])).map(({ step }) => step));
    expect(stepFacts(node, RUN_START, 'utc')).toContainEqual({
      label: 'Known from',
      value: 'log lines only: it has no span yet',
    });
  });

  it('claims nothing about a row that groups others', () => {
    const labels = stepFacts(root.children[1], RUN_START, 'utc').map((fact) => fact.label);
    expect(labels).toEqual(['Step', 'Path', 'Kind', 'Contains', 'Start', 'Duration', 'Outcome']);
  });
});

describe('legendEntries', () => {
  it('lists only what the run has', () => {
    const [run] = readContent(panelData([flowStepsFrame(etlRows())])).runs;
    const [plain] = readContent(panelData([flowStepsFrame([{ ...etlRows()[0], wait: 0, baseline: undefined }])])).runs;
    expect(legendEntries(run, true, true).map((entry) => entry.look)).toEqual([
      'execution',
      'bracket',
      'slow',
      'error',
      'skipped',
      'container',
      'queue',
      'approval',
      'pause',
      'transition',
      'critical',
    ]);
    expect(legendEntries(plain, true, false).map((entry) => entry.look)).toEqual(['execution', 'container']);
  });

  it('says when a baseline mixes steps of several flows', () => {
    const [run] = readContent(panelData([flowStepsFrame(etlRows())])).runs;
    const texts = legendEntries({ ...run, baselineSource: 'span-metrics-by-name' }, true, true).map(
      (entry) => entry.text
    );
    expect(texts).toContain('Baseline: p50 (tick) and p95 of all steps with this name');
  });
});
