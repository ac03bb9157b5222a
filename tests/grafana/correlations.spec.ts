import { expect, test } from '@grafana/plugin-e2e';

import { expectSteps, needsGrafana } from './support';

needsGrafana();

const LABELS = ['Steps of this run', 'This run as one trace'];

for (const source of ['tempo', 'loki']) {
  test(`${source} is provisioned with its ways to this data source`, async ({ request }) => {
    const answer = await request.get(`/api/datasources/uid/${source}/correlations`);
    expect(answer.ok()).toBe(true);
    const correlations: Array<{ targetUID: string; label: string }> = await answer.json();
    const ours = correlations.filter(({ targetUID }) => targetUID === 'windmill-flow-steps');
    expect(ours.map(({ label }) => label).sort()).toEqual(LABELS);
  });
}

test('a log line in Loki leads to the steps of its run', async ({ page }) => {
  const query = { refId: 'A', expr: '{service_name="windmill-worker"} | job_id != ``', queryType: 'range' };
  const panes = {
    a: {
      datasource: 'loki',
      queries: [{ ...query, datasource: { type: 'loki', uid: 'loki' } }],
      range: { from: 'now-15m', to: 'now' },
    },
  };
  await page.goto(`/explore?schemaVersion=1&orgId=1&panes=${encodeURIComponent(JSON.stringify(panes))}`);
  await page
    .getByText(/^(fetched job|all next flow jobs pushed)/)
    .first()
    .click(); // opens its details
  await page.getByText('Steps of this run').first().click();
  await expectSteps(page);
});
