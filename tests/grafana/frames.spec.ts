import { expect, test } from '@grafana/plugin-e2e';

import { ask, column } from './api';
import { needsGrafana } from './support';

needsGrafana();

test('runs are listed over 30 days, of which Tempo searches the last week', async ({ request }) => {
  const answer = await ask(request, { queryType: 'flow-runs', limit: 5 }, 'now-30d');
  expect(answer.error).toBeUndefined();
  expect(column(answer, 'run_id').length).toBeGreaterThan(0);
  const notices = answer.frames?.[0].schema.meta?.notices ?? [];
  expect(notices.map(({ text }) => text).join()).toContain('168 hours');
});

test("a panel's header, which has room for one notice of each severity, has all of them", async ({ request }) => {
  const answer = await ask(request, { queryType: 'run-compare' });
  const { notices = [], custom } = answer.frames?.[0].schema.meta ?? {};
  const single = custom?.notices ?? [];
  expect(single.length).toBeGreaterThan(1);
  expect(new Set(notices.map(({ severity }) => severity)).size).toBe(notices.length);
  for (const { severity, text } of single) {
    expect(notices.find((notice) => notice.severity === severity)?.text).toContain(text);
  }
});

test("a map's nodes and edges have text, because Grafana prints numbers there with the id of their unit", async ({
  request,
}) => {
  const answer = await ask(request, { queryType: 'step-map', filters: { flow: ['f/etl/orders_hourly'] } });
  const fields = answer.frames?.flatMap(({ schema }) => schema.fields) ?? [];
  for (const { type } of fields.filter(({ name }) => name.endsWith('mainstat') || name === 'secondarystat')) {
    expect(type).toBe('string');
  }
  expect(column(answer, 'mainstat').filter(Boolean).join()).toMatch(/\d (ms|s)\b/);
  expect(column(answer, 'secondarystat').filter(Boolean).join()).toMatch(/\d calls/);
  expect(column(answer, 'highlighted').filter(Boolean)).toHaveLength(1);
});

test('filters that contradict each other give no data, and say so', async ({ request }) => {
  const flow = ['f/etl/orders_hourly', 'f/api/price_quote'].map((path) => ({ op: '=', values: [path] }));
  const answer = await ask(request, { queryType: 'flow-runs', filters: { flow } });
  expect(column(answer, 'run_id')).toEqual([]);
  expect(answer.frames?.[0].schema.meta?.notices?.[0].text).toContain('contradict each other');
});

test('the graph of log lines counts them by level', async ({ request }) => {
  const answer = await ask(request, { queryType: 'step-logs', volume: true });
  const levels = answer.frames?.map(({ schema }) => schema.fields[1].labels?.level);
  expect(levels).toContain('info');
});
