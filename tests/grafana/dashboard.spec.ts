import { expect, test } from '@grafana/plugin-e2e';
import { type Page } from '@playwright/test';

import { askFor, DATASOURCE, expectSteps, needsGrafana } from './support';

needsGrafana();

/** Panels that always have something to show; "Steps that became slower" is empty as long as none did. */
const PANELS = [
  'Latest finished run',
  'Latency of the steps',
  'Where the time goes',
  'How the latency is spread',
  'Steps in the time range',
  'Runs side by side',
  'Map of the flow',
  'Runs',
];

test('the provisioned dashboard shows data in its panels', async ({
  gotoDashboardPage,
  readProvisionedDashboard,
  page,
}) => {
  const { uid } = await readProvisionedDashboard({ fileName: 'windmill-flow-steps.json' });
  const dashboard = await gotoDashboardPage({ uid });
  await dashboard.waitForPanelsQueriesToComplete({ scrollAll: true });
  for (const title of PANELS) {
    const panel = dashboard.getPanelByTitle(title);
    await panel.scrollIntoView();
    await expect(panel.getErrorIcon()).not.toBeVisible();
    await expect(panel.locator.getByText('No data')).toHaveCount(0);
  }
  await dashboard.getPanelByTitle('Latest finished run').scrollIntoView();
  await expectSteps(page);
});

/** Chooses how a new panel is drawn. Its page opens with the list of them; plugin-e2e does not know that of 12.4. */
async function chooseVisualization(page: Page, name: string) {
  const found = page.getByRole('button', { name: new RegExp(`^${name}\\b`) });
  await expect(found.first()).toBeVisible();
  await found.first().click();
}

test('a panel can be made from a query', async ({ panelEditPage, readProvisionedDataSource, page }) => {
  const { name } = await readProvisionedDataSource(DATASOURCE);
  await panelEditPage.datasource.set(name);
  const editor = panelEditPage.getQueryEditorRow('A');
  // What the new panel draws is what the editor says.
  await expect(editor.getByRole('combobox', { name: /^Query type/ })).toHaveValue('Step latency');
  await chooseVisualization(page, 'Table');
  const answer = await askFor(page, editor, 'Step statistics', 'step-stats');
  expect(answer.ok()).toBe(true);
  const panel = page.getByRole('region', { name: 'New panel' });
  await expect(panel.getByRole('columnheader').filter({ hasText: 'Step' }).first()).toBeVisible();
  await expect(panel.getByRole('columnheader').filter({ hasText: 'Verdict' }).first()).toBeVisible();
});

test('the steps of a run can be drawn in a dashboard', async ({ panelEditPage, readProvisionedDataSource, page }) => {
  const { name } = await readProvisionedDataSource(DATASOURCE);
  await panelEditPage.datasource.set(name);
  await chooseVisualization(page, 'Windmill Flow Steps');
  const answer = await askFor(page, panelEditPage.getQueryEditorRow('A'), 'Steps of a run', 'flow-steps');
  expect(answer.ok()).toBe(true);
  await expectSteps(page);
});
