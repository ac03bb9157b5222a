import { expect, test } from '@grafana/plugin-e2e';

import { chooseQueryType, DATASOURCE, expectSteps, needsGrafana } from './support';

needsGrafana();

test.beforeEach(async ({ explorePage, readProvisionedDataSource }) => {
  const { name } = await readProvisionedDataSource(DATASOURCE);
  await explorePage.datasource.set(name);
});

test('a new query lists the latest runs', async ({ explorePage, page }) => {
  await expect(explorePage.runQuery()).toBeOK();
  await expect(explorePage.tablePanel.fieldNames).toContainText(['run_id']);
  await expect(page.getByText('Failed to load')).toHaveCount(0);
});

test('the steps of a run are drawn by the panel', async ({ explorePage, page }) => {
  await chooseQueryType(page, explorePage.getQueryEditorRow('A'), 'Steps of a run');
  await expect(explorePage.runQuery()).toBeOK();
  await expectSteps(page);
});

test('filters are completed from the traces', async ({ explorePage, page }) => {
  const editor = explorePage.getQueryEditorRow('A');
  await editor.getByRole('combobox', { name: /^Flow/ }).click();
  await page.getByRole('option', { name: /^f\// }).first().click();
  await page.keyboard.press('Escape');
  await expect(explorePage.runQuery()).toBeOK();
  await expect(explorePage.tablePanel.fieldNames).toContainText(['run_id']);
});

test('the latency of steps is a graph', async ({ explorePage, page }) => {
  await chooseQueryType(page, explorePage.getQueryEditorRow('A'), 'Step latency');
  await expect(explorePage.runQuery()).toBeOK();
  await expect(explorePage.timeSeriesPanel.locator).toBeVisible();
});

test('a run id that is none is explained', async ({ explorePage, page }) => {
  const editor = explorePage.getQueryEditorRow('A');
  await chooseQueryType(page, editor, 'Steps of a run');
  await editor.getByLabel(/^Run id/).fill('nonsense');
  await page.keyboard.press('Enter');
  await expect(editor.getByText(/Job ids look like/)).toBeVisible();
});

for (const name of [
  'Step contribution',
  'Step heatmap',
  'Step regressions',
  'Run grid',
  'Compare runs',
  'Step map',
  'Trace of a run',
  'Step logs',
  'Deployments',
]) {
  test(`the query type ${name} is answered`, async ({ explorePage, page }) => {
    await chooseQueryType(page, explorePage.getQueryEditorRow('A'), name);
    await expect(explorePage.runQuery()).toBeOK();
    await expect(page.getByText('Failed to load')).toHaveCount(0);
  });
}
