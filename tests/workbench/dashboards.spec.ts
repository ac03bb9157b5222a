import { expect, test } from '@playwright/test';

import { DASHBOARD, FLOW, RUN_DASHBOARD, screenshot, stepRows, waitForPanels, watch } from './support';

test('the provisioned dashboard is listed and its panels are drawn', async ({ page, baseURL }) => {
  const complaints = watch(page, baseURL);
  await page.goto('/dashboards?theme=dark');
  await page.locator(`a[href="/d/${DASHBOARD}"]`).click();
  await expect(page).toHaveURL(new RegExp(`/d/${DASHBOARD}`));

  const panels = page.getByRole('region', { name: 'Panels' });
  await expect(panels).toBeVisible();
  await waitForPanels(page);
  await expect(panels.getByText('The query failed')).toHaveCount(0);
  await expect(panels.getByText(/are drawn by Grafana only/)).toHaveCount(0);
  // The history's executions are far apart: whether some fall into a cell depends on when the cells begin.
  await expect(async () => {
    await page.getByRole('button', { name: 'Refresh' }).click();
    const heatmap = panels.getByRole('img', { name: /^How the latency is spread: [1-9]\d* cells/ });
    await expect(heatmap).toBeVisible({ timeout: 10_000 });
  }).toPass();
  await expect(panels.getByRole('group', { name: /^Map of the flow: [1-9]\d* nodes, [1-9]\d* edges/ })).toBeVisible();
  // A row for each run, a column for each step.
  const matrix = panels.getByRole('group', { name: 'Rows of Runs side by side' });
  await expect(matrix.getByRole('columnheader', { name: 'extract', exact: true })).toBeVisible();
  expect(complaints.list).toEqual([]);
});

test('a variable of the dashboard changes what its panels ask', async ({ page }) => {
  await page.goto(`/d/${DASHBOARD}?theme=dark&var-flow=f%2Fapi%2Fprice_quote`);
  const panel = page.getByTestId('flow-steps-panel');
  await expect(panel).toContainText('f/api/price_quote');
  await page.getByRole('combobox', { name: 'Flow' }).click();
  await page.getByRole('option', { name: 'f/etl/orders_hourly' }).click();
  await expect(page).toHaveURL(/orders_hourly/);
  await expect(panel).toContainText('f/etl/orders_hourly');
});

test('variables are chained: the steps offered are those of the flow', async ({ page }) => {
  await page.goto(`/d/${DASHBOARD}?theme=dark&var-flow=f%2Fetl%2Forders_hourly`);
  await expect(stepRows(page).first()).toBeVisible();
  await page.getByRole('combobox', { name: 'Step' }).click();
  await expect(page.getByRole('option', { name: 'extract' })).toBeVisible();
  // A step of another flow.
  await expect(page.getByRole('option', { name: 'page_oncall' })).toHaveCount(0);
});

test('the annotations of the dashboard are asked for', async ({ page }) => {
  await page.goto(`/d/${DASHBOARD}?theme=dark&var-flow=$__all`);
  const annotations = page.getByRole('region', { name: 'Annotations' });
  await expect(annotations).toContainText(/Failed runs: [1-9]\d*, Deployments: \d+/);
  await annotations.getByRole('button').click();
  await expect(annotations.getByRole('listitem').first()).toContainText(/failed/);
});

test('a run is chosen from a list and shown on its own dashboard', async ({ page }) => {
  await page.goto(`/d/${RUN_DASHBOARD}?theme=dark&var-flow=${encodeURIComponent(FLOW)}`);
  const run = page.getByRole('combobox', { name: 'Run' });
  await expect(run).toHaveValue(/^f\/.*, \d{4}-\d\d-\d\d .*, (ok|error|recovered|canceled|running)$/);
  await waitForPanels(page);
  await expect(page.getByText('The query failed')).toHaveCount(0);
  await screenshot(page, 'dashboard-run-dark', { documented: true, height: 1300 });
});
