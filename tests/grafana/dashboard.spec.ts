import { expect, test } from '@grafana/plugin-e2e';

import { chooseQueryType, DATASOURCE, expectSteps, needsGrafana } from './support';

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

test('a panel can be made from a query', async ({ panelEditPage, readProvisionedDataSource, page }) => {
  const { name } = await readProvisionedDataSource(DATASOURCE);
  await panelEditPage.datasource.set(name);
  await panelEditPage.setVisualization('Table');
  await chooseQueryType(page, panelEditPage.getQueryEditorRow('A'), 'Step statistics');
  await expect(panelEditPage.refreshPanel()).toBeOK();
  await expect(panelEditPage.panel.fieldNames).toContainText(['Step', 'Calls']);
});

test('the steps of a run can be drawn in a dashboard', async ({ panelEditPage, readProvisionedDataSource, page }) => {
  const { name } = await readProvisionedDataSource(DATASOURCE);
  await panelEditPage.datasource.set(name);
  await panelEditPage.setVisualization('Windmill Flow Steps panel');
  await chooseQueryType(page, panelEditPage.getQueryEditorRow('A'), 'Steps of a run');
  await expect(panelEditPage.refreshPanel()).toBeOK();
  await expectSteps(page);
});
