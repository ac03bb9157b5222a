import { expect, test } from '@grafana/plugin-e2e';

import {
  askFor,
  askOnDemand,
  chooseQueryType,
  DATASOURCE,
  expectSteps,
  isQuery,
  needsGrafana,
  runStreamed,
} from './support';

needsGrafana();

const LOG_LINE = /^(fetched job [0-9a-f-]{36}|all next flow jobs pushed)/;

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
  const answer = await askFor(page, explorePage.getQueryEditorRow('A'), 'Steps of a run', 'flow-steps');
  expect(answer.ok()).toBe(true);
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
  const answer = await askFor(page, explorePage.getQueryEditorRow('A'), 'Step latency', 'step-latency');
  expect(answer.ok()).toBe(true);
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
  const answer = await askFor(page, explorePage.getQueryEditorRow('A'), 'Trace of a run', 'run-trace');
  expect(answer.ok()).toBe(true);
  // The run itself and at least one job or wait below it.
  const spans = explorePage.getByGrafanaSelector(selectors.components.TraceViewer.spanBar);
  await expect(spans.nth(1)).toBeVisible();
});

test("log lines are drawn by Grafana's logs view", async ({ explorePage, page }) => {
  const answer = await askFor(page, explorePage.getQueryEditorRow('A'), 'Step logs', 'step-logs');
  expect(answer.ok()).toBe(true);
  await expect(page.getByText(LOG_LINE).first()).toBeVisible();
  // The graph above counts all lines, by level.
  await expect(page.getByRole('region', { name: /^Logs volume/ })).toBeVisible();
});

test('a log line is shown among those of its run', async ({ explorePage, page }) => {
  await askFor(page, explorePage.getQueryEditorRow('A'), 'Step logs', 'step-logs');
  // Not the newest line, so that there are some on both sides.
  await page.getByRole('button', { name: 'Log menu' }).nth(3).click();
  const context = page.waitForResponse((response) => isQuery(response, 'step-logs') && response.ok());
  await page.getByRole('menuitem', { name: 'Show context' }).click();
  await context;
  const lines = page.getByRole('dialog').getByText(LOG_LINE);
  await expect(lines.nth(1)).toBeVisible(); // more than the line itself
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

const OTHERS = {
  'Step contribution': 'step-contribution',
  'Step heatmap': 'step-heatmap',
  'Step regressions': 'step-regressions',
  'Compare runs': 'run-compare',
};
for (const [name, queryType] of Object.entries(OTHERS)) {
  test(`the query type ${name} is answered`, async ({ explorePage, page }) => {
    const answer = await askFor(page, explorePage.getQueryEditorRow('A'), name, queryType);
    expect(answer.ok()).toBe(true);
    await expect(page.getByText('Failed to load')).toHaveCount(0);
  });
}

test('deployments are answered on demand', async ({ explorePage, page }) => {
  const answer = page.waitForResponse((response) => isQuery(response, 'deployments'));
  await askOnDemand(page, explorePage.getQueryEditorRow('A'), 'Deployments');
  expect((await answer).ok()).toBe(true);
  await expect(page.getByText('Failed to load')).toHaveCount(0);
});

test('the query type Run grid is streamed into a table', async ({ explorePage, page }) => {
  await askOnDemand(page, explorePage.getQueryEditorRow('A'), 'Run grid');
  await expect(explorePage.tablePanel.fieldNames).toContainText(['Step', 'Ratio']);
});

test('the query type Step map is streamed into a node graph', async ({ explorePage, page }) => {
  await askOnDemand(page, explorePage.getQueryEditorRow('A'), 'Step map');
  await expect(page.getByText('Node graph', { exact: true }).first()).toBeVisible();
  await expect(page.getByText('Failed to load')).toHaveCount(0);
});
