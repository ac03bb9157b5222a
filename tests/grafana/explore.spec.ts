import { expect, test } from '@grafana/plugin-e2e';

import { chooseQueryType, DATASOURCE, expectSteps, needsGrafana, runStreamed } from './support';

needsGrafana();

test.beforeEach(async ({ explorePage, readProvisionedDataSource }) => {
  const { name } = await readProvisionedDataSource(DATASOURCE);
  await explorePage.datasource.set(name);
});

test('a new query lists the latest runs', async ({ explorePage, page }) => {
  await runStreamed(explorePage);
  await expect(explorePage.tablePanel.fieldNames).toContainText(['Run']);
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
  await runStreamed(explorePage);
  await expect(explorePage.tablePanel.fieldNames).toContainText(['Run']);
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
  'Compare runs',
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

test('the query type Run grid is streamed into a table', async ({ explorePage, page }) => {
  await chooseQueryType(page, explorePage.getQueryEditorRow('A'), 'Run grid');
  await runStreamed(explorePage);
  await expect(explorePage.tablePanel.fieldNames).toContainText(['Step', 'Ratio']);
});

test('the query type Step map is streamed into a node graph', async ({ explorePage, page }) => {
  await chooseQueryType(page, explorePage.getQueryEditorRow('A'), 'Step map');
  await runStreamed(explorePage);
  await expect(page.getByText('Node graph')).toBeVisible();
  await expect(page.getByText('Failed to load')).toHaveCount(0);
});
