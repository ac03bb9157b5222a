import { expect, test } from '@grafana/plugin-e2e';

import { DATASOURCE, needsGrafana } from './support';

needsGrafana();

test('a variable lists flows', async ({ variableEditPage, readProvisionedDataSource, page }) => {
  const { name } = await readProvisionedDataSource(DATASOURCE);
  await variableEditPage.setVariableType('Query');
  await variableEditPage.datasource.set(name);
  await expect(page.getByRole('combobox', { name: 'Values', exact: true })).toHaveValue('Flows');
  await variableEditPage.runQuery();
  await expect(variableEditPage).toDisplayPreviews([/^f\//]);
});

test('a variable lists runs, whose values are ids', async ({ variableEditPage, readProvisionedDataSource, page }) => {
  const { name } = await readProvisionedDataSource(DATASOURCE);
  await variableEditPage.setVariableType('Query');
  await variableEditPage.datasource.set(name);
  await page.getByRole('combobox', { name: 'Values', exact: true }).click();
  await page.getByRole('option', { name: /^Runs/ }).click();
  await variableEditPage.runQuery();
  await expect(variableEditPage).toDisplayPreviews([/, (ok|error|recovered|canceled|running)$/]);
});

test("the dashboard's filters are asked for in every query", async ({
  gotoDashboardPage,
  readProvisionedDashboard,
  page,
}) => {
  const { uid } = await readProvisionedDashboard({ fileName: 'windmill-flow-steps.json' });
  // Grafana's own form of ad-hoc filters in the address: key, operator, value.
  const queryParams = new URLSearchParams({ 'var-filters': 'language|=|python3' });
  const asked = page.waitForRequest(
    (request) => request.url().includes('/api/ds/query') && (request.postData()?.includes('step-latency') ?? false)
  );
  await gotoDashboardPage({ uid, queryParams });
  expect((await asked).postData()).toContain('"language":["python3"]');
});

test('variables are chained: a flow narrows the steps', async ({
  variableEditPage,
  readProvisionedDataSource,
  page,
}) => {
  const { name } = await readProvisionedDataSource(DATASOURCE);
  await variableEditPage.setVariableType('Query');
  await variableEditPage.datasource.set(name);
  await page.getByRole('combobox', { name: 'Values', exact: true }).click();
  await page.getByRole('option', { name: /^Steps/ }).click();
  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  await page.getByRole('menuitem', { name: /^Flow/ }).click();
  const flow = page.getByRole('combobox', { name: 'Flow', exact: true });
  await flow.fill('f/etl/orders_hourly');
  await page.getByRole('option', { name: 'f/etl/orders_hourly', exact: true }).click();
  await page.keyboard.press('Escape');
  await variableEditPage.runQuery();
  await expect(variableEditPage).toDisplayPreviews(['aggregate', 'extract']);
  // A step of another flow.
  await expect(page.getByText('charge', { exact: true })).toHaveCount(0);
});
