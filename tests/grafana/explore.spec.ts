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
  await editor.getByRole('button', { name: 'Filter', exact: true }).click();
  // Its values open by themselves.
  await page.getByRole('menuitem', { name: /^Flow/ }).click();
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

test("a run is drawn by Grafana's trace view", async ({ explorePage, page, selectors }) => {
  await chooseQueryType(page, explorePage.getQueryEditorRow('A'), 'Trace of a run');
  await expect(explorePage.runQuery()).toBeOK();
  // The run itself and at least one job or wait below it.
  const spans = explorePage.getByGrafanaSelector(selectors.components.TraceViewer.spanBar);
  await expect(spans.nth(1)).toBeVisible();
});

test("log lines are drawn by Grafana's logs view", async ({ explorePage, page }) => {
  await chooseQueryType(page, explorePage.getQueryEditorRow('A'), 'Step logs');
  await expect(explorePage.runQuery()).toBeOK();
  await expect(page.getByText(/^(fetched job [0-9a-f-]{36}|all next flow jobs pushed)/).first()).toBeVisible();
});

test("a run's id leads to its steps", async ({ explorePage, page }) => {
  await runStreamed(explorePage);
  await explorePage.tablePanel.locator
    .getByText(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    .first()
    .click();
  // A cell with several links opens a menu of them.
  await page.getByText('Steps of this run').first().click();
  await expectSteps(page);
});

for (const name of ['Step contribution', 'Step heatmap', 'Step regressions', 'Compare runs', 'Deployments']) {
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
