import { expect, test } from '@grafana/plugin-e2e';

import { DATASOURCE, needsGrafana } from './support';

needsGrafana();

test('the latency of steps can be alerted on', async ({ alertRuleEditPage, readProvisionedDataSource }) => {
  const { name } = await readProvisionedDataSource(DATASOURCE);
  const query = await alertRuleEditPage.getQueryRow();
  await query.datasource.set(name);
  await expect(query.locator.getByText('One alert per step and quantile')).toBeVisible();
  await expect(query.locator.getByRole('combobox', { name: /^Query type/ })).toHaveValue('Step latency');
  await expect(alertRuleEditPage.evaluate()).toBeOK();
});
