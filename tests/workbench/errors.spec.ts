import { expect, test } from '@playwright/test';

import { exploreUrl, watch } from './support';

test('a run id that is no UUID is refused in one sentence, and the other query is answered', async ({ page }) => {
  await page.goto(
    exploreUrl([
      { refId: 'A', queryType: 'flow-steps', runId: 'not-a-run' },
      { refId: 'B', queryType: 'flow-runs' },
    ])
  );
  const results = page.getByRole('region', { name: 'Results' });
  await expect(results.getByText('Query A failed')).toBeVisible();
  await expect(results.getByText(/UUID/)).toBeVisible();
  await expect(results.getByText('Query B failed')).toHaveCount(0);
  await expect(page.getByRole('table')).toBeVisible();
});

test('a link to a data source that only Grafana runs says so', async ({ page, baseURL }) => {
  const complaints = watch(page, baseURL);
  const left = JSON.stringify({ datasource: 'tempo', queries: [{ refId: 'A', queryType: 'traceql', query: '01a2' }] });
  await page.goto(`/explore?left=${encodeURIComponent(left)}`);
  await expect(page.getByRole('heading', { name: 'Link to Tempo' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Query of the link' })).toContainText('01a2');
  expect(complaints.list).toEqual([]);
});

test('an address without a page says so', async ({ page }) => {
  await page.goto('/alerting/list');
  await expect(page.getByRole('heading', { name: 'Page not found' })).toBeVisible();
});
