import { expect, test } from '@grafana/plugin-e2e';

import { DATASOURCE, needsGrafana } from './support';

needsGrafana();

test('a variable lists flows', async ({ variableEditPage, readProvisionedDataSource, page }) => {
  const { name } = await readProvisionedDataSource(DATASOURCE);
  await variableEditPage.setVariableType('Query');
  await variableEditPage.datasource.set(name);
  await expect(page.getByRole('combobox', { name: 'Values' })).toHaveValue('Flows');
  await variableEditPage.runQuery();
  await expect(variableEditPage).toDisplayPreviews([/^f\//]);
});

test('a variable lists runs, whose values are ids', async ({ variableEditPage, readProvisionedDataSource, page }) => {
  const { name } = await readProvisionedDataSource(DATASOURCE);
  await variableEditPage.setVariableType('Query');
  await variableEditPage.datasource.set(name);
  await page.getByRole('combobox', { name: 'Values' }).click();
  await page.getByRole('option', { name: /^Runs/ }).click();
  await variableEditPage.runQuery();
  await expect(variableEditPage).toDisplayPreviews([/, (ok|error|recovered|canceled|running)$/]);
});
