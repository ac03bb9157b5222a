import { expect, test } from '@grafana/plugin-e2e';

import { DATASOURCE, DATASOURCE_TYPE, needsGrafana } from './support';

needsGrafana();

test('the provisioned data source passes its test', async ({
  readProvisionedDataSource,
  gotoDataSourceConfigPage,
  page,
}) => {
  const datasource = await readProvisionedDataSource(DATASOURCE);
  const config = await gotoDataSourceConfigPage(datasource.uid);
  // A provisioned data source cannot be saved, so the button is called Test.
  const health = page.waitForResponse((response) => response.url().includes('/health'));
  await page.getByRole('button', { name: 'Test', exact: true }).click();
  expect((await health).ok()).toBe(true);
  await expect(config).toHaveAlert('success');
});

test('an address where nothing answers is named', async ({ createDataSourceConfigPage, page }) => {
  const config = await createDataSourceConfigPage({ type: DATASOURCE_TYPE });
  await page.getByLabel(/^Tempo URL/).fill('http://127.0.0.1:1');
  await expect(config.saveAndTest()).not.toBeOK();
  await expect(config).toHaveAlert('error', { hasText: /Tempo/ });
});

test('a saved secret stays hidden', async ({ createDataSourceConfigPage, page }) => {
  const config = await createDataSourceConfigPage({ type: DATASOURCE_TYPE });
  const authentication = page.getByRole('radiogroup', { name: 'Tempo authentication' });
  await page.getByLabel(/^Tempo URL/).fill('http://127.0.0.1:1');
  await authentication.getByRole('radio', { name: 'Bearer token' }).check();
  await page.getByLabel(/^Tempo token/).fill('not for your eyes');
  await config.saveAndTest();
  await page.reload();
  await expect(page.getByLabel(/^Tempo token/)).toHaveValue('configured');
  await expect(page.getByText('not for your eyes')).toHaveCount(0);
});

test('the settings are accessible', async ({ createDataSourceConfigPage, page, scanForA11yViolations }) => {
  await createDataSourceConfigPage({ type: DATASOURCE_TYPE });
  await expect(page.getByLabel(/^Tempo URL/)).toBeVisible();
  const report = await scanForA11yViolations({ include: 'form' });
  expect(report).toHaveNoA11yViolations();
});

test('the settings show each server with its version, and what was detected', async ({
  readProvisionedDataSource,
  gotoDataSourceConfigPage,
  page,
}) => {
  const datasource = await readProvisionedDataSource(DATASOURCE);
  await gotoDataSourceConfigPage(datasource.uid);
  const servers = page.getByRole('list', { name: 'Servers' }).getByRole('listitem');
  for (const name of ['Tempo', 'Prometheus', 'Loki']) {
    const server = servers.filter({ hasText: name });
    await expect(server.getByRole('img', { name: 'Works' })).toBeVisible();
    await expect(server).toContainText(/\d+\.\d+/);
  }
  await expect(page.getByLabel('What was detected')).toContainText('Labels from Windmill');
});
