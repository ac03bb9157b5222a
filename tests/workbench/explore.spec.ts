import { expect, test } from '@playwright/test';

import { type Complaints, exploreUrl, FLOW, stepRows, waitForResults, watch } from './support';

let complaints: Complaints;
test.beforeEach(({ page, baseURL }) => {
  complaints = watch(page, baseURL);
});
test.afterEach(() => {
  expect(complaints.list).toEqual([]);
});

test('a flow is picked and its steps are drawn with their baselines', async ({ page }) => {
  await page.goto('/explore?theme=dark');
  await expect(page.getByText('Workbench: a development host, not Grafana')).toBeVisible();

  await page.getByRole('combobox', { name: /^Query type/ }).click();
  await page.getByRole('option', { name: /^Steps of a run/ }).click();
  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  await page.getByRole('menuitem', { name: /^Flow/ }).click();
  // Its values open by themselves, completed from what Tempo has seen.
  await page.getByRole('option', { name: FLOW, exact: true }).click();
  await page.keyboard.press('Escape');
  await waitForResults(page);

  const panel = page.getByTestId('flow-steps-panel');
  await expect(panel).toContainText(FLOW);
  await expect(page.getByRole('treegrid')).toBeVisible();
  expect(await stepRows(page).count()).toBeGreaterThan(1);
  await expect(page.getByTestId('flow-steps-bar').first()).toBeVisible();
  // The run itself has a baseline of at least one earlier run: p50 / p95 with their units.
  await expect(stepRows(page).first()).toContainText(/\d+(\.\d+)?\s?(ns|µs|ms|s|m|min|h).* \/ \d/);
});

test('the address carries the query, and the inspector shows what was executed', async ({ page }) => {
  await page.goto(exploreUrl([{ refId: 'A', queryType: 'flow-steps', filters: { flow: [FLOW] } }]));
  await waitForResults(page);
  const rows = await stepRows(page).count();
  expect(rows).toBeGreaterThan(0);

  await page.getByRole('button', { name: 'Query inspector' }).click();
  const executed = page.getByRole('region', { name: /^Executed queries of/ });
  await expect(executed).toContainText('select(');
  await expect(executed).toContainText('traces_spanmetrics_latency');
});

test('runs are a table whose links open the steps of a run', async ({ page }) => {
  await page.goto(exploreUrl([{ refId: 'A', queryType: 'flow-runs', limit: 20 }]));
  await waitForResults(page);
  const table = page.getByRole('table');
  await expect(table.getByRole('columnheader').first()).toBeVisible();
  const run = table.getByRole('row').nth(1).getByRole('link').first();
  const id = await run.innerText();
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-/);
  await run.click();
  await expect(page).toHaveURL(new RegExp(id));
  await expect(page.getByTestId('flow-steps-panel')).toContainText(id);
});

test('links are complete: no variable is left in them', async ({ page }) => {
  for (const queryType of ['flow-runs', 'flow-steps', 'step-stats']) {
    await page.goto(exploreUrl([{ refId: 'A', queryType }]));
    await waitForResults(page);
    const links = page.getByRole('region', { name: 'Results' }).locator('a[href]');
    await expect(links.first()).toBeVisible();
    const targets = await links.evaluateAll((found) =>
      found.map((link) => decodeURIComponent(String(link.getAttribute('href'))))
    );
    expect(targets.filter((target) => /\$\{|__value|__data|undefined/.test(target))).toEqual([]);
  }
});

test('latencies are drawn as a graph and as a table', async ({ page }) => {
  await page.goto(exploreUrl([{ refId: 'A', queryType: 'step-latency', quantiles: [0.95] }]));
  await waitForResults(page);
  await expect(page.getByRole('group', { name: /Graph \(A\): [1-9]\d* series over time/ })).toBeVisible();
  await page
    .getByRole('radiogroup', { name: /View of Graph/ })
    .getByRole('radio', { name: 'Table' })
    .check();
  await expect(page.getByRole('table').first()).toBeVisible();
});

test('the keyboard reaches the rows of the waterfall', async ({ page }) => {
  await page.goto(exploreUrl([{ refId: 'A', queryType: 'flow-steps', filters: { flow: [FLOW] } }]));
  await waitForResults(page);
  await expect(stepRows(page).first()).toBeVisible();
  const focusedRow = page.locator('[data-testid="flow-steps-row"]:focus');
  for (let pressed = 0; pressed < 120 && (await focusedRow.count()) === 0; pressed++) {
    await page.keyboard.press('Tab');
  }
  await expect(focusedRow).toHaveCount(1);
  await expect(focusedRow).toHaveAttribute('aria-rowindex', '2');
  await page.keyboard.press('ArrowDown');
  await expect(focusedRow).toHaveAttribute('aria-rowindex', '3');
});
