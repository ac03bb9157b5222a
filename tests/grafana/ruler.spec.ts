import { expect, test } from '@grafana/plugin-e2e';

import { ask, evaluate, labelled, ruleExpression, ruleQuery } from './api';
import { needsGrafana } from './support';

needsGrafana();

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const ABOVE_ZERO = { type: 'threshold', expression: 'A', conditions: [{ evaluator: { type: 'gt', params: [0] } }] };
const MEAN = { type: 'reduce', expression: 'A', reducer: 'mean', settings: { mode: 'dropNN' } };

test('a rule gets one number for each step that became slower', async ({ request }) => {
  // The demo makes a step slower half an hour before its start: the window that sees it moves away.
  let found: ReturnType<typeof labelled> = [];
  for (let to = 0; found.length === 0 && to <= 6 * HOUR; to += 5 * MINUTE) {
    const results = await evaluate(request, [
      ruleQuery({ queryType: 'step-regressions' }, to + 25 * MINUTE, to),
      ruleExpression('B', ABOVE_ZERO),
    ]);
    expect(results.A.error).toBeUndefined();
    expect(results.A.frames?.map(({ schema }) => schema.meta?.type)).toContain('numeric-multi');
    found = labelled(results.A);
    expect(new Set(found.map(({ labels }) => labels)).size).toBe(found.length);
    if (found.length > 0) {
      expect(labelled(results.B)).toHaveLength(found.length);
    }
  }
  expect(found.length).toBeGreaterThan(0);
  for (const { labels, values } of found) {
    expect(JSON.parse(labels)).toEqual(expect.objectContaining({ step: expect.any(String) }));
    expect(values).toHaveLength(1);
  }
});

for (const queryType of ['step-latency', 'step-contribution']) {
  test(`a rule gets one series for each step of ${queryType}`, async ({ request }) => {
    const query = { queryType, quantiles: [0.95], intervalMs: 60_000, maxDataPoints: 60 };
    const results = await evaluate(request, [ruleQuery(query, HOUR), ruleExpression('B', MEAN)]);
    const reduced = labelled(results.B);
    expect(reduced.length).toBeGreaterThan(5);
    expect(new Set(reduced.map(({ labels }) => labels)).size).toBe(reduced.length);
    expect(reduced.every(({ values }) => values.length === 1)).toBe(true);
  });
}

test('a rule on a table is refused in words of ours', async ({ request }) => {
  const results = await evaluate(request, [
    ruleQuery({ queryType: 'flow-steps' }, HOUR),
    ruleExpression('B', ABOVE_ZERO),
  ]);
  expect(results.A.error).toContain('Alert rules need time series or numbers: use the query type');
});

for (const hours of [46, 7 * 24, 30 * 24]) {
  // The rule editor's own defaults for the interval and the points: Prometheus gives 11,000 at most.
  const finest = { queryType: 'step-latency', quantiles: [0.95], intervalMs: 1000, maxDataPoints: 43_200 };

  test(`a rule over ${hours} hours is evaluated`, async ({ request }) => {
    const results = await evaluate(request, [ruleQuery(finest, hours * HOUR), ruleExpression('B', MEAN)]);
    expect(results.A.error).toBeUndefined();
    expect(labelled(results.B).length).toBeGreaterThan(5);
  });

  test(`a panel over ${hours} hours gets its series`, async ({ request }) => {
    const answer = await ask(request, finest, `now-${hours}h`);
    expect(answer.error).toBeUndefined();
    expect(labelled(answer).length).toBeGreaterThan(5);
  });
}
