import { expect, type Page } from '@playwright/test';

import { exploreUrl } from './support';

/** Rows of one iteration: its container and three steps. */
const PER_ITERATION = 4;
const START = Date.UTC(2026, 10, 22, 2, 0, 0);
const FLOW = 'f/bench/fan_out';

type Cell = string | number | boolean | null;

interface Frame {
  schema: { fields: Array<{ name: string }>; meta?: { notices?: unknown } };
  data: { values: Cell[][]; nanos?: unknown; entities?: unknown };
}

interface Answer {
  results: Record<string, { frames: Frame[] }>;
}

/**
 * Opens Explore on a run with this many rows. The data source's real answer is taken as it is, with its fields, links
 * and meta, and only its rows are replaced: a parallel loop whose iterations have three steps each. Resolves when the
 * first rows are there.
 */
export async function openBigRun(page: Page, rows: number): Promise<void> {
  await page.route('**/api/ds/query**', async (route) => {
    const response = await route.fetch();
    const answer: Answer = await response.json();
    for (const { frames } of Object.values(answer.results)) {
      frames.forEach((frame) => replaceRows(frame, rows));
    }
    await route.fulfill({ response, json: answer });
  });
  await page.goto(exploreUrl([{ refId: 'A', queryType: 'flow-steps' }]));
  await expect(page.getByTestId('flow-steps-row').first()).toBeVisible();
}

function replaceRows(frame: Frame, rows: number) {
  const table = Array.from({ length: rows }, (_, index) => rowOf(index, rows));
  frame.data = { values: frame.schema.fields.map(({ name }) => table.map((row) => row[name] ?? null)) };
}

const id = (index: number) => `01a20c33-8e41-7bee-8006-${index.toString(16).padStart(12, '0')}`;

/** Row 0 is the run; the others are iterations, each followed by its steps. */
function rowOf(index: number, rows: number): Record<string, Cell> {
  if (index === 0) {
    const iterations = Math.ceil(rows / PER_ITERATION);
    return {
      ...common(0),
      parent_job: null,
      depth: 0,
      path: '',
      step: null,
      kind: 'flow',
      duration: iterations * 0.2 + 4,
    };
  }
  const within = (index - 1) % PER_ITERATION;
  const iteration = Math.floor((index - 1) / PER_ITERATION);
  const container = index - within;
  const begin = START + iteration * 200;
  if (within === 0) {
    const place = { parent_job: id(0), depth: 1, path: `fan[${iteration}]`, step: 'fan', kind: 'iteration', iteration };
    return { ...common(index), ...place, start: begin, duration: 3.9 };
  }
  const step = ['fetch', 'convert', 'store'][within - 1];
  return {
    ...common(index),
    parent_job: id(container),
    depth: 2,
    path: `fan[${iteration}]/${step}`,
    step,
    kind: 'step',
    language: 'python3',
    worker: `wk-default-${iteration % 40}`,
    start: begin + (within - 1) * 1300 + 80,
    duration: 1.1 + (index % 17) / 100,
    wait: 0.08,
    wait_kind: 'queue',
    attempt: 1,
    outcome: index % 997 === 0 ? 'error' : 'ok',
    error: index % 997 === 0 ? 'TimeoutError: the server did not answer' : null,
    baseline_p50: 1.1,
    baseline_p95: 1.3,
    baseline_count: 400,
    ratio: 1 + (index % 17) / 110,
    verdict: index % 101 === 0 ? 'slow' : 'normal',
  };
}

function common(index: number): Record<string, Cell> {
  return {
    run_id: id(0),
    job_id: id(index),
    script_path: index === 0 ? FLOW : `${FLOW}/forloop-${index}`,
    tag: 'default',
    start: START,
    outcome: 'ok',
    contribution: 1 / (index + 1),
    critical: index < 10,
    trace_id: index.toString(16).padStart(32, '0'),
    span_id: index.toString(16).padStart(16, '0'),
  };
}
